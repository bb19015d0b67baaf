"""What the functions of our notation do in sympy: name -> operation on sympy values.

Guarantees real roots of negative numbers, ToolErrors where a function is not defined, and that
nothing here reads text. Imports sympy: for worker processes.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy

from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import apply_rational


def real_root(base: Any, degree: Any) -> Any:
    """The real root; of a negative number where the degree is odd."""
    if degree == 0:
        raise ToolError("A root's degree is a whole number from 1 to 1000.")
    if base.is_number and base.is_negative and degree % 2 == 1:
        return -sympy.Pow(-base, 1 / degree)
    return sympy.Pow(base, sympy.S.Half if degree == 2 else 1 / degree)


def real_power(base: Any, exponent: Any) -> Any:
    """base^exponent, real where the exponent has an odd denominator."""
    if base.is_Rational and exponent.is_Rational and base.is_negative:
        return real_root(base, sympy.Integer(exponent.q)) ** exponent.p
    return sympy.Pow(base, exponent)


def _rounded(number: Any, digits: Any = 0) -> Any:
    if not number.is_number:
        raise ToolError("round needs a number; its argument has unknowns.")
    exact = Fraction(str(number.evalf(60)))
    value = apply_rational("round", [exact, Fraction(int(digits))])
    assert value is not None
    return sympy.Rational(value.numerator, value.denominator)


def _not_zero(divisor: Any) -> Any:
    if divisor.is_zero:
        raise ToolError("Division by zero. Check the divisor.")
    return divisor


def _whole_only(function: str) -> Any:
    raise ToolError(f"{function} needs whole numbers as its arguments, no unknowns.")


def _logarithm(number: Any, base: Any = sympy.E) -> Any:
    natural = base is sympy.E
    if number.is_zero or (not natural and base in (0, 1)):
        raise ToolError(
            "This logarithm is not defined: it needs a number above 0. Check its argument."
        )
    return sympy.log(number) if natural else sympy.log(number, base)


def _permutations(things: Any, taken: Any) -> Any:
    return sympy.factorial(things) / sympy.factorial(things - taken)


def _absolute(number: Any) -> Any:
    """Of a product sympy leaves parts such as |1/x^2| as they are; those are worked out too."""
    value = sympy.Abs(number)
    return value.doit() if value.is_Mul else value


OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": sympy.Add,
    "mul": sympy.Mul,
    "neg": lambda x: sympy.Mul(sympy.S.NegativeOne, x),
    "inverse": lambda x: sympy.Pow(_not_zero(x), sympy.S.NegativeOne),
    "div": lambda x, y: x / _not_zero(y),
    "pow": real_power,
    "percent": lambda x: x / 100,
    "degrees": lambda x: x * sympy.pi / 180,
    "sqrt": lambda x: sympy.Pow(x, sympy.S.Half),
    "cbrt": lambda x: real_root(x, sympy.Integer(3)),
    "root": real_root,
    "exp": lambda x: sympy.exp(x),
    "log": _logarithm,
    "log2": lambda x: _logarithm(x, 2),
    "log10": lambda x: _logarithm(x, 10),
    "abs": _absolute,
    "ceil": lambda x: sympy.ceiling(x),
    "round": _rounded,
    "min": lambda *xs: sympy.Min(*xs).doit(),  # without doit, parts stay unevaluated
    "max": lambda *xs: sympy.Max(*xs).doit(),
    "gcd": lambda *_: _whole_only("gcd"),
    "lcm": lambda *_: _whole_only("lcm"),
    "mod": lambda x, y: sympy.Mod(x, _not_zero(y)),
    "quotient": lambda x, y: sympy.floor(x / _not_zero(y)),
    "perm": _permutations,
}
OPERATIONS |= {
    f.__name__: f
    for f in (
        sympy.sin, sympy.cos, sympy.tan, sympy.cot, sympy.sec, sympy.csc, sympy.asin, sympy.acos,
        sympy.atan, sympy.acot, sympy.asec, sympy.acsc, sympy.sinh, sympy.cosh, sympy.tanh,
        sympy.coth, sympy.sech, sympy.csch, sympy.asinh, sympy.acosh, sympy.atanh, sympy.floor,
        sympy.factorial, sympy.binomial, sympy.sign, sympy.erf, sympy.erfc, sympy.gamma,
    )
}  # fmt: skip
