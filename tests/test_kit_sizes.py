"""The text form of a kit stays small: what a model reads before it can call anything.

No tokenizer is installed with the suite. The text is cut as the tokenizers of large models cut it
before they merge (words with the mark before them, three digits, runs of marks); words of more than
eight letters count twice.
"""

from __future__ import annotations

import re

import pytest

from corollary_agent.prompt import render_tool
from corollary_tools.toolkit import load_toolkit

_PIECE = re.compile(r"[^\r\n\w]?[^\W\d_]+|\d{1,3}| ?[^\s\w]+|_|\s+")
KITS = ("arithmetic", "number_theory", "geometry", "statistics")


def pieces(text: str) -> int:
    found = _PIECE.findall(text)
    return len(found) + sum(len(piece.strip()) > 8 for piece in found)


@pytest.mark.parametrize("name", KITS)
def test_a_kit_takes_under_600_tokens(name: str) -> None:
    with load_toolkit(name) as toolkit:
        rows = zip(toolkit.tools, toolkit.schemas(), strict=True)
        shown = "\n".join(render_tool(tool, schema) for tool, schema in rows)
    assert len(toolkit.tools) <= 8
    assert pieces(shown) < 600
