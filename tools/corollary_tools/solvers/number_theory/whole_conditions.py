"""Conditions on whole numbers: text -> records, with bounds read off where they are plain.

Reads relations, congruences (x = 2 mod 3, 3x ≡ 4 (mod 7)), and a few words: `is prime`, `is a
square`, `is even`, `divides`, `is divisible by`, `digit_sum(n) = 5`. Solves nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import evaluate
from corollary_tools.expressions.syntax import parse_chain, parse_tree
from corollary_tools.expressions.tree import Apply, Name, Number, Relation, Tree, names_in

_CONGRUENCE = re.compile(
    r"^(?P<left>.+?)(?:≡|==?|\\equiv)(?P<right>[^=]+?)[\s,]*\(?\s*(?:\\p?mod|modulo|mod)[\s({]*(?P<modulus>[^(){}]+?)[\s)}]*$"
)
_WORD = re.compile(
    r"^(?P<left>.+?)\s+is\s+(?P<no>not\s+)?(?:an?\s+)?(?:perfect\s+)?"
    r"(?P<word>prime|square|cube|even|odd|palindrome|positive|negative)$"
)
_DIVISIBLE = re.compile(
    r"^(?P<left>.+?)\s+is\s+(?P<no>not\s+)?(?:divisible\s+by|a\s+multiple\s+of)\s+(?P<right>.+)$"
)
_DIVIDES = re.compile(r"^(?P<right>.+?)\s+(?:divides|\|)\s+(?P<left>.+)$")
_FUNCTION = re.compile(
    r"^\s*(digit_sum|digit_count|digit_product|divisor_count|divisor_sum|totient)\s*\((.*)\)\s*$"
)
_COMPARED = re.compile(r"<=|>=|!=|==|[=<>≤≥≠]")
_NONE = Number(Fraction(0))


@dataclass(frozen=True, slots=True)
class Condition:
    """A relation between two trees, modulo `modulus` where that is not 0; or a word about left."""

    operator: str
    left: Tree
    right: Tree = _NONE
    modulus: int = 0
    negated: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The unknowns in it."""
        return tuple(dict.fromkeys((*names_in(self.left), *names_in(self.right))))


def read_conditions(texts: list[str]) -> list[Condition]:
    """Read every condition. ToolError names the one that cannot be read."""
    conditions: list[Condition] = []
    for text in texts:
        conditions += _read(text.strip().rstrip("."))
    return conditions


def _read(text: str) -> list[Condition]:
    if match := _CONGRUENCE.match(text):
        return [_congruence(match)]
    if match := _WORD.match(text):
        return [_worded(match)]
    if match := _DIVISIBLE.match(text) or _DIVIDES.match(text):
        negated = bool(match.groupdict().get("no"))
        left, right = _side(match["left"]), _side(match["right"])
        return [Condition("!=" if negated else "=", Apply("mod", (left, right)))]
    if any(_FUNCTION.match(side) for side in _COMPARED.split(text)):
        return _with_functions(text)
    rows: tuple[Relation, ...] = parse_chain(text)
    if not _COMPARED.search(text) and "\\" not in text:
        raise ToolError(f"{text!r} says nothing: send a relation, such as {text} = 0.")
    return [Condition(row.operator, row.left, row.right) for row in rows]


def _congruence(match: re.Match[str]) -> Condition:
    modulus = evaluate(parse_tree(match["modulus"]))
    if modulus is None or modulus.denominator != 1 or modulus < 1:
        raise ToolError(f"A modulus is a positive whole number, not {match['modulus']!r}.")
    return Condition("=", _side(match["left"]), _side(match["right"]), modulus.numerator)


def _worded(match: re.Match[str]) -> Condition:
    left, word, negated = _side(match["left"]), match["word"], bool(match["no"])
    if word in ("even", "odd"):
        rest = Number(Fraction(int((word == "odd") != negated)))
        return Condition("=", Apply("mod", (left, Number(Fraction(2)))), rest)
    if word in ("positive", "negative"):
        sign = ">" if word == "positive" else "<"
        return Condition({">": "<=", "<": ">="}[sign] if negated else sign, left)
    return Condition(word, left, negated=negated)


def _with_functions(text: str) -> list[Condition]:
    sides = [_side(side) for side in _COMPARED.split(text)]
    signs = [
        {"==": "=", "≤": "<=", "≥": ">=", "≠": "!="}.get(s, s) for s in _COMPARED.findall(text)
    ]
    rows = zip(signs, sides[:-1], sides[1:], strict=True)
    return [Condition(*row) for row in rows]


def _side(text: str) -> Tree:
    match = _FUNCTION.match(text)
    return Apply(match[1], (parse_tree(match[2]),)) if match else parse_tree(text)


def plain_bound(condition: Condition) -> tuple[str, str, Fraction] | None:
    """(name, operator, number) where the condition is no more than that."""
    left, right, operator = condition.left, condition.right, condition.operator
    if condition.modulus or operator not in _FLIPPED:
        return None
    if not isinstance(left, Name):
        left, right, operator = right, left, _FLIPPED[operator]
    if not isinstance(left, Name) or names_in(right):
        return None
    value = evaluate(right)
    return None if value is None else (left.name, operator, value)


_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}
