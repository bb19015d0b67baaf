"""Polygons by their corners, and points moved by mappings of the plane, in a worker.

Guarantees exact results. The area is that of a polygon that does not cross itself; one that does
is a ToolError.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.solvers.geometry.coordinates import length, render_angle
from corollary_tools.solvers.geometry.places import (
    Line,
    Point,
    read_curve,
    read_length,
    read_point,
    render_length,
    render_point,
)
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.number_text import checked_length
from corollary_tools.solvers.result import Result

_MOST_POINTS = 100


def polygon(arguments: dict[str, Any], desk: Desk) -> Result:
    """Find `want` for the polygon with these corners, in order."""
    points = _points(arguments["points"])
    if len(points) < 3:
        raise ToolError("A polygon has three corners or more.")
    if _crosses_itself(points):
        raise ToolError("The sides cross. Send the corners in the order in which one walks round.")
    with library_limits("measure this polygon"):
        return Result(checked_length(_WANTED[arguments["want"]](points)))


def transform(arguments: dict[str, Any], desk: Desk) -> Result:
    """Move `points` by `by`: a vector, degrees, a line or point, a factor; about `centre`."""
    points = _points(arguments["points"])
    centre = read_point(arguments["centre"])
    with library_limits("map these points"):
        mapping = _MAPPINGS[arguments["kind"]](arguments["by"], centre)
        texts = [render_point(tuple(map(sympy.simplify, mapping(point)))) for point in points]
    return Result(checked_length(", ".join(texts)))


def _points(texts: list[str]) -> list[Point]:
    if not 1 <= len(texts) <= _MOST_POINTS:
        raise ToolError(f"Send 1 to {_MOST_POINTS} points, such as (0, 0), (4, 0), (0, 3).")
    return [read_point(text) for text in texts]


def _sides(points: list[Point]) -> list[tuple[Point, Point]]:
    return list(zip(points, [*points[1:], points[0]], strict=True))


def _doubled(points: list[Point]) -> Any:
    """Twice the area, positive where the corners go round anticlockwise."""
    return sum(p[0] * q[1] - q[0] * p[1] for p, q in _sides(points))


def _area(points: list[Point]) -> str:
    return render_length(abs(_doubled(points)) / 2)


def _perimeter(points: list[Point]) -> str:
    return render_length(sum(length(p, q) for p, q in _sides(points)))


def _side_lengths(points: list[Point]) -> str:
    return ", ".join(render_length(length(p, q)) for p, q in _sides(points))


def _centroid(points: list[Point]) -> str:
    size = sympy.simplify(_doubled(points))
    if size == 0:
        raise ToolError("The corners lie on a line: the area is 0.")
    sums = [
        sum((p[i] + q[i]) * (p[0] * q[1] - q[0] * p[1]) for p, q in _sides(points)) for i in (0, 1)
    ]
    return render_point(tuple(sympy.simplify(total / (3 * size)) for total in sums))


def _angles(points: list[Point]) -> str:
    turn = sympy.sign(_doubled(points))
    corners = zip([points[-1], *points[:-1]], points, [*points[1:], points[0]], strict=True)
    return ", ".join(render_angle(_corner(*corner, turn)) for corner in corners)


def _corner(before: Point, here: Point, after: Point, turn: Any) -> Any:
    """The inner angle in radians."""
    (a, b), (c, d) = (
        (after[0] - here[0], after[1] - here[1]),
        (before[0] - here[0], before[1] - here[1]),
    )
    size = sympy.sqrt((a**2 + b**2) * (c**2 + d**2))
    angle = sympy.acos(sympy.simplify((a * c + b * d) / size))
    return angle if (turn * (a * d - b * c)).evalf() >= 0 else 2 * sympy.pi - angle


def _crosses_itself(points: list[Point]) -> bool:
    sides = [tuple((float(x), float(y)) for x, y in side) for side in _sides(points)]
    count = len(sides)
    return any(
        _cross(sides[i], sides[j])
        for i in range(count)
        for j in range(i + 2, count)
        if (i, j) != (0, count - 1)
    )


def _cross(first: Any, second: Any) -> bool:
    (p, q), (r, s) = first, second
    return _side(p, q, r) * _side(p, q, s) < 0 and _side(r, s, p) * _side(r, s, q) < 0


def _side(p: Any, q: Any, r: Any) -> float:
    """Positive where r lies to the left of the way from p to q."""
    return float((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))


_WANTED: dict[str, Callable[[list[Point]], str]] = {
    "area": _area,
    "perimeter": _perimeter,
    "sides": _side_lengths,
    "angles": _angles,
    "centroid": _centroid,
}
Mapping = Callable[[Point], Point]


def _translation(text: str, centre: Point) -> Mapping:
    by = read_point(text)
    return lambda point: (point[0] + by[0], point[1] + by[1])


def _rotation(text: str, centre: Point) -> Mapping:
    angle = read_length(text.rstrip("° "), "the angle") * sympy.pi / 180
    cos, sin = sympy.cos(angle), sympy.sin(angle)

    def rotated(point: Point) -> Point:
        x, y = point[0] - centre[0], point[1] - centre[1]
        return (centre[0] + cos * x - sin * y, centre[1] + sin * x + cos * y)

    return rotated


def _reflection(text: str, centre: Point) -> Mapping:
    word = text.strip().lower().replace("axis", "").replace("-", "").strip()
    mirror = {"x": "y = 0", "y": "x = 0", "origin": "(0, 0)"}.get(word, text)
    if "=" not in mirror:
        about = read_point(mirror)
        return lambda point: (2 * about[0] - point[0], 2 * about[1] - point[1])
    found = read_curve(mirror)
    if not isinstance(found, Line):
        raise ToolError("Points are reflected in a line or a point, not in a circle.")

    def reflected(point: Point) -> Point:
        away = found.a * point[0] + found.b * point[1] - found.c
        times = 2 * away / (found.a**2 + found.b**2)
        return (point[0] - times * found.a, point[1] - times * found.b)

    return reflected


def _dilation(text: str, centre: Point) -> Mapping:
    factor = read_length(text, "the factor")
    return lambda point: tuple(c + factor * (p - c) for p, c in zip(point, centre, strict=True))


_MAPPINGS: dict[str, Callable[[str, Point], Mapping]] = {
    "translate": _translation,
    "rotate": _rotation,
    "reflect": _reflection,
    "dilate": _dilation,
}
