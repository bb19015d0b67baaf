"""How results of algebra and calculus are written: values, infinities, cases.

Guarantees text of our notation: exact, a decimal beside irrational constants, `infinity` in words,
cases with their conditions, never a name of sympy's own objects. Raises ToolError for values that
have no such text. Does not compute.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from corollary_tools.errors import ToolError
from corollary_tools.expression import render_expression
from corollary_tools.expressions.rational import render_number
from corollary_tools.solvers.constants import approximate, render_exact, simplest_constant
from corollary_tools.solvers.forms import shortest_form
from corollary_tools.solvers.number_text import about, checked_length

_UNFINISHED = (sympy.Integral, sympy.Limit, sympy.Sum, sympy.Product, sympy.Derivative, sympy.Subs)
_BEYOND = (sympy.hyper, sympy.meijerg, sympy.RootSum)
_SIGNS = {
    sympy.Eq: "=", sympy.Ne: "!=", sympy.Lt: "<", sympy.Le: "<=", sympy.Gt: ">", sympy.Ge: ">=",
}  # fmt: skip


def value_text(value: Any) -> str:
    """The text of a value in its shortest form; infinities in words, complex numbers with i."""
    if value in (sympy.oo, -sympy.oo):
        return "infinity" if value == sympy.oo else "-infinity"
    if value.has(sympy.oo, sympy.zoo, sympy.nan, sympy.AccumBounds):
        raise ToolError(
            "The value is not defined. Check for a division by 0 or a place where it has none."
        )
    if value.has(*_BEYOND):
        raise ToolError("No closed form was found in functions that are known here.")
    if isinstance(value, sympy.Piecewise):
        return _cases(value)
    if not value.is_number:
        return checked_length(render_expression(shortest_form(value)))
    if value.is_real is False:
        return complex_text(value)
    return render_exact(simplest_constant(value))


def complex_text(value: Any) -> str:
    """A complex number as `a + b*i`, with decimals where it is not rational."""
    number = simplest_constant(sympy.expand_complex(value))
    text = checked_length(render_expression(number))
    real, imaginary = number.as_real_imag()
    if real.is_Rational and imaginary.is_Rational:
        return text
    return f"{text} ({near_complex(number)})"


def root_text(value: Any) -> str:
    """The text of a root: exact, or `about` where it has no short exact form."""
    if value.is_real is False or value.has(sympy.I):
        return near_complex(value) if value.has(sympy.Float) else complex_text(value)
    if value.is_Float or value.has(sympy.CRootOf):
        return near_text(value)
    return plain_text(value)


def near_complex(value: Any) -> str:
    """A complex number as decimals alone: `about 0.5 + 1.2*i`."""
    real, imaginary = value.evalf(20).as_real_imag()
    sign = "-" if imaginary < 0 else "+"
    parts = [about(approximate(part)) for part in (real, abs(imaginary))]
    return f"about {parts[0]} {sign} {parts[1]}*i"


def is_unfinished(value: Any) -> bool:
    """Whether sympy left some of the work undone in the value."""
    return bool(value.has(*_UNFINISHED))


def near_text(value: Any) -> str:
    """A number as a decimal alone: `about 1.462652`."""
    return f"about {about(approximate(value))}"


def plain_text(value: Any) -> str:
    """A value within a longer text: a rational without its decimal."""
    if value.is_Rational:
        return checked_length(render_number(Fraction(int(value.p), int(value.q))))
    return value_text(value)


def _cases(value: Any) -> str:
    """`a if n != 1; b if n = 1`; cases that sympy left undone are said to be open."""
    parts = []
    for case, condition in value.args:
        text = "no closed form found" if is_unfinished(case) else value_text(case)
        parts.append(f"{text} otherwise" if condition == sympy.true else _case(text, condition))
    return checked_length("; ".join(parts))


def _case(text: str, condition: Any) -> str:
    return f"{text} if {condition_text(condition)}"


def condition_text(condition: Any) -> str:
    """A condition on unknowns in words: `n != 1 and a > 0`."""
    if isinstance(condition, sympy.And | sympy.Or):
        word = " and " if isinstance(condition, sympy.And) else " or "
        parts = sorted(condition_text(part) for part in condition.args)
        return word.join(parts)
    sign = _SIGNS.get(condition.func)
    if sign is None:
        raise ToolError("The result depends on conditions that cannot be said in few words.")
    return f"{render_expression(condition.lhs)} {sign} {render_expression(condition.rhs)}"
