"""Mathematics as a person reads it: x², √2, 3·y ≤ 4, ∀x. cold(x) → ¬young(x).

Guarantees that what is shown reads back as what was written: our own parsers give the same tree
for both, else the text is shown as it is. Plain text is what is sent and stored; this is for a
screen that can take unicode. Words around mathematics stay words. Imports no solver.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from corollary_tools.errors import ToolError
from corollary_tools.expressions.display import GREEK, show_side, unified
from corollary_tools.expressions.syntax import parse_chain
from corollary_tools.expressions.tree import Relation, Tree
from corollary_tools.formula import parse_formula, render_formula
from corollary_tools.notation import FUNCTIONS

FORMULAS = frozenset(("formula", "conclusion", "premises", "constraints"))
"""The arguments of tools that hold formulas."""

TEXTS = frozenset(("names", "letter"))
"""The arguments that hold words alone."""

_LONGEST = 2000
_SIGNS = {
    "forall ": "∀", "exists ": "∃", "~": "¬", "&": "∧", "|": "∨", "<->": "↔", "->": "→",
    " xor ": " ⊕ ", "==": "=", "!=": "≠", "<=": "≤", ">=": "≥",
}  # fmt: skip
_SIGN = re.compile(r"\b(?:forall|exists) |<->|->|==|!=|<=|>=| xor |[~&|]")
_RELATION = re.compile(r"\s*(<=|>=|==|!=|≤|≥|≠|=|<|>)\s*")
_SHOWN_RELATIONS = {"<=": "≤", ">=": "≥", "!=": "≠"}
_JOINT = re.compile(r"(, | or | and |; | \((?=[a-z]+ |[a-z]{2,}\)))")
_WORDS = re.compile(
    r"[A-Za-z]{2,}[.,;:]? +[\w(\\]|[.?!:]$|[A-Za-z]{2,}'"
    r"|\d +[A-Za-z]{2,}"  # a unit: 5 km
)
_CALLED = re.compile(r"([A-Za-z]\w*)\(")
_LOGIC = re.compile(r"->|[~&|]|\b(?:forall|exists|xor)\b")
_MATHS = re.compile(r"[\^*/=<>√²³]|\b(?:sqrt|cbrt|abs|pi)\b")
_LATEX = re.compile(r"\\\((.+?)\\\)|\\\[(.+?)\\\]|\$\$(.+?)\$\$|\$([^$\n]+?)\$", re.S)
_COMMANDS = frozenset((
    "frac", "dfrac", "tfrac", "sqrt", "cdot", "times", "div", "left", "right", "le", "leq", "ge",
    "geq", "ne", "neq", "log", "ln", "sin", "cos", "tan", *GREEK,
))  # fmt: skip
_IS_LATEX = re.compile(r"[\\^_=]|^\s*[A-Za-z]\s*$")


def show_formula(text: str) -> str:
    """A formula in logical signs; the text itself where it cannot be read."""
    try:
        tree = parse_formula(text)
        shown = _SIGN.sub(lambda match: _SIGNS[match.group()], render_formula(tree))
        return shown if parse_formula(shown) == tree else text
    except (ToolError, RecursionError):
        return text


def show_expression(text: str) -> str:
    """An expression, an equation or a chain of relations; the text itself where unreadable."""
    called = (match.group(1).lower() for match in _CALLED.finditer(text))
    if len(text) > _LONGEST or any(name not in FUNCTIONS for name in called):
        return text  # f(x) and x(x + 1) look the same
    try:
        relations = parse_chain(text)
        shown = _shown_chain(relations, bare=_RELATION.search(text) is None)
        if shown is None or _unified(parse_chain(shown)) != _unified(relations):
            return text
    except (ToolError, RecursionError):
        return text
    return shown


def show_argument(name: str, value: Any) -> Any:
    """The value of a tool's argument with its texts shown, by the argument's name."""
    if isinstance(value, list):
        return [show_argument(name, item) for item in value]
    if not isinstance(value, str) or name in TEXTS:
        return value
    if name in FORMULAS or _LOGIC.search(value):
        shown = show_formula(value)
        if shown != value:
            return shown
    return show_words(value)


def show_arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """A call's arguments, each shown by its name."""
    return {name: show_argument(name, value) for name, value in arguments.items()}


def show_words(text: str) -> str:
    """A result or an answer: its mathematics shown, its words as they are.

    Mathematics is a whole piece between commas and `or`, or stands between LaTeX marks.
    """
    whole = _shown_piece(text)
    if whole != text:
        return whole
    return "\n".join(_shown_line(line) for line in text.split("\n"))


def _shown_line(line: str) -> str:
    if _LATEX.search(line):
        return _LATEX.sub(_shown_latex, line)
    pieces = _JOINT.split(line)
    return "".join(p if i % 2 else _shown_piece(p) for i, p in enumerate(pieces))


def _shown_piece(piece: str) -> str:
    if _WORDS.search(piece) or not _MATHS.search(piece):
        return piece
    core = piece.strip()
    return piece.replace(core, show_expression(core), 1)


def _shown_latex(match: re.Match[str]) -> str:
    inside = next(group for group in match.groups() if group is not None)
    known = all(word in _COMMANDS for word in re.findall(r"\\([A-Za-z]+)", inside))
    if not known or not _IS_LATEX.search(inside):
        return match.group()
    shown = show_expression(inside.strip())
    return match.group() if "\\" in shown else shown


def _unified(relations: tuple[Relation, ...]) -> list[tuple[str, Tree, Tree]]:
    return [(r.operator, unified(r.left), unified(r.right)) for r in relations]


def _shown_chain(relations: tuple[Relation, ...], *, bare: bool) -> str | None:
    """The relations in a row; None where a side has no exact form."""
    sides = [show_side(relations[0].left)]
    if not bare:
        sides += [show_side(relation.right) for relation in relations]
    signs = [_SHOWN_RELATIONS.get(relation.operator, relation.operator) for relation in relations]
    kept = [side for side in sides if side is not None]
    if len(kept) < len(sides):
        return None
    rest = zip(signs, kept[1:], strict=False)
    return kept[0] + "".join(f" {sign} {side}" for sign, side in rest)
