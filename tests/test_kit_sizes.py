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
    shown = _shown(name)
    assert len(shown) <= 8
    assert sum(map(pieces, shown)) < 600


def test_any_eight_tools_take_under_600_tokens() -> None:
    shown = _shown("all")
    assert len(shown) > 50
    assert sum(sorted(map(pieces, shown))[-8:]) < 600
    assert all(text.count("\n  ") in (2, 3) for text in shown)  # the description, and an example


def _shown(name: str) -> list[str]:
    with load_toolkit(name) as toolkit:
        rows = zip(toolkit.tools, toolkit.schemas(), strict=True)
        return [render_tool(tool, schema) + "\n\n" for tool, schema in rows]
