"""Linear expressions and systems, read and solved exactly, for checking the answers of rows.

Guarantees fractions all the way: no rounding. An expression is a mapping from unknown to its
coefficient, with "" for the constant. Does not read anything that is not linear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

Linear = dict[str, Fraction]
_TOKEN = re.compile(r"\s*(\d+\.?\d*|\.\d+|[A-Za-z_]\w*|[-+*/()])")


class NotLinear(ValueError):
    """The text is not a linear expression in this notation."""


def read_linear(text: str) -> Linear:
    """Read +, -, *, /, brackets, numbers and unknowns; raises NotLinear."""
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r"\s", "", text):
        raise NotLinear(text)
    try:
        value, rest = _sum(tokens)
    except (IndexError, ZeroDivisionError) as error:
        raise NotLinear(text) from error
    if rest:
        raise NotLinear(text)
    return value


def solve_linear(equations: Sequence[str]) -> dict[str, Fraction] | None:
    """The one solution of "left = right" equations; None where there is none or more than one."""
    rows = [_difference(*equation.split("=", 1)) for equation in equations]
    unknowns = sorted({name for row in rows for name in row if name})
    for unknown in unknowns:
        pivot = next((row for row in rows if row.get(unknown)), None)
        if pivot is None:
            return None
        rows = [_without(row, pivot, unknown) for row in rows if row is not pivot] + [pivot]
    # Each row now holds one unknown and the constant; what is left over must be 0 = 0.
    solved = {
        name: -row.get("", Fraction(0)) / row[name]
        for name in unknowns
        for row in rows
        if row.get(name)
    }
    left = [row for row in rows if not any(row.get(name) for name in unknowns)]
    return None if any(row.get("") for row in left) else solved


def _difference(left: str, right: str) -> Linear:
    return _added(read_linear(left), read_linear(right), Fraction(-1))


def _without(row: Linear, pivot: Linear, unknown: str) -> Linear:
    return _added(row, pivot, -row.get(unknown, Fraction(0)) / pivot[unknown])


def _added(left: Linear, right: Linear, factor: Fraction) -> Linear:
    names = left.keys() | right.keys()
    zero = Fraction(0)
    return {name: left.get(name, zero) + factor * right.get(name, zero) for name in names}


def _times(left: Linear, right: Linear) -> Linear:
    constant, other = (left, right) if not _unknowns(left) else (right, left)
    if _unknowns(constant):
        raise NotLinear("a product of unknowns")
    factor = constant.get("", Fraction(0))
    return {name: factor * value for name, value in other.items()}


def _over(left: Linear, right: Linear) -> Linear:
    if _unknowns(right):
        raise NotLinear("an unknown below the line")
    return {name: value / right.get("", Fraction(0)) for name, value in left.items()}


def _unknowns(value: Linear) -> bool:
    return any(name and coefficient for name, coefficient in value.items())


def _sum(tokens: list[str]) -> tuple[Linear, list[str]]:
    value, rest = _product(tokens)
    while rest and rest[0] in "+-":
        right, after = _product(rest[1:])
        value, rest = _added(value, right, Fraction(1 if rest[0] == "+" else -1)), after
    return value, rest


def _product(tokens: list[str]) -> tuple[Linear, list[str]]:
    value, rest = _factor(tokens)
    while rest and rest[0] in "*/":
        right, after = _factor(rest[1:])
        value, rest = (_times if rest[0] == "*" else _over)(value, right), after
    return value, rest


def _factor(tokens: list[str]) -> tuple[Linear, list[str]]:
    head, rest = tokens[0], tokens[1:]
    if head in "+-":
        value, rest = _factor(rest)
        return _added({}, value, Fraction(1 if head == "+" else -1)), rest
    if head == "(":
        value, rest = _sum(rest)
        if rest[0] != ")":
            raise NotLinear("a bracket is open")
        return value, rest[1:]
    if head in "*/)":
        raise NotLinear(head)
    return ({"": Fraction(head)} if head[0] in ".0123456789" else {head: Fraction(1)}), rest
