"""Measures of plane and solid shapes in a worker: any of them from enough of the others.

Each shape is a set of equations between its measures. An equation with one unknown measure is
solved for it, again and again; where that ends, all are solved together. Guarantees exact positive
values.
"""

from __future__ import annotations

import difflib
import re
from typing import Any

import sympy

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expression import parse_sides
from corollary_tools.solvers.algebra.polynomials import real_roots
from corollary_tools.solvers.constants import approximate
from corollary_tools.solvers.geometry.places import read_length, render_length
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.number_text import about, checked_length
from corollary_tools.solvers.result import Result

_SHAPES = {
    "square": "area = side^2; perimeter = 4*side; diagonal = sqrt(2)*side",
    "rectangle": "area = length*width; perimeter = 2*(length + width); "
    "diagonal^2 = length^2 + width^2",
    "parallelogram": "area = base*height; perimeter = 2*(base + side)",
    "rhombus": "area = p*q/2; side^2 = (p^2 + q^2)/4; perimeter = 4*side",
    "trapezoid": "area = (a + b)*height/2; median = (a + b)/2",
    "circle": "diameter = 2*radius; circumference = 2*pi*radius; area = pi*radius^2",
    "sector": "area = pi*radius^2*angle/360; arc = 2*pi*radius*angle/360; "
    "chord = 2*radius*sin(pi*angle/360)",
    "ellipse": "area = pi*a*b",
    "regular_polygon": "perimeter = sides*side; angle = 180 - 360/sides; "
    "apothem = side/(2*tan(pi/sides)); area = perimeter*apothem/2; "
    "radius = side/(2*sin(pi/sides))",
    "cube": "volume = side^3; surface = 6*side^2; diagonal = sqrt(3)*side",
    "box": "volume = length*width*height; "
    "surface = 2*(length*width + length*height + width*height); "
    "diagonal^2 = length^2 + width^2 + height^2",
    "prism": "volume = base*height",
    "pyramid": "volume = base*height/3",
    "sphere": "diameter = 2*radius; surface = 4*pi*radius^2; volume = 4/3*pi*radius^3",
    "hemisphere": "volume = 2/3*pi*radius^3; surface = 3*pi*radius^2; diameter = 2*radius",
    "cylinder": "diameter = 2*radius; base = pi*radius^2; volume = base*height; "
    "lateral = 2*pi*radius*height; surface = lateral + 2*base",
    "cone": "diameter = 2*radius; base = pi*radius^2; volume = base*height/3; "
    "slant^2 = radius^2 + height^2; lateral = pi*radius*slant; surface = lateral + base",
    "frustum": "volume = pi*height*(r^2 + r*s + s^2)/3; slant^2 = height^2 + (r - s)^2; "
    "lateral = pi*(r + s)*slant; surface = lateral + pi*(r^2 + s^2)",
    "tetrahedron": "volume = side^3/(6*sqrt(2)); surface = sqrt(3)*side^2; height = sqrt(2/3)*side",
}
_SAME = {"r": "radius", "d": "diameter", "h": "height", "l": "length", "w": "width", "s": "side"}
_KNOWN = re.compile(r"^\s*([A-Za-z]\w*)\s*=\s*(.+)$")


def measure(arguments: dict[str, Any], desk: Desk) -> Result:
    """Find the measure `want` of `shape` from those that are known."""
    shape = arguments["shape"].strip().lower().replace(" ", "_")
    shape = {"cuboid": "box", "trapezium": "trapezoid"}.get(shape, shape)
    if shape not in _SHAPES:
        raise ToolError(f"There is no shape {shape!r}. Known are {', '.join(_SHAPES)}.")
    equations = [_equation(text) for text in _SHAPES[shape].split("; ")]
    names = sorted({s.name for equation in equations for s in equation.free_symbols})
    known = dict(_read(text, shape, names) for text in arguments["known"])
    want = _named(arguments["want"], shape, names)
    with library_limits("measure this shape"):
        found = _found(want, known, equations)
        return Result(checked_length(" or ".join(map(_text, found))))


def _equation(text: str) -> Any:
    """left - right, with measures that are positive."""
    _, left, right = parse_sides(text)
    difference = left - right
    return difference.subs(
        {s: sympy.Symbol(s.name, positive=True) for s in difference.free_symbols}
    )


