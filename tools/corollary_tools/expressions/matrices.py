"""Matrices and vectors as text: brackets, MATLAB rows, LaTeX; entries are expression trees.

    [[1, 2], [3, 4]]   [1, 2; 3, 4]   (1, 2, 3)    \\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}

Guarantees rows of one length and at most 12 by 12 entries. ToolError for anything else, with the
row or entry that is wrong. Does not compute: entries go through the grammar of `syntax`.
"""

from __future__ import annotations

import re

from corollary_tools.errors import ToolError
from corollary_tools.expressions.syntax import parse_tree
from corollary_tools.expressions.tree import Tree

LARGEST = 12  # rows and columns
_LATEX = re.compile(r"\\begin\{[bpvB]?matrix\}(.*)\\end\{[bpvB]?matrix\}", re.DOTALL)
_OPEN, _CLOSE = "([{", ")]}"
_FORM = "Send rows in brackets, such as [[1, 2], [3, 4]]."

Rows = tuple[tuple[Tree, ...], ...]


def read_rows(text: str) -> Rows:
    """The entries of a matrix; a flat list is one column. ToolError as the module says."""
    rows = [[parse_tree(entry) for entry in row] for row in _split(text.strip())]
    widths = {len(row) for row in rows}
    if len(widths) != 1:
        raise ToolError(f"The rows have different lengths: {_lengths(rows)}. {_FORM}")
    if max(len(rows), *widths) > LARGEST:
        raise ToolError(
            f"At most {LARGEST} rows and columns are worked with. Send a smaller matrix."
        )
    return tuple(tuple(row) for row in rows)


def _lengths(rows: list[list[Tree]]) -> str:
    return ", ".join(str(len(row)) for row in rows)


def _split(text: str) -> list[list[str]]:
    latex = _LATEX.fullmatch(text)
    if latex:
        rows = re.split(r"\\\\", latex[1])
        return [row.split("&") for row in rows if row.strip()]
    inner = _inside(text)
    if ";" in inner:
        return [_entries(row) for row in inner.split(";") if row.strip()]
    parts = _at_commas(inner)
    if all(part.strip()[:1] in _OPEN and _is_list(part.strip()) for part in parts):
        return [_entries(_inside(part.strip())) for part in parts]
    return [[entry] for entry in _entries(inner)]


def _is_list(text: str) -> bool:
    """Whether the text is one bracket with a list in it: `[1, 2]`, not `(x+1)(x-1)`."""
    return text[:1] == "[" and _closing(text) == len(text) - 1


def _inside(text: str) -> str:
    text = text.removeprefix("Matrix").removeprefix("matrix").strip()
    if text[:1] in ("<", "⟨") and text[-1:] in (">", "⟩"):
        return text[1:-1]
    while text.startswith("(") and text.endswith(")") and _closing(text) == len(text) - 1:
        text = text[1:-1].strip()
        if not text.startswith("["):
            return text
    if not (text.startswith("[") and _closing(text) == len(text) - 1):
        raise ToolError(f"{text[:40]!r} is no matrix. {_FORM}")
    return text[1:-1]


def _closing(text: str) -> int:
    """Where the bracket that opens the text is closed; -1 where it is not."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character in _OPEN) - (character in _CLOSE)
        if depth == 0:
            return place
    return -1


def _entries(text: str) -> list[str]:
    """By commas; by spaces where there are none, as in `1 2 3`."""
    parts = _at_commas(text)
    if len(parts) == 1 and re.fullmatch(r"[-+\d./\s\w]+", text):
        return text.split() or [text]
    return parts


def _at_commas(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        depth += (character in _OPEN) - (character in _CLOSE)
        if character == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]
