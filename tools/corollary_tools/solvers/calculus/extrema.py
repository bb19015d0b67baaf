"""Minima and maxima of a function of one real unknown, on a range or wherever it is defined.

Guarantees that every place where the derivative is 0 or missing, every end of the range and every
limit at an open end was compared; a bound that is not attained is said not to be. Does not work
where the critical points cannot be found exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import sympy

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.solvers.algebra.equations import read_question
from corollary_tools.solvers.algebra.inequalities import render_set, set_of
from corollary_tools.solvers.algebra.variables import read_function
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.number_text import checked_length
from corollary_tools.solvers.result import Result
from corollary_tools.solvers.value_text import value_text

_MOST_POINTS = 12


@dataclass(frozen=True, slots=True)
class Height:
    """A value and where it is taken: a number, or an interval on which it stays the same.

    place: None for a limit at an open end or at infinity.
    """

    value: Any
    place: Any


def extrema(arguments: dict[str, Any], desk: Desk) -> Result:
    """Minimum and maximum, and the local ones that are neither."""
    value, name = read_function(arguments["expression"], "")
    if value.free_symbols - {name}:
        raise ToolError("Extrema are found for one unknown. Give the others values first.")
    with library_limits("find the extrema"):
        within = _range(arguments["within"], name)
        period = sympy.periodicity(value, name) if within is sympy.S.Reals else None
        if period:
            within = sympy.Interval.Ropen(0, period)
        where = defined_on(value, name).intersect(within)
        heights = [height for part in _intervals(where) for height in _heights(value, name, part)]
        if not heights:
            raise ToolError("The function is not defined on this range.")
        texts = [_side(heights, name, word) for word in ("minimum", "maximum")]
        texts += _local(value, name, (where, heights))
    if period:
        texts.append(f"the same again after every {_short(period)}")
    return Result(checked_length("; ".join(texts)))


def defined_on(value: Any, name: Any) -> Any:
    """Where the function is real and continuous, as a set of numbers."""
    return sympy.calculus.util.continuous_domain(value, name, sympy.S.Reals)


def _range(text: str, name: Any) -> Any:
    if not text.strip():
        return sympy.S.Reals
    question = read_question([text], [])
    if question.asked != (name,):
        raise ToolError(f"The range speaks of another unknown. Send one such as 0 <= {name} <= 3.")
    found = sympy.S.Reals
    for condition in question.conditions:
        found = found.intersect(set_of(condition, name))
    return found


def _intervals(where: Any) -> list[Any]:
    parts = where.args if isinstance(where, sympy.Union) else (where,)
    if where is sympy.S.EmptySet:
        return []
    if not all(isinstance(part, sympy.Interval | sympy.FiniteSet) for part in parts):
        raise ToolError("The function has infinitely many gaps. Send a range within which to look.")
    return list(parts)


def _heights(value: Any, name: Any, part: Any) -> list[Height]:
    """The values at critical points and ends of one interval."""
    if isinstance(part, sympy.FiniteSet):
        return [Height(_value(value, name, place), place) for place in part]
    ends = ((part.start, part.left_open, "+"), (part.end, part.right_open, "-"))
    found = [_end(value, name, end) for end in ends]
    inside = part.interior
    critical = _critical(value, name, inside)
    return found + [Height(_value(value, name, place), place) for place in critical]


def _end(value: Any, name: Any, end: tuple[Any, bool, str]) -> Height:
    place, is_open, side = end
    if not is_open:
        return Height(_value(value, name, place), place)
    found = sympy.limit(value, name, place, side)
    if isinstance(found, sympy.AccumBounds):
        return Height(found.max, None)
    if not found.is_extended_real:
        raise ToolError("The function's behaviour at an end of the range is not known.")
    return Height(found, None)


def _value(value: Any, name: Any, place: Any) -> Any:
    point = _any_point(place) if isinstance(place, sympy.Interval) else place
    return sympy.simplify(value.subs(name, point))


def _critical(value: Any, name: Any, inside: Any) -> list[Any]:
    """Where the derivative is 0 or does not exist, in the interior of the range."""
    kinks = _kinks(value, name, inside)
    places = set(kinks)
    ends = [inside.start, *kinks, inside.end]
    for low, high in pairwise(ends):
        part = sympy.Interval.open(low, high)
        slope = sympy.simplify(sympy.diff(_smooth(value, name, _any_point(part)), name))
        if slope == 0:
            places.add(part.closure)
        else:
            places |= _finite(sympy.solveset(slope, name, sympy.S.Reals).intersect(part))
    return sorted(places, key=_where)


def _where(place: Any) -> float:
    return float(_any_point(place) if isinstance(place, sympy.Interval) else place)


def _kinks(value: Any, name: Any, inside: Any) -> list[Any]:
    """Where the inside of an absolute value or of a root changes its sign."""
    bases = [kink.args[0] for kink in value.atoms(sympy.Abs)]
    powers = (power for power in value.atoms(sympy.Pow) if power.exp.is_Rational)
    bases += [power.base for power in powers if 0 < power.exp < 1]
    places: set[Any] = set()
    for base in bases:
        if base.has(name):
            places |= _finite(sympy.solveset(base, name, sympy.S.Reals).intersect(inside))
    return sorted(places, key=lambda place: float(place))


def _smooth(value: Any, name: Any, point: Any) -> Any:
    """The expression without absolute values, as it is near a point."""
    kinks = {kink: kink.args[0] for kink in value.atoms(sympy.Abs)}
    signs = {kink: -1 if inner.subs(name, point) < 0 else 1 for kink, inner in kinks.items()}
    return value.xreplace({kink: signs[kink] * inner for kink, inner in kinks.items()})


def _any_point(inside: Any) -> Any:
    if inside.start.is_finite:
        return inside.start + 1 if not inside.end.is_finite else (inside.start + inside.end) / 2
    return inside.end - 1 if inside.end.is_finite else sympy.Integer(0)


def _finite(places: Any) -> set[Any]:
    if places is sympy.S.EmptySet:
        return set()
    if not isinstance(places, sympy.FiniteSet) or len(places) > _MOST_POINTS:
        raise ToolError(
            "The points where the slope is 0 were not found, or are too many. Send a smaller range."
        )
    return set(places)


def _side(heights: list[Height], name: Any, word: str) -> str:
    """`minimum -4 at x = 2`, or why there is none."""
    pick = sympy.Min if word == "minimum" else sympy.Max
    best = pick(*(height.value for height in heights))
    places = [height.place for height in heights if _same(height.value, best)]
    attained = [place for place in places if place is not None]
    if attained:
        return f"{word} {_short(best)} at {_places(attained, name)}"
    text = value_text(best)
    return f"no {word} ({'to' if best.is_infinite else 'approaches'} {text})"


def _same(left: Any, right: Any) -> bool:
    return bool(left == right) or (
        left.is_finite and right.is_finite and bool(sympy.simplify(left - right) == 0)
    )


def _places(places: list[Any], name: Any) -> str:
    if any(isinstance(place, sympy.Interval) for place in places):
        parts = (p if isinstance(p, sympy.Interval) else sympy.FiniteSet(p) for p in places)
        return render_set(sympy.Union(*parts), str(name))
    ordered = sorted(set(places), key=_where)
    return " and ".join(f"{name} = {_short(place)}" for place in ordered)


def _short(value: Any) -> str:
    text = value_text(value)
    return text.partition(" (about")[0] if value.is_Rational else text


def _local(value: Any, name: Any, found: tuple[Any, list[Height]]) -> list[str]:
    """Local extrema inside the range that are not the global ones."""
    where, heights = found
    values = [height.value for height in heights]
    extremes = (sympy.Min(*values), sympy.Max(*values))
    texts = []
    rows = [height for height in heights if height.place is not None]
    inner = {row.place: row.value for row in rows if not isinstance(row.place, sympy.Interval)}
    for place in sorted(inner, key=_where):
        if any(_same(inner[place], extreme) for extreme in extremes):
            continue
        kind = _kind(value, name, place) if place in where.interior else None
        if kind:
            texts.append(f"local {kind} {_short(inner[place])} at {name} = {_short(place)}")
    return texts


def _kind(value: Any, name: Any, place: Any) -> str | None:
    """minimum, maximum or None, by values close by on both sides."""
    step = sympy.Rational(1, 10**6)
    here = value.subs(name, place).evalf(40)
    sides = [value.subs(name, place + sign * step).evalf(40) - here for sign in (-1, 1)]
    if all(side > 0 for side in sides):
        return "minimum"
    return "maximum" if all(side < 0 for side in sides) else None