def _read(text: str, shape: str, names: list[str]) -> tuple[Any, Any]:
    match = _KNOWN.match(text)
    if match is None:
        raise ToolError(f"{text!r} cannot be read. Send {names[0]} = 3, for instance.")
    value = read_length(match[2].rstrip("° "), match[1])
    if not value.is_positive:
        raise ToolError(f"{match[1]} must be positive.")
    return _named(match[1], shape, names), value


def _named(word: str, shape: str, names: list[str]) -> Any:
    plain = word.strip().lower().replace(" ", "_")
    for tried in (plain, _SAME.get(plain, ""), plain.removesuffix("_area")):
        if tried in names:
            return sympy.Symbol(tried, positive=True)
    near = difflib.get_close_matches(plain, names, n=1)
    hint = f"Did you mean {near[0]}? " if near else ""
    raise ToolError(f"A {shape} has no {word!r} here. {hint}It has {', '.join(names)}.")


def _found(want: Any, known: dict[Any, Any], equations: list[Any]) -> list[Any]:
    values = dict(known)
    changed = True
    while changed and want not in values:
        changed = False
        for equation in equations:
            unknown = equation.free_symbols - values.keys()
            if len(unknown) == 1:
                (name,) = unknown
                values[name] = _solved(equation.subs(values), name)
                changed = True
    if want not in values:
        return _together(want, values, equations)
    _check(values, equations)
    return [values[want]]


def _solved(equation: Any, name: Any) -> Any:
    found = [value for value in sympy.solve(equation, name) if value.is_positive]
    if not found:
        raise ToolError(f"There is no such shape: {name} would not be positive.")
    return sympy.simplify(found[0])


def _together(want: Any, values: dict[Any, Any], equations: list[Any]) -> list[Any]:
    """Several equations at once: each takes one unknown out of the others."""
    open_ones = [e.subs(values) for e in equations if e.free_symbols - values.keys()]
    rest = _useful(open_ones, want)
    while len(rest) > 1:
        name, value, used = _linear(rest, want)
        rest = [_numerator(e.subs(name, value)) for e in rest if e is not used]
        rest = [e for e in rest if e != 0]
    unknown = {s for e in rest for s in e.free_symbols}
    if unknown != {want}:
        names = {s.name for e in open_ones for s in e.free_symbols if s != want}
        missing = ", ".join(sorted(names))
        raise ToolError(f"Too little is known to find {want}. It would take one of: {missing}.")
    return _positive_roots(rest[0], want)


def _useful(rest: list[Any], want: Any) -> list[Any]:
    """Without the equations that have an unknown of their own, which say nothing of others."""
    for equation in rest:
        others = [e for e in rest if e is not equation]
        elsewhere = {s for e in others for s in e.free_symbols} | {want}
        if equation.free_symbols - elsewhere:
            return _useful(others, want)
    return rest


def _linear(rest: list[Any], want: Any) -> tuple[Any, Any, Any]:
    """An unknown that stands linearly in an equation, its value there, and the equation."""
    for equation in rest:
        for name in sorted(equation.free_symbols - {want}, key=str):
            if equation.is_polynomial(name) and sympy.degree(equation, name) == 1:
                factor = equation.coeff(name)
                return name, sympy.cancel((factor * name - equation) / factor), equation
    raise ToolError(f"No exact way to {want} is known from these. Send other measures.")


def _numerator(equation: Any) -> Any:
    return sympy.expand(sympy.numer(sympy.together(equation)))


def _positive_roots(equation: Any, name: Any) -> list[Any]:
    equation = _numerator(equation)
    if not equation.is_polynomial(name):
        raise ToolError(f"No exact way to {name} is known from these. Send other measures.")
    polynomial = sympy.Poly(equation, name)
    if all(factor.is_Rational for factor in polynomial.monic().all_coeffs()):
        roots = real_roots(polynomial.monic().set_domain("QQ"))[0]
    else:
        roots = [r for r in sympy.Poly(equation.evalf(40), name).nroots(n=25) if r.is_real]
    found = [root for root in roots if root.evalf(30) > 0]
    if not found:
        raise ToolError(f"There is no such shape: {name} would not be positive.")
    return found


def _text(value: Any) -> str:
    if value.is_Float or value.has(sympy.CRootOf):
        return f"about {about(approximate(value))}"
    return render_length(value)


def _check(values: dict[Any, Any], equations: list[Any]) -> None:
    """ToolError where the known measures contradict each other."""
    for equation in equations:
        rest = equation.subs(values)
        if rest.is_number and abs(rest.evalf()) > sympy.Rational(1, 10**9):
            raise ToolError("The known measures contradict each other. Send fewer of them.")
