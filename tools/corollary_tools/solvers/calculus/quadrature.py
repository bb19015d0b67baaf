"""Definite integrals as numbers, at two precisions (mpmath), where no closed form is found.

Guarantees a number only where both precisions agree to ten digits; else None. No code is made
from the integrand. Does not prove convergence: callers cut the range at poles first.
"""

from __future__ import annotations

from typing import Any

import mpmath
import sympy

from corollary_tools.solvers.calculus.sampling import real_value

_DIGITS = (15, 22)
_AGREE = 1e-10


def approximate_integral(value: Any, name: Any, parts: list[tuple[Any, Any]]) -> Any:
    """The integral over all parts as a sympy number; None where no digits can be trusted."""
    if value.free_symbols - {name}:
        return None
    near = [_quadrature(value, name, (parts, digits)) for digits in _DIGITS]
    if None in near or abs(near[0] - near[1]) > _AGREE * max(1, abs(near[1])):
        return None
    return sympy.Float(near[1], 20)


def _quadrature(value: Any, name: Any, how: tuple[list[tuple[Any, Any]], int]) -> Any:
    parts, digits = how

    def height(place: Any) -> Any:
        near = real_value(value, {name: sympy.Float(place, digits + 5)})
        return mpmath.mpf(0) / 0 if near is None else mpmath.mpf(str(near))

    with mpmath.workdps(digits):
        try:
            return sum(_part(height, part) for part in parts)
        except (ValueError, ZeroDivisionError, TypeError, ArithmeticError):
            return None


def _part(height: Any, bounds: tuple[Any, Any]) -> Any:
    found, error = mpmath.quad(height, [_end(bound) for bound in bounds], error=True)
    if not mpmath.isfinite(found) or error > _AGREE:
        raise ArithmeticError("the quadrature does not settle")
    return found


def _end(bound: Any) -> Any:
    if bound in (sympy.oo, -sympy.oo):
        return mpmath.inf if bound == sympy.oo else -mpmath.inf
    return mpmath.mpf(str(bound.evalf(mpmath.mp.dps + 5)))
