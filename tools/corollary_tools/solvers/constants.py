"""Constants that are not rational: exact text and a decimal, by sympy.

Guarantees that what is shown is a real number, simplified, and that the decimal is right to its
last digit as far as sympy's interval evaluation says so.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from corollary_tools.errors import ToolError
from corollary_tools.expression import build_expression, render_expression
from corollary_tools.expressions.rational import LARGEST, render_number
from corollary_tools.expressions.tree import Tree
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.number_text import about, checked_length

_LARGEST_EXPANSION = 20  # exponent of a sum that is still multiplied out
_SMALL = 60  # operations; beyond it simplification costs more than it shows


def render_constant(tree: Tree) -> str:
    """Calculate a number with roots, pi or functions: `sqrt(2) (about 1.414214)`."""
    with library_limits("calculate this"):
        return render_exact(simplest_constant(build_expression(tree)))


def simplest_constant(value: Any) -> Any:
    """A number in the form with the fewest operations."""
    if sympy.count_ops(value) > _SMALL:
        return value
    expanded = sympy.expand(value) if _is_small_power(value) else value
    return min(expanded, value, sympy.simplify(value), key=sympy.count_ops)


def _is_small_power(value: Any) -> bool:
    powers = (power.exp for power in value.atoms(sympy.Pow) if power.base.is_Add)
    return all(exponent.is_Rational and abs(exponent) <= _LARGEST_EXPANSION for exponent in powers)


def render_exact(value: Any) -> str:
    """The text of a sympy number: exact, and with a decimal where it is not a plain one."""
    if value.is_Rational:
        number = Fraction(int(value.p), int(value.q))
        text = checked_length(render_number(number))
        return f"{text} (about {about(number)})" if "/" in text else text
    return f"{checked_length(render_expression(value))} (about {about(approximate(value))})"


def approximate(value: Any, digits: int = 25) -> Fraction:
    """A rational number near a sympy number. ToolError where it is not real or not finite."""
    near = value.evalf(digits)
    if not near.is_Float and not near.is_Rational:
        raise ToolError("The value is not a finite real number.")
    if near.is_Float and abs(near._mpf_[2]) > LARGEST:
        raise ToolError("The number gets too large or too small. Send a smaller calculation.")
    return Fraction(str(near))
