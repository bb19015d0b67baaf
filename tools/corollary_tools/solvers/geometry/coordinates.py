"""Geometry with coordinates in a worker: distance, lines, crossings, circles, polygons, mappings.

Guarantees exact results. Works in the plane; distances and midpoints of points also in space.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.solvers.constants import approximate
from corollary_tools.solvers.geometry.crossings import crossings
from corollary_tools.solvers.geometry.places import (
    Circle,
    Line,
    Point,
    line_of,
    read_curve,
    read_length,
    read_place,
    read_point,
    render_circle,
    render_length,
    render_line,
    render_point,
    through,
)
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.number_text import about, checked_length
from corollary_tools.solvers.result import Result

_SPACE = (2, 3)


def line(arguments: dict[str, Any], desk: Desk) -> Result:
    """The line, point or number that `want` names for `first` and `second`."""
    with library_limits("find this line"):
        text = _LINES[arguments["want"]](arguments["first"], arguments["second"])
    return Result(checked_length(text))


def circle(arguments: dict[str, Any], desk: Desk) -> Result:
    """The circle with an equation, through three points, or with centre and point or radius."""
    with library_limits("find this circle"):
        found = _circle(arguments["given"])
        centre, radius = render_point(found.centre), render_length(sympy.sqrt(found.square))
        text = f"centre {centre}, radius {radius}"
        if "=" not in arguments["given"][0]:
            text += f": {render_circle(found)}"
    return Result(checked_length(text))


def _read(text: str) -> Point | Line | Circle:
    return read_place(text) if "=" in text else read_point(text, _SPACE)


def _distance(first: Any, second: Any) -> Any:
    if isinstance(first, Circle) or isinstance(second, Circle):
        raise ToolError("Distances are those of points and lines. Send the centre of a circle.")
    if isinstance(first, Line) and isinstance(second, Line):
        return _between_lines(first, second)
    if isinstance(first, Line):
        first, second = second, first
    if isinstance(second, Line):
        if len(first) != 2:
            raise ToolError("A line lies in the plane: send a point with two coordinates.")
        return abs(_value(second, first)) / sympy.sqrt(second.a**2 + second.b**2)
    if len(first) != len(second):
        raise ToolError("One point has two coordinates and the other three.")
    return length(first, second)


def _between_lines(first: Line, second: Line) -> Any:
    if sympy.simplify(first.a * second.b - first.b * second.a) != 0:
        return sympy.Integer(0)
    point = (first.c / first.a, 0) if first.a != 0 else (0, first.c / first.b)
    return _distance(point, second)


def _value(line: Line, point: Point) -> Any:
    return line.a * point[0] + line.b * point[1] - line.c


def length(first: Point, second: Point) -> Any:
    """The distance of two points."""
    return sympy.sqrt(sum((a - b) ** 2 for a, b in zip(first, second, strict=True)))


def _distance_text(first: str, second: str) -> str:
    return render_length(_distance(_read(first), _read(second)))


def _intersection(first: str, second: str) -> str:
    found = crossings(read_curve(first), read_curve(second))
    if found is None:
        return "they are the same"
    return " or ".join(map(render_point, found)) or "no common point"


def _through(first: str, second: str) -> str:
    return render_line(through(read_point(first), read_point(second)))


def _slope(first: str, second: str) -> str:
    found = through(read_point(first), read_point(second))
    return "none (the line is vertical)" if found.b == 0 else render_length(-found.a / found.b)


def _midpoint(first: str, second: str) -> str:
    one, two = read_point(first, _SPACE), read_point(second, _SPACE)
    if len(one) != len(two):
        raise ToolError("One point has two coordinates and the other three.")
    return render_point(tuple((a + b) / 2 for a, b in zip(one, two, strict=True)))


def _bisector(first: str, second: str) -> str:
    one, two = read_point(first), read_point(second)
    joined = through(one, two)
    middle = tuple((a + b) / 2 for a, b in zip(one, two, strict=True))
    return render_line(_across(joined, middle))


def _parallel(first: str, second: str) -> str:
    given, point = _line_and_point(first, second)
    return render_line(line_of(given.a, given.b, given.a * point[0] + given.b * point[1]))


def _perpendicular(first: str, second: str) -> str:
    return render_line(_across(*_line_and_point(first, second)))


def _across(given: Line, point: Point) -> Line:
    return line_of(-given.b, given.a, given.a * point[1] - given.b * point[0])


def _line_and_point(first: str, second: str) -> tuple[Line, Point]:
    if "=" not in first:
        first, second = second, first
    found = read_curve(first) if "=" in first else None
    if not isinstance(found, Line) or "=" in second:
        raise ToolError("Send a line as first and a point as second: y = 2x + 1 and (0, 3).")
    return found, read_point(second)


def render_angle(radians: Any) -> str:
    """An angle in degrees, without the sign: 60, or `about 36.869898`."""
    degrees = radians * 180 / sympy.pi
    if degrees.is_Rational:
        return render_length(degrees)
    return f"about {about(approximate(degrees))}"


_LINES: dict[str, Callable[[str, str], str]] = {
    "through": _through,
    "intersection": _intersection,
    "distance": _distance_text,
    "slope": _slope,
    "midpoint": _midpoint,
    "bisector": _bisector,
    "parallel": _parallel,
    "perpendicular": _perpendicular,
}


def _circle(given: list[str]) -> Circle:
    if len(given) == 1:
        found = read_curve(given[0])
        if not isinstance(found, Circle):
            raise ToolError(f"{given[0]!r} is a line, not a circle.")
        return found
    if len(given) == 2:
        return _centred(read_point(given[0]), given[1])
    if len(given) == 3:
        return _around(*map(read_point, given))
    raise ToolError("Send an equation, three points, or a centre with a point or a radius.")


def _centred(centre: Point, text: str) -> Circle:
    if "," in text:
        return Circle(centre, sympy.simplify(length(centre, read_point(text)) ** 2))
    radius = read_length(text.rpartition("=")[2], "the radius")
    if not radius.is_positive:
        raise ToolError("The radius must be positive.")
    return Circle(centre, radius**2)


def _around(first: Point, second: Point, third: Point) -> Circle:
    """The circle through three points: where two bisectors meet."""
    rows = [
        (2 * (p[0] - first[0]), 2 * (p[1] - first[1]), _square(p) - _square(first))
        for p in (second, third)
    ]
    (a, b, c), (d, e, f) = rows
    size = sympy.simplify(a * e - b * d)
    if size == 0:
        raise ToolError("The three points lie on a line; no circle goes through them.")
    centre = (sympy.simplify((c * e - b * f) / size), sympy.simplify((a * f - c * d) / size))
    return Circle(centre, sympy.simplify(length(centre, first) ** 2))


def _square(point: Point) -> Any:
    return point[0] ** 2 + point[1] ** 2
