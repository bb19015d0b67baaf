"""Points, lines and circles of the plane: text -> records, and back, with exact coordinates.

Guarantees real coordinates, a line as whole coefficients where they are rational, and the same text
for the same figure. Points may have three coordinates where a function says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from corollary_tools.errors import ToolError
from corollary_tools.expression import parse_expression, parse_sides, render_expression, symbol
from corollary_tools.expressions.rational import read_number, render_number
from corollary_tools.expressions.values import split_text
from corollary_tools.solvers.constants import render_exact, simplest_constant

Point = tuple[Any, ...]
_X, _Y = symbol("x"), symbol("y")


@dataclass(frozen=True, slots=True)
class Line:
    """All (x, y) with a*x + b*y = c; a and b are not both 0."""

    a: Any
    b: Any
    c: Any


@dataclass(frozen=True, slots=True)
class Circle:
    """Centre and the square of the radius."""

    centre: Point
    square: Any


def read_place(text: str) -> Point | Line | Circle:
    """Read (1, 2), y = 2x + 1 or x^2 + y^2 = 25. ToolError for anything else."""
    return read_curve(text) if "=" in text else read_point(text)


def read_point(text: str, sizes: tuple[int, ...] = (2,)) -> Point:
    """Read a point with as many coordinates as `sizes` allows."""
    inner = text.strip()
    _, named, rest = inner.partition("(")
    if named and _.strip().isalpha():  # A(1, 2)
        inner = f"({rest}"
    if inner[:1] in ("(", "[") and inner[-1:] in (")", "]"):
        inner = inner[1:-1]
    parts = split_text(inner)
    if len(parts) not in sizes:
        raise ToolError(
            f"{text!r} is no point. Send {' or '.join(_FORMS[size] for size in sizes)}."
        )
    return tuple(read_length(part) for part in parts)


_FORMS = {2: "(1, 2)", 3: "(1, 2, 3)"}


def read_length(text: str, name: str = "a coordinate") -> Any:
    """A real number, exact. ToolError where there are unknowns in it."""
    value = parse_expression(text)
    if value.free_symbols:
        raise ToolError(f"{text!r} has unknowns; {name} must be a number.")
    return value


def read_curve(text: str) -> Line | Circle:
    """Read the equation of a line or circle in x and y."""
    operator, left, right = parse_sides(text)
    polynomial = _polynomial(left - right) if operator == "=" else None
    if polynomial is None:
        raise ToolError(f"{text!r} is no line or circle. Send y = 2x + 1 or x^2 + y^2 = 25.")
    factor = polynomial.coeff_monomial
    square, other = factor(_X**2), factor(_Y**2)
    if polynomial.total_degree() == 1:
        return line_of(factor(_X), factor(_Y), -factor(1))
    if polynomial.total_degree() != 2 or square != other or factor(_X * _Y) != 0:
        raise ToolError(f"{text!r} is no line or circle. Use solve for other curves.")
    centre = (-factor(_X) / (2 * square), -factor(_Y) / (2 * square))
    radius = centre[0] ** 2 + centre[1] ** 2 - factor(1) / square
    if not sympy.simplify(radius).is_positive:
        raise ToolError(f"{text!r} holds for at most one point: it is no circle.")
    return Circle(centre, sympy.simplify(radius))


def _polynomial(expression: Any) -> Any | None:
    if expression.free_symbols - {_X, _Y} or not expression.is_polynomial(_X, _Y):
        return None
    polynomial = sympy.Poly(expression, _X, _Y)
    return polynomial if polynomial.total_degree() >= 1 else None


def line_of(a: Any, b: Any, c: Any) -> Line:
    """The line in its shortest form: whole coefficients, no common factor, the first above 0."""
    values = [sympy.simplify(value) for value in (a, b, c)]
    if all(value.is_Rational for value in values):
        scale = sympy.ilcm(*(value.q for value in values)) if values else 1
        common = sympy.igcd(*(value * scale for value in values))
        values = [value * scale / common for value in values]
    if (values[0] or values[1]).is_negative:
        values = [-value for value in values]
    return Line(*values)


def through(first: Point, second: Point) -> Line:
    """The line through two points. ToolError where they are one."""
    a, b = second[1] - first[1], first[0] - second[0]
    if sympy.simplify(a) == 0 and sympy.simplify(b) == 0:
        raise ToolError("The two points are the same; no one line goes through them.")
    return line_of(a, b, a * first[0] + b * first[1])


def render_line(line: Line) -> str:
    """y = 2*x + 1, or x = 3 for a vertical line."""
    if line.b == 0:
        return f"x = {_number(line.c / line.a)}"
    right = -line.a / line.b * _X + line.c / line.b
    return f"y = {render_expression(sympy.expand(sympy.simplify(right)))}"


def render_circle(circle: Circle) -> str:
    """(x - 2)^2 + (y + 3)^2 = 25"""
    x, y = (_shifted(name, value) for name, value in zip("xy", circle.centre, strict=True))
    return f"{x} + {y} = {_number(circle.square)}"


def _shifted(name: str, value: Any) -> str:
    if value == 0:
        return f"{name}^2"
    if value.is_negative:
        return f"({name} + {_number(-value)})^2"
    text = _number(value)
    return f"({name} - {f'({text})' if ' ' in text else text})^2"


def render_point(point: Point) -> str:
    """(7/2, sqrt(3))"""
    return f"({', '.join(_number(value) for value in point)})"


def render_length(value: Any) -> str:
    """A number with a decimal beside it where it is not a plain one."""
    return render_exact(simplest_constant(value))


def _number(value: Any) -> str:
    value = simplest_constant(value)
    if value.is_Rational:
        number = read_number(str(value))
        assert number is not None
        return render_number(number)
    return render_expression(value)
