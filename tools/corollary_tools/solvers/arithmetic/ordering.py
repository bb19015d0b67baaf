"""Comparing exact numbers and quantities: is it less, which comes first.

Guarantees an exact decision: rational numbers as fractions, others by sympy, with a ToolError
where it cannot tell.
"""

from __future__ import annotations

from functools import cmp_to_key
from itertools import pairwise
from typing import Any

import sympy

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expression import build_expression
from corollary_tools.expressions.rational import evaluate
from corollary_tools.expressions.tree import Apply, Tree
from corollary_tools.solvers.arithmetic.calls import cleaned, read_quantity
from corollary_tools.solvers.arithmetic.quantities import Quantity, require_alike
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.number_text import checked_length
from corollary_tools.solvers.result import Result

_TRUE_FOR = {
    "=": (0,), "!=": (-1, 1), "<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1),
}  # fmt: skip
_DIGITS = 50


def order(arguments: dict[str, Any], desk: Desk) -> Result:
    """Put `values` in order, as they were written, with < and = between them."""
    texts = [text.strip() for text in arguments["values"]]
    if len(texts) < 2:
        raise ToolError("There is nothing to compare: send two values or more.")
    quantities = [read_quantity(cleaned(text)).quantity for text in texts]
    for quantity in quantities:
        require_alike(quantity.dimension, quantities[0].dimension, "be compared with")
    numbers = [quantity.number for quantity in quantities]
    places = in_order(numbers)
    text = texts[places[0]]
    for before, place in pairwise(places):
        sign = "=" if compare_numbers(numbers[before], numbers[place]) == 0 else "<"
        text += f" {sign} {texts[place]}"
    return Result(checked_length(text))


def judge_relations(rows: list[tuple[str, Quantity, Quantity]]) -> str:
    """`True`, or `False` with the first relation that fails, as it should be written."""
    for operator, left, right in rows:
        require_alike(left.dimension, right.dimension, "be compared with")
        sign = compare_numbers(left.number, right.number)
        if sign not in _TRUE_FOR[operator]:
            shown = {-1: "less than", 0: "equal to", 1: "greater than"}[sign]
            return f"False (the left side is {shown} the right side)"
    return "True"


def compare_numbers(left: Tree, right: Tree) -> int:
    """-1, 0 or 1 as the left number is less than, equal to or greater than the right one."""
    first, second = evaluate(left), evaluate(right)
    if first is not None and second is not None:
        return (first > second) - (first < second)
    with library_limits("compare these"):
        difference = build_expression(Apply("add", (left, Apply("neg", (right,)))))
        return _sign(difference)


def _sign(difference: sympy.Expr) -> int:
    near = difference.evalf(_DIGITS)
    if abs(near) > sympy.Float(10) ** -30:
        return 1 if near > 0 else -1
    if sympy.simplify(difference) == 0:
        return 0
    raise ToolError("These numbers are too near to each other to compare exactly.")


def in_order(numbers: list[Tree]) -> list[int]:
    """The places of the numbers from the smallest to the largest; equal ones as they stand."""

    def compare(first: int, second: int) -> int:
        return compare_numbers(numbers[first], numbers[second])

    return sorted(range(len(numbers)), key=cmp_to_key(compare))
