"""Solutions of several equations as decimals, by Newton's method from fixed starting points.

Guarantees that each solution fulfils every equation to 15 digits, and the same ones at every call.
Promises no completeness. No code is made from the equations.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import mpmath
import sympy

_STARTS = (0.71, -1.3, 3.1, -7.7, 12.3)
_MOST_STARTS = 60
_STEPS = 40
_DIGITS = 20
_SMALL = 1e-15


def newton_rows(differences: list[Any], unknowns: tuple[Any, ...]) -> list[dict[Any, Any]]:
    """Solutions that were found, without repetitions; none where the system is not square."""
    if len(differences) != len(unknowns):
        return []
    slopes = sympy.Matrix(differences).jacobian(list(unknowns))
    found: list[list[Any]] = []
    with mpmath.workdps(_DIGITS):
        for start in list(product(_STARTS, repeat=len(unknowns)))[:_MOST_STARTS]:
            point = _descended((differences, slopes, unknowns), start)
            if point is not None and all(_apart(point, other) for other in found):
                found.append(point)
    rows = [[sympy.Float(str(value), 15) for value in point] for point in sorted(found)]
    return [dict(zip(unknowns, row, strict=True)) for row in rows]


def _descended(system: tuple[Any, Any, Any], start: tuple[float, ...]) -> list[Any] | None:
    differences, slopes, unknowns = system
    point = mpmath.matrix(list(start))
    for _ in range(_STEPS):
        here = dict(
            zip(unknowns, (sympy.Float(str(value), _DIGITS) for value in point), strict=True)
        )
        values = [_number(difference, here) for difference in differences]
        if None in values:
            return None
        if max(abs(value) for value in values) < _SMALL:
            return list(point)
        rows = [[_number(slope, here) for slope in slopes.row(row)] for row in range(slopes.rows)]
        try:
            point = point - mpmath.lu_solve(mpmath.matrix(rows), mpmath.matrix(values))
        except (ZeroDivisionError, TypeError, ValueError):
            return None
    return None


def _number(value: Any, here: dict[Any, Any]) -> Any:
    near = value.evalf(_DIGITS, subs=here)
    return mpmath.mpf(str(near)) if near.is_Float or near.is_Rational else None


def _apart(point: list[Any], other: list[Any]) -> bool:
    return bool(max(abs(a - b) for a, b in zip(point, other, strict=True)) > 1e-9)
