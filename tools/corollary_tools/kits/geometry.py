"""The geometry kit: triangles, measures of shapes, and figures by their coordinates."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from corollary_tools.kits.values import Text, Texts
from corollary_tools.tool import Arguments, Example, SymbolicTool


class TriangleArguments(Arguments):
    """What `triangle` takes."""

    known: Texts = Field(description="three of the sides a, b, c and the angles A, B, C in degrees")
    want: str = Field(
        default="all",
        description="a, b, c, A, B, C, area, perimeter, inradius, circumradius or all; "
        "side a lies opposite angle A",
    )


class MeasureArguments(Arguments):
    """What `measure` takes."""

    shape: str = Field(
        description="square, rectangle, parallelogram, rhombus, trapezoid, circle, sector, "
        "ellipse, regular_polygon, cube, box, prism, pyramid, sphere, hemisphere, cylinder, "
        "cone, frustum or tetrahedron"
    )
    known: Texts = Field(description="measures that are known, such as radius = 3")
    want: str = Field(description="the measure to find, such as area, volume, surface or height")


class LineArguments(Arguments):
    """What `line` takes."""

    first: Text = Field(
        description="a point; a line for parallel, perpendicular or distance; a line or circle "
        "for intersection"
    )
    second: Text = Field(description="a point; a line for distance; a line or circle")
    want: Literal[
        "through",
        "distance",
        "slope",
        "midpoint",
        "bisector",
        "parallel",
        "perpendicular",
        "intersection",
    ] = Field(default="through", description="what to find")


class CircleArguments(Arguments):
    """What `circle` takes."""

    given: Texts = Field(
        description="its equation; three points; or the centre and a point or radius"
    )


class PolygonArguments(Arguments):
    """What `polygon` takes."""

    points: Texts = Field(description="the corners in order")
    want: Literal["area", "perimeter", "sides", "angles", "centroid"] = Field(
        default="area", description="what to find"
    )


class TransformArguments(Arguments):
    """What `transform` takes."""

    points: Texts = Field(description="the points to move")
    kind: Literal["translate", "rotate", "reflect", "dilate"] = Field(description="how")
    by: Text = Field(description="a vector; degrees anticlockwise; a line or point; a factor")
    centre: Text = Field(default="(0, 0)", description="of a rotation or dilation")


def tools() -> tuple[SymbolicTool, ...]:
    """The tools of this kit, in order."""
    return (_triangle(), _measure(), _line(), _circle(), *_figures())


def _triangle() -> SymbolicTool:
    return SymbolicTool(
        name="triangle",
        operation="triangle",
        description="Solve a triangle.",
        args_schema=TriangleArguments,
        examples=(
            Example({"known": ["a = 3", "b = 4", "C = 90"], "want": "c"}, "5"),
            Example({"known": ["a = 5", "b = 5", "c = 6"], "want": "area"}, "12"),
        ),
    )


def _measure() -> SymbolicTool:
    return SymbolicTool(
        name="measure",
        operation="measure",
        description="Find a measure of a shape.",
        args_schema=MeasureArguments,
        examples=(
            Example({"shape": "circle", "known": ["area = 9*pi"], "want": "radius"}, "3"),
            Example({"shape": "cube", "known": ["volume = 8"], "want": "surface"}, "24"),
        ),
    )


def _line() -> SymbolicTool:
    return SymbolicTool(
        name="line",
        operation="line",
        description="Find a line, a distance or where curves meet.",
        args_schema=LineArguments,
        examples=(
            Example({"first": "(0, 1)", "second": "(2, 5)"}, "y = 2*x + 1"),
            Example(
                {"first": "x^2 + y^2 = 25", "second": "y = x + 1", "want": "intersection"},
                "(-4, -3) or (3, 4)",
            ),
        ),
    )


def _circle() -> SymbolicTool:
    return SymbolicTool(
        name="circle",
        operation="circle",
        description="Find a circle.",
        args_schema=CircleArguments,
        examples=(
            Example({"given": ["x^2 + y^2 - 4x = 5"]}, "centre (2, 0), radius 3"),
            Example({"given": ["(0, 0)", "1"]}, "centre (0, 0), radius 1: x^2 + y^2 = 1"),
        ),
    )


def _figures() -> tuple[SymbolicTool, ...]:
    polygon = SymbolicTool(
        name="polygon",
        operation="polygon",
        description="Measure a polygon.",
        args_schema=PolygonArguments,
        examples=(
            Example({"points": ["(0, 0)", "(4, 0)", "(0, 3)"]}, "6"),
            Example({"points": ["(0, 0)", "(1, 0)", "(0, 1)"], "want": "angles"}, "90, 45, 45"),
        ),
    )
    transform = SymbolicTool(
        name="transform",
        operation="transform",
        description="Move points.",
        args_schema=TransformArguments,
        examples=(
            Example({"points": ["(1, 2)"], "kind": "rotate", "by": "90"}, "(-2, 1)"),
            Example({"points": ["(1, 2)"], "kind": "reflect", "by": "y = x"}, "(2, 1)"),
        ),
    )
    return (polygon, transform)
