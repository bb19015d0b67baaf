"""Lines of mathematics as relations: `x = 2 or x = 3`, `1 < x <= 5, y = x`, `x = ±2`.

Guarantees that a line is one or more rows of which one holds, each of relations that hold
together. Does not solve.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corollary_tools.answers.forms import split_top
from corollary_tools.errors import ToolError
from corollary_tools.expressions.syntax import parse_chain
from corollary_tools.solvers.answers.real_relations import Row

MOST_ROWS = 50
_RELATION = re.compile(r"[=<>≤≥≠]|\\(?:le|ge|ne|lt|gt)")
_LOGIC = re.compile(r"->|→|<->|↔|[∧∨¬∀∃&~]|\b(?:forall|exists|not|implies|iff|xor)\b", re.I)
_OR = re.compile(r"\s+or\s+|\s*\|\|\s*")
_AND = re.compile(r",(?!\d{3}(?!\d))\s*(?:and\s+)?|;|\n|\s+and\s+")


def are_relations(texts: Sequence[str]) -> bool:
    """Whether every line is one of equations or inequalities between expressions.

    A line that is no formula either is taken for one, so that its error is that of an expression.
    """
    return all(_RELATION.search(text) and not _LOGIC.search(text) for text in texts)


def read_rows(text: str) -> tuple[Row, ...]:
    """The rows of a line. ToolError where a part cannot be read or is no relation."""
    rows = tuple(_row(part) for signed in _signed(text) for part in split_top(signed, _OR))
    if len(rows) > MOST_ROWS:
        raise ToolError(f"More than {MOST_ROWS} alternatives in one line. Send fewer.")
    return rows


def _signed(text: str) -> tuple[str, ...]:
    text = text.replace("\\pm", "±").replace("\\mp", "∓")
    if "±" not in text:
        return (text,)
    pairs = (("+", "-"), ("-", "+"))
    return tuple(text.replace("±", first).replace("∓", other) for first, other in pairs)


def _row(text: str) -> Row:
    parts = [part for part in split_top(text, _AND) if part.strip()]
    for part in parts or [text]:
        if not _RELATION.search(part):
            raise ToolError(f"{part.strip()!r} is no equation or inequality, such as 2*x = 6.")
    return tuple(relation for part in parts for relation in parse_chain(part))
