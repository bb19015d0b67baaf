"""Quantities: the number and the dimension of an expression whose names are units.

A unit is a number of base units, so the value of `2 h + 30 min` is that of `2*3600 + 30*60`; what
the dimension must be is followed beside it. Guarantees exact values and a ToolError where units do
not fit together. Does not read text nor choose the unit of a result.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import evaluate
from corollary_tools.expressions.tree import Apply, Name, Number, Tree
from corollary_tools.solvers.arithmetic.units import (
    Dimension,
    dimension_name,
    find_unit,
    multiplied,
)

_SAME = frozenset(("add", "min", "max"))  # all arguments alike, and so is the result
_KEPT = frozenset(("neg", "abs", "percent"))
_ROOTS = {"sqrt": 2, "cbrt": 3}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of base units. number: a tree without unit names; dimension: what it measures."""

    number: Tree
    dimension: Dimension

    def per(self, scale: Fraction) -> Tree:
        """The number of units of this scale."""
        return Apply("mul", (self.number, Number(1 / scale)))


def measure(tree: Tree, plain_money: bool = False) -> Quantity:
    """Follow units through a tree. plain_money: whether dollars are plain numbers ($ was written).

    ToolError where units do not fit together.
    """
    if isinstance(tree, Number):
        return Quantity(tree, ())
    if isinstance(tree, Name):
        return _unit(tree, plain_money)
    parts = [measure(argument, plain_money) for argument in tree.arguments]
    number = Apply(tree.function, tuple(part.number for part in parts))
    return Quantity(number, _dimension(tree, [part.dimension for part in parts]))


def _unit(name: Name, plain_money: bool) -> Quantity:
    unit = find_unit(name.name)
    if unit is None:
        return Quantity(name, ())
    plain = plain_money and unit.dimension == (("money", 1),)
    return Quantity(Number(unit.scale), () if plain else unit.dimension)


def _dimension(tree: Apply, parts: list[Dimension]) -> Dimension:
    function = tree.function
    if function in _SAME or (function == "mod" and len(parts) == 2):
        return _alike(parts, function)
    if function in _KEPT:
        return parts[0]
    if function in ("mul", "div"):
        total = parts[0]
        for part in parts[1:]:
            total = multiplied(total, part, -1 if function == "div" else 1)
        return total
    if function == "inverse":
        return multiplied((), parts[0], -1)
    if function == "quotient":
        _alike(parts, "//")
        return ()
    return _rooted(tree, parts)


def _rooted(tree: Apply, parts: list[Dimension]) -> Dimension:
    if not any(parts):
        return ()
    if tree.function in _ROOTS:
        return _power(parts[0], Fraction(1, _ROOTS[tree.function]))
    if tree.function in ("pow", "root") and len(parts) == 2 and not parts[1]:
        exponent = evaluate(tree.arguments[1])
        if exponent:
            return _power(parts[0], exponent if tree.function == "pow" else 1 / exponent)
    raise ToolError(
        f"{tree.function} needs a plain number, not {dimension_name(next(p for p in parts if p))}. "
        "Divide by the unit first, as in round(7 km/(2 km))."
    )


def _power(dimension: Dimension, exponent: Fraction) -> Dimension:
    powers = [(name, power * exponent) for name, power in dimension]
    if any(power.denominator != 1 or abs(power) > 9 for _, power in powers):
        raise ToolError(f"There is no unit for {dimension_name(dimension)} to the {exponent}.")
    return tuple((name, power.numerator) for name, power in powers)


def _alike(parts: list[Dimension], function: str) -> Dimension:
    verb = "be compared with" if function in ("min", "max") else "be added to or taken from"
    for part in parts[1:]:
        require_alike(part, parts[0], verb)
    return parts[0]


def require_alike(left: Dimension, right: Dimension, verb: str) -> None:
    """ToolError where what `verb` says (be compared with, be turned into) cannot be done."""
    if left == right:
        return
    text = f"These units do not fit together: {dimension_name(left)} cannot {verb} "
    text += f"{dimension_name(right)}."
    if {left, right} == {(("month", 1),), (("time", 1),)}:
        text += " Months and years have no fixed number of days: send the days to use."
    raise ToolError(text)
