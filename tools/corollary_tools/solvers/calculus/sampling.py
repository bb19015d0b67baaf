"""Numbers against symbols: high-precision values at sample points check what sympy derived.

Guarantees a refutation only where values differ by far more than rounding: `False` is meant,
`None` says that nothing was learned. Does not prove anything.
"""

from __future__ import annotations

from typing import Any

import sympy

_DIGITS = 30
_DISTANCES = (sympy.Rational(1, 10**3), sympy.Rational(1, 10**7), sympy.Rational(1, 10**12))
_FAR = sympy.Rational(1, 1000)
_LARGE = 5
_SAMPLES = tuple(sympy.Rational(*pair) for pair in ((3, 7), (-5, 11), (17, 9), (-23, 8), (71, 10)))
_SAME = sympy.Rational(1, 10**12)


def real_value(value: Any, at: dict[Any, Any] | None = None) -> Any:
    """The value as a number, at a point where one is sent; None where not real or not finite.

    Numbers are put in while it is evaluated, so that no power or factorial is made exact first.
    """
    near = value.evalf(_DIGITS, subs=at) if at else value.evalf(_DIGITS)
    return near if near.is_Float or near.is_Rational else None


def agrees_nearby(value: Any, name: Any, claim: tuple[Any, str, Any]) -> bool | None:
    """Whether values near a place approach the limit claimed: (place, side, limit)."""
    place, side, limit = claim
    points = [_point(place, side, distance) for distance in _DISTANCES]
    values = [real_value(value, {name: point}) for point in points]
    if None in values or value.free_symbols != {name} or limit.has(sympy.AccumBounds, sympy.I):
        return None
    if limit in (sympy.oo, -sympy.oo):
        sign = 1 if limit == sympy.oo else -1
        return bool(sign * values[-1] > sign * values[0]) or bool(sign * values[-1] > _LARGE)
    if limit.has(sympy.oo, sympy.nan, sympy.zoo):
        return None
    target = real_value(limit)
    if target is None:
        return None
    distances = [abs(one - target) for one in values]
    near = distances[-1] <= _FAR * max(1, abs(target))
    return bool(near or distances[-1] < distances[0])


def _point(place: Any, side: str, distance: Any) -> Any:
    if place in (sympy.oo, -sympy.oo):
        return sympy.sign(place) / distance
    return place + distance if side == "+" else place - distance


def same_values(left: Any, right: Any, name: Any) -> bool | None:
    """Whether two functions of one unknown have the same values at sample points."""
    if (left.free_symbols | right.free_symbols) - {name}:
        return None
    compared = 0
    for point in _SAMPLES:
        values = [real_value(side, {name: point}) for side in (left, right)]
        if None in values:
            continue
        compared += 1
        if abs(values[0] - values[1]) > _SAME * max(1, abs(values[0])):
            return False
    return True if compared else None


def is_defined_near(value: Any, name: Any, where: tuple[Any, str]) -> bool:
    """Whether the value is real close to a place on one side; True where it has other unknowns."""
    place, side = where
    if value.free_symbols != {name} or place.free_symbols:
        return True
    points = (_point(place, side, distance) for distance in _DISTANCES)
    return any(real_value(value, {name: point}) is not None for point in points)


def approaches(value: Any, terms: Any, where: tuple[Any, Any, int]) -> bool:
    """Whether a series up to an order has nearly the value, on both sides of its place."""
    name, place, order = where
    allowed = _DISTANCES[1] / 100 if order > 1 else _FAR
    if (value.free_symbols | place.free_symbols) - {name}:
        return True
    for side in "+-":
        point = {name: _point(place, side, _DISTANCES[1])}
        left, right = (real_value(one, point) for one in (value, terms))
        if left is None or (right is None and terms.free_symbols):
            continue
        if abs(left - right) > allowed:
            return False
    return True
