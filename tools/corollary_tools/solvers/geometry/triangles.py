"""Triangles from three of their sides and angles, in a worker.

Sides a, b, c lie opposite the angles A, B, C, which are in degrees. Guarantees exact sides and
areas, both triangles where two sides and an angle that they do not enclose allow two, and a
ToolError that says why where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.solvers.geometry.coordinates import render_angle
from corollary_tools.solvers.geometry.places import read_length, render_length
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.number_text import checked_length
from corollary_tools.solvers.result import Result

_SIDES, _ANGLES = "abc", "ABC"
_KNOWN = re.compile(r"^\s*(?:angle\s+|side\s+)?([abcABC])\s*=\s*(.+?)\s*(?:°|degrees?|deg)?\s*$")
_WANTS = ("all", *_SIDES, *_ANGLES, "area", "perimeter", "inradius", "circumradius")


@dataclass(frozen=True, slots=True)
class Triangle:
    """Three sides, and of the angles opposite them, in radians, those that are known."""

    sides: tuple[Any, Any, Any]
    angles: tuple[Any, Any, Any] = (None, None, None)

    def angle(self, place: int) -> Any:
        """An angle, by the law of cosines where it is not known."""
        if self.angles[place] is not None:
            return self.angles[place]
        side, one, two = self.sides[place], self.sides[place - 1], self.sides[place - 2]
        return sympy.acos(sympy.simplify((one**2 + two**2 - side**2) / (2 * one * two)))

    def area(self) -> Any:
        """By a known angle and the sides that enclose it, else by Heron's formula."""
        for place, angle in enumerate(self.angles):
            if angle is not None:
                return self.sides[place - 1] * self.sides[place - 2] * sympy.sin(angle) / 2
        a, b, c = self.sides
        return sympy.sqrt(sympy.simplify((a + b + c) * (b + c - a) * (a + c - b) * (a + b - c))) / 4


def triangle(arguments: dict[str, Any], desk: Desk) -> Result:
    """Find `want` of the triangle of which three of a, b, c, A, B, C are known."""
    known = _read(arguments["known"])
    want = arguments["want"].strip()
    if want not in _WANTS:
        raise ToolError(f"There is no {want!r} to find. Send one of {', '.join(_WANTS)}.")
    with library_limits("solve this triangle"):
        found = _solved(known)
        texts = list(dict.fromkeys(_text(each, want) for each in found))
    return Result(checked_length(" or ".join(texts)))


def _read(texts: list[str]) -> dict[str, Any]:
    known = {}
    for text in texts:
        match = _KNOWN.match(text)
        if match is None:
            raise ToolError(f"{text!r} cannot be read. Send a = 3 for a side, C = 90 for an angle.")
        value = read_length(match[2], match[1])
        if not value.is_positive or (match[1] in _ANGLES and (value - 180).is_nonnegative):
            raise ToolError(f"{match[1]} must be above 0{', below 180' * (match[1] in _ANGLES)}.")
        known[match[1]] = value * sympy.pi / 180 if match[1] in _ANGLES else value
    if len(known) != 3 or not set(known) & set(_SIDES):
        raise ToolError("Three of a, b, c, A, B, C must be known, a side among them.")
    return known


def _solved(known: dict[str, Any]) -> list[Triangle]:
    sides = [i for i in range(3) if _SIDES[i] in known]
    angles = [i for i in range(3) if _ANGLES[i] in known]
    if len(sides) == 3:
        return [_from_sides(*(known[name] for name in _SIDES))]
    if len(sides) == 1:
        return [_from_angles(known, sides[0])]
    if angles[0] not in sides:
        return [_from_enclosed(known, sides, angles[0])]
    return _from_opposite(known, sides, angles[0])


def _from_sides(*sides: Any) -> Triangle:
    total = sum(sides)
    if any(not sympy.simplify(total - 2 * side).is_positive for side in sides):
        raise ToolError("There is no such triangle: a side is as long as the other two or longer.")
    return Triangle(_triple(sides))


def _from_enclosed(known: dict[str, Any], sides: list[int], angle: int) -> Triangle:
    """Law of cosines."""
    one, two = (known[_SIDES[i]] for i in sides)
    square = one**2 + two**2 - 2 * one * two * sympy.cos(known[_ANGLES[angle]])
    lengths = {sides[0]: one, sides[1]: two, angle: sympy.sqrt(sympy.simplify(square))}
    return _with_angle(lengths, angle, known[_ANGLES[angle]])


def _from_angles(known: dict[str, Any], side: int) -> Triangle:
    """Law of sines, the third angle being the rest of 180 degrees."""
    given = [known.get(name) for name in _ANGLES]
    rest = sympy.pi - sum(value for value in given if value is not None)
    if not rest.is_positive:
        raise ToolError("There is no such triangle: the angles add up to 180 degrees or more.")
    angles = [rest if value is None else value for value in given]
    ratio = known[_SIDES[side]] / sympy.sin(angles[side])
    lengths = [sympy.simplify(ratio * sympy.sin(angle)) for angle in angles]
    return Triangle(_triple(lengths), _triple(angles))


def _from_opposite(known: dict[str, Any], sides: list[int], angle: int) -> list[Triangle]:
    """Two sides and the angle opposite one: none, one or two triangles."""
    other = sides[0] if sides[1] == angle else sides[1]
    third = 3 - angle - other
    near, far, given = known[_SIDES[other]], known[_SIDES[angle]], known[_ANGLES[angle]]
    foot = near * sympy.cos(given)
    rest = sympy.simplify(far**2 - (near * sympy.sin(given)) ** 2)
    if rest.is_negative:
        raise ToolError(
            f"There is no such triangle: {_SIDES[angle]} is too short to reach the third side."
        )
    found = []
    for length in dict.fromkeys((foot + sympy.sqrt(rest), foot - sympy.sqrt(rest))):
        if sympy.simplify(length).is_positive:
            lengths = {other: near, angle: far, third: sympy.simplify(length)}
            found.append(_with_angle(lengths, angle, given))
    if not found:
        raise ToolError(f"There is no such triangle with the angle {_ANGLES[angle]}.")
    return found


def _with_angle(lengths: dict[int, Any], place: int, angle: Any) -> Triangle:
    angles = [angle if i == place else None for i in range(3)]
    return Triangle(_triple([lengths[i] for i in range(3)]), _triple(angles))


def _triple(values: Sequence[Any]) -> tuple[Any, Any, Any]:
    first, second, third = values
    return (first, second, third)


def _text(found: Triangle, want: str) -> str:
    if want in _ANGLES:
        return render_angle(found.angle(_ANGLES.index(want)))
    if want != "all":
        return render_length(_length(found, want))
    sides = (f"{n} = {render_length(v)}" for n, v in zip(_SIDES, found.sides, strict=True))
    angles = (f"{name} = {render_angle(found.angle(i))}" for i, name in enumerate(_ANGLES))
    return ", ".join((*sides, *angles))


def _length(found: Triangle, want: str) -> Any:
    if want in _SIDES:
        return found.sides[_SIDES.index(want)]
    a, b, c = found.sides
    if want == "area":
        return found.area()
    if want == "perimeter":
        return a + b + c
    return 2 * found.area() / (a + b + c) if want == "inradius" else a * b * c / (4 * found.area())
