"""Real roots by search, where no exact method is known or an exact one missed some.

Looks for changes of sign between fixed points from -1000 to 1000, and halves the interval. Finds
no double roots and promises no completeness; poles and jumps are not taken for roots.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import sympy

from corollary_tools.errors import ToolError

_FIRST, _LAST = 0.0137, 999.97  # distances from 0, odd on purpose
_STEPS = 40  # points on each side of 0, in geometric progression
_HALVINGS = 80
_DIGITS = 20
_MOST = 8
_SMALL = sympy.Rational(1, 10**12)


def search_roots(difference: Any, unknown: Any) -> list[Any]:
    """Where `difference` is 0, ascending: rationals where they fit exactly, else 20 digits.

    ToolError where it is 0 on a range, where it has steps, and where there are too many.
    """
    if difference.has(sympy.floor, sympy.ceiling, sympy.Mod):
        raise ToolError("No exact method is known for equations with steps (floor, ceil, mod).")
    points = [(point, _value(difference, unknown, point)) for point in _points()]
    if any(left == 0 == right for (_, left), (_, right) in pairwise(points)):
        raise ToolError("The solutions fill a range; no exact method is known to give its ends.")
    roots = [point for point, value in points if value == 0]
    for (low, below), (high, above) in pairwise(points):
        if below is not None and above is not None and below * above < 0:
            roots += _halved(difference, unknown, (low, high))
    if len(roots) > _MOST:
        raise ToolError(f"There are more than {_MOST} solutions. Ask for those in a smaller range.")
    return sorted(_exact(difference, unknown, root) for root in roots)


def _exact(difference: Any, unknown: Any, root: Any) -> Any:
    """The rational with a small denominator at a root, where it is one."""
    near = Fraction(str(root)).limit_denominator(1000)
    rational = sympy.Rational(near.numerator, near.denominator)
    close = abs(rational - root) < _SMALL and difference.subs(unknown, rational) == 0
    return rational if close else root


def _points() -> Iterator[Any]:
    """Rational points that simple poles and jumps seldom hit, and 0."""
    side = [
        sympy.Rational(f"{_FIRST * (_LAST / _FIRST) ** (k / _STEPS):.6g}")
        for k in range(_STEPS + 1)
    ]
    yield from (-point for point in reversed(side))
    yield sympy.Integer(0)
    yield from side


def _value(difference: Any, unknown: Any, point: Any) -> Any:
    """The value at a point; None where it is not real or not finite."""
    value = difference.subs(unknown, point).evalf(_DIGITS)
    return value if value.is_Float or value.is_Rational else None


def _halved(difference: Any, unknown: Any, interval: tuple[Any, Any]) -> list[Any]:
    low, high = interval
    rising = _value(difference, unknown, low) < 0
    for _ in range(_HALVINGS):
        middle = sympy.Float((low + high) / 2, 2 * _DIGITS)
        value = _value(difference, unknown, middle)
        if value is None:
            return []
        low, high = (middle, high) if (value < 0) == rising else (low, middle)
    return [middle] if abs(value) < _SMALL * max(1, abs(middle)) else []
