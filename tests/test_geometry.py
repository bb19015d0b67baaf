"""Geometry as a model sees it: exact lengths and areas, and the laws that they obey."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expression import parse_sides, symbol
from corollary_tools.solvers.geometry.coordinates import circle, line
from corollary_tools.solvers.geometry.polygons import polygon, transform
from corollary_tools.solvers.geometry.shapes import measure
from corollary_tools.solvers.geometry.triangles import triangle


def text(function: Any, **arguments: Any) -> str:
    result: str = function(arguments, Desk()).text
    return result


TRIANGLES = {
    ("a = 3, b = 4, C = 90", "c"): "5",
    ("a = 3, b = 5, C = 60", "c"): "sqrt(19) (about 4.358899)",
    ("a = 5, b = 12, c = 13", "inradius"): "2",
    ("a = 5, b = 12, c = 13", "circumradius"): "6.5",
    ("a = 5, b = 12, c = 13", "C"): "90",
    ("a = 3, B = 45, C = 75", "b"): "sqrt(6) (about 2.44949)",
    ("a = sqrt(2), b = sqrt(3), c = sqrt(5)", "area"): "sqrt(6)/2 (about 1.224745)",
    ("a = 6, b = 8, A = 30", "B"): "about 41.810315 or about 138.189685",
    ("a = 4, b = 8, A = 30", "c"): "4*sqrt(3) (about 6.928203)",
    ("a = 1, b = 1, c = 1", "all"): "a = 1, b = 1, c = 1, A = 60, B = 60, C = 60",
}


@pytest.mark.parametrize(("question", "result"), TRIANGLES.items())
def test_triangles(question: tuple[str, str], result: str) -> None:
    assert text(triangle, known=question[0].split(", "), want=question[1]) == result


MEASURES = {
    ("sphere", "volume = 36 pi", "radius"): "3",
    ("rectangle", "perimeter = 20, area = 24", "length"): "4 or 6",
    ("rectangle", "perimeter = 20, length = 4", "diagonal"): "2*sqrt(13) (about 7.211103)",
    ("cone", "r = 3, h = 4", "surface area"): "24*pi (about 75.398224)",
    ("cone", "volume = 12pi, slant = 5", "radius"): "3 or 2*sqrt(2 + sqrt(13)) (about 4.735209)",
    ("cylinder", "surface = 100, volume = 50", "radius"): "about 1.078911 or about 3.339005",
    ("regular polygon", "sides = 6, side = 2", "area"): "6*sqrt(3) (about 10.392305)",
    ("regular_polygon", "angle = 144", "sides"): "10",
    ("sector", "radius = 6, angle = 60°", "arc"): "2*pi (about 6.283185)",
    ("box", "l = 2, w = 3, diagonal = 7", "height"): "6",
    ("trapezium", "a = 3, b = 5, area = 20", "height"): "5",
}


@pytest.mark.parametrize(("question", "result"), MEASURES.items())
def test_measures(question: tuple[str, str, str], result: str) -> None:
    shape, known, want = question
    assert text(measure, shape=shape, known=known.split(", "), want=want) == result


LINES = {
    ("(1, 2)", "(1, 5)", "through"): "x = 1",
    ("(0, 1)", "(2, 5)", "through"): "y = 2*x + 1",
    ("(1, 2)", "(4, 6)", "slope"): "4/3 (about 1.333333)",
    ("(1, 2)", "(4, 6)", "midpoint"): "(2.5, 4)",
    ("(1, 2)", "(4, 6)", "bisector"): "y = 47/8 - 3*x/4",
    ("(0, 3)", "y = 2x/3 - 1", "parallel"): "y = 2*x/3 + 3",
    ("y = 2x", "(2, 0)", "perpendicular"): "y = 1 - x/2",
    ("(1, 2, 3)", "(4, 6, 3)", "distance"): "5",
    ("y = 2x + 1", "y = 2x + 6", "distance"): "sqrt(5) (about 2.236068)",
    ("y = 2x", "y = 3x", "distance"): "0",
    ("(0, 0)", "3x + 4y = 10", "distance"): "2",
}


@pytest.mark.parametrize(("question", "result"), LINES.items())
def test_lines(question: tuple[str, str, str], result: str) -> None:
    first, second, want = question
    assert text(line, first=first, second=second, want=want) == result


CROSSINGS = {
    ("x^2 + y^2 = 25", "y = x + 1"): "(-4, -3) or (3, 4)",
    ("x^2 + y^2 = 4", "(x - 2)^2 + y^2 = 4"): "(1, -sqrt(3)) or (1, sqrt(3))",
    ("x^2 + y^2 = 1", "y = 1"): "(0, 1)",
    ("x^2 + y^2 = 1", "y = 5"): "no common point",
    ("x + y = 1", "2x + 2y = 2"): "they are the same",
    ("x + y = 3", "x - y = 1"): "(2, 1)",
}


@pytest.mark.parametrize(("curves", "result"), CROSSINGS.items())
def test_crossings(curves: tuple[str, str], result: str) -> None:
    assert text(line, first=curves[0], second=curves[1], want="intersection") == result


def test_circles() -> None:
    assert text(circle, given=["2x^2 + 2y^2 - 4x + 8y = 8"]) == "centre (1, -2), radius 3"
    three = text(circle, given=["(0, 0)", "(2, 0)", "(0, 2)"])
    assert three == ("centre (1, 1), radius sqrt(2) (about 1.414214): (x - 1)^2 + (y - 1)^2 = 2")
    assert text(circle, given=["(1, 2)", "(4, 6)"]).startswith("centre (1, 2), radius 5")


SQUARE = ["(0, 0)", "(4, 0)", "(4, 4)", "(0, 4)"]


def test_polygons() -> None:
    assert text(polygon, points=SQUARE, want="area") == "16"
    assert text(polygon, points=SQUARE, want="perimeter") == "16"
    assert text(polygon, points=SQUARE, want="centroid") == "(2, 2)"
    dart = ["A(0, 0)", "B(4, 0)", "C(1, 1)", "D(0, 4)"]
    angles = text(polygon, points=dart, want="angles")
    assert angles == "90, about 18.434949, about 233.130102, about 18.434949"
    assert text(polygon, points=dart[:3], want="sides").startswith("4, sqrt(10)")


MOVED = {
    ("translate", "(1, -1)", "(0, 0)"): "(2, 1)",
    ("rotate", "90", "(0, 0)"): "(-2, 1)",
    ("rotate", "60°", "(1, 1)"): "(1 - sqrt(3)/2, 1.5)",
    ("reflect", "x-axis", "(0, 0)"): "(1, -2)",
    ("reflect", "y = 2x + 1", "(0, 0)"): "(0.2, 2.4)",
    ("reflect", "(3, 3)", "(0, 0)"): "(5, 4)",
    ("dilate", "3", "(1, 1)"): "(1, 4)",
}


@pytest.mark.parametrize(("move", "result"), MOVED.items())
def test_moved_points(move: tuple[str, str, str], result: str) -> None:
    kind, by, centre = move
    assert text(transform, points=["(1, 2)"], kind=kind, by=by, centre=centre) == result


SMALL = st.integers(-9, 9)
POINTS = st.tuples(SMALL, SMALL)


@given(POINTS, POINTS, POINTS)
@settings(max_examples=15, deadline=None)
def test_the_area_is_the_same_by_corners_and_by_sides(p: Any, q: Any, r: Any) -> None:
    double = (q[0] - p[0]) * (r[1] - p[1]) - (r[0] - p[0]) * (q[1] - p[1])
    assume(double)
    squares = [(a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 for a, b in ((q, r), (p, r), (p, q))]
    sides = [f"{name} = sqrt({value})" for name, value in zip("abc", squares, strict=True)]
    by_corners = text(polygon, points=[str(p), str(q), str(r)], want="area")
    assert Fraction(by_corners) == Fraction(abs(double), 2)
    assert text(triangle, known=sides, want="area") == by_corners


@given(POINTS, POINTS, POINTS)
@settings(max_examples=15, deadline=None)
def test_a_circle_goes_through_its_three_points(p: Any, q: Any, r: Any) -> None:
    assume((q[0] - p[0]) * (r[1] - p[1]) != (r[0] - p[0]) * (q[1] - p[1]))
    equation = text(circle, given=[str(p), str(q), str(r)]).rpartition(": ")[2]
    _, left, right = parse_sides(equation)
    for x, y in (p, q, r):
        assert left.subs({symbol("x"): x, symbol("y"): y}) == right


@given(POINTS, POINTS, POINTS)
@settings(max_examples=15, deadline=None)
def test_reflecting_twice_changes_nothing(p: Any, q: Any, r: Any) -> None:
    assume(q != r)
    mirror = text(line, first=str(q), second=str(r), want="through")
    once = text(transform, points=[str(p)], kind="reflect", by=mirror, centre="(0, 0)")
    twice = text(transform, points=[once], kind="reflect", by=mirror, centre="(0, 0)")
    assert twice == str(p)


REFUSED: list[tuple[Any, dict[str, Any], str]] = [
    (triangle, {"known": ["a = 1", "b = 2", "c = 3"], "want": "area"}, "as long as the other two"),
    (triangle, {"known": ["A = 30", "B = 60", "C = 90"], "want": "a"}, "a side among them"),
    (triangle, {"known": ["a = 1", "b = 8", "A = 30"], "want": "c"}, "too short"),
    (triangle, {"known": ["a = 1", "B = 90", "C = 95"], "want": "c"}, "add up to 180"),
    (triangle, {"known": ["x = 1"], "want": "c"}, "Send a = 3 for a side"),
    (triangle, {"known": ["a = 3", "b = 4", "c = 5"], "want": "hypotenuse"}, "Send one of all"),
    (measure, {"shape": "circle", "known": ["r = 1"], "want": "volume"}, "A circle has no"),
    (measure, {"shape": "circle", "known": ["r = -1"], "want": "area"}, "must be positive"),
    (measure, {"shape": "circle", "known": ["r = 1", "area = 9"], "want": "diameter"}, "contrad"),
    (measure, {"shape": "rectangle", "known": ["length = 2"], "want": "area"}, "Too little"),
    (measure, {"shape": "blob", "known": [], "want": "area"}, "There is no shape 'blob'"),
    (line, {"first": "(1, 2)", "second": "(1, 2)", "want": "through"}, "are the same"),
    (line, {"first": "(1, 2)", "second": "3", "want": "distance"}, "is no point"),
    (line, {"first": "(x, 2)", "second": "(1, 1)", "want": "slope"}, "has unknowns"),
    (line, {"first": "y = x^2", "second": "y = 1", "want": "intersection"}, "Use solve"),
    (circle, {"given": ["x^2 + y^2 = -1"]}, "no circle"),
    (circle, {"given": ["(0, 0)", "(1, 1)", "(2, 2)"]}, "lie on a line"),
    (polygon, {"points": ["(0, 0)", "(4, 4)", "(4, 0)", "(0, 4)"], "want": "area"}, "sides cross"),
    (polygon, {"points": ["(0, 0)"], "want": "area"}, "three corners"),
    (polygon, {"points": ["(9^9^9, 0)"] * 3, "want": "area"}, "too large"),
]  # fmt: skip


@pytest.mark.parametrize(("function", "arguments", "message"), REFUSED)
def test_what_cannot_be_done_says_so(
    function: Any, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        text(function, **arguments)
    assert message in str(error.value)
