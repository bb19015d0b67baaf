"""Where lines and circles of the plane meet.

Guarantees all common points, ascending, or None where the two figures are one.
"""

from __future__ import annotations

from typing import Any

import sympy

from corollary_tools.solvers.geometry.places import Circle, Line, Point


def crossings(first: Line | Circle, second: Line | Circle) -> list[Point] | None:
    """The common points of two figures."""
    if isinstance(first, Line) and isinstance(second, Line):
        return _lines(first, second)
    if isinstance(first, Line):
        first, second = second, first
    if isinstance(first, Circle) and isinstance(second, Line):
        return _line_and_circle(second, first)
    assert isinstance(first, Circle)
    assert isinstance(second, Circle)
    return _circles(first, second)


def _lines(first: Line, second: Line) -> list[Point] | None:
    size = sympy.simplify(first.a * second.b - first.b * second.a)
    if size == 0:
        same = sympy.simplify(first.a * second.c - second.a * first.c) == 0
        same = same and sympy.simplify(first.b * second.c - second.b * first.c) == 0
        return None if same else []
    x = (first.c * second.b - first.b * second.c) / size
    y = (first.a * second.c - first.c * second.a) / size
    return [(sympy.simplify(x), sympy.simplify(y))]


def _line_and_circle(line: Line, circle: Circle) -> list[Point]:
    """From the foot of the centre on the line, half a chord in both directions."""
    square = line.a**2 + line.b**2
    away = (line.a * circle.centre[0] + line.b * circle.centre[1] - line.c) / square
    foot = (circle.centre[0] - line.a * away, circle.centre[1] - line.b * away)
    rest = sympy.simplify((circle.square - away**2 * square) / square)
    if rest.is_negative:
        return []
    half = sympy.sqrt(rest)
    points = {
        tuple(map(sympy.simplify, (foot[0] + sign * half * line.b, foot[1] - sign * half * line.a)))
        for sign in (1, -1)
    }
    return sorted(points, key=_size)


def _circles(first: Circle, second: Circle) -> list[Point] | None:
    a, b = (2 * (second.centre[i] - first.centre[i]) for i in (0, 1))
    c = first.square - second.square + _norm(second.centre) - _norm(first.centre)
    a, b, c = (sympy.simplify(value) for value in (a, b, c))
    if a == 0 and b == 0:
        return None if c == 0 else []
    return _line_and_circle(Line(a, b, c), first)


def _norm(point: Point) -> Any:
    return point[0] ** 2 + point[1] ** 2


def _size(point: Point) -> tuple[float, ...]:
    return tuple(float(value) for value in point)
