"""Derivatives, limits and series, as short exact texts.

Guarantees that a limit was compared with values near the place, that one-sided limits that differ
are both said, and that a function without a limit is said to have none. Unknowns are real.
"""

from __future__ import annotations

from typing import Any

import sympy

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expression import parse_expression, render_expression
from corollary_tools.solvers.algebra.variables import read_function, read_place
from corollary_tools.solvers.calculus.sampling import agrees_nearby, approaches, is_defined_near
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.number_text import checked_length
from corollary_tools.solvers.result import Result
from corollary_tools.solvers.value_text import is_unfinished, value_text

MOST_TERMS = 30
HIGHEST_ORDER = 20
_SIDES = {"left": "-", "right": "+"}


def derivative(arguments: dict[str, Any], desk: Desk) -> Result:
    """The derivative of `expression`, of any order, at a point where one is sent."""
    value, name = read_function(arguments["expression"], arguments["variable"])
    order = arguments["order"]
    if not 1 <= order <= HIGHEST_ORDER:
        raise ToolError(f"The order is a whole number from 1 to {HIGHEST_ORDER}.")
    with library_limits("differentiate this"):
        found = sympy.diff(value, name, order)
        if is_unfinished(found):
            raise ToolError("This has no derivative in a closed form.")
        if arguments["at"].strip():
            found = _at(found, name, parse_expression(arguments["at"]))
        return Result(value_text(found))


def _at(found: Any, name: Any, place: Any) -> Any:
    value = found.subs(name, place)
    if value.has(sympy.zoo, sympy.nan, sympy.oo, sympy.I):
        raise ToolError(f"The derivative is not defined at {name} = {render_expression(place)}.")
    return value


def limit(arguments: dict[str, Any], desk: Desk) -> Result:
    """The limit of `expression` as the variable approaches `to`."""
    value, name = read_function(arguments["expression"], arguments["variable"])
    place, side = read_place(arguments["to"]), arguments["side"]
    with library_limits("find this limit"):
        if side != "both" or place in (sympy.oo, -sympy.oo):
            sign = _SIDES.get(side, "+")
            if not is_defined_near(value, name, (place, sign)):
                raise ToolError("The expression is not real there, so it has no limit.")
            return Result(_limit_text(_limit(value, name, (place, sign))))
        return Result(_two_sided(value, name, place))


def _two_sided(value: Any, name: Any, place: Any) -> str:
    sides = [side for side in _SIDES if is_defined_near(value, name, (place, _SIDES[side]))]
    if not sides:
        raise ToolError("The expression is not real near there, so it has no limit.")
    found = [_limit(value, name, (place, _SIDES[side])) for side in sides]
    if len(sides) == 1:
        return f"{_limit_text(found[0])} (from the {sides[0]}; it is not real on the other side)"
    if found[0] == found[1] or sympy.simplify(found[0] - found[1]) == 0:
        return _limit_text(found[0])
    texts = [_limit_text(one) for one in found]
    return f"does not exist (from the left {texts[0]}, from the right {texts[1]})"


def _limit(value: Any, name: Any, place: tuple[Any, str]) -> Any:
    found = sympy.limit(value, name, *place)
    if is_unfinished(found):
        raise ToolError("No closed form was found for this limit.")
    if not found.free_symbols and agrees_nearby(value, name, (*place, found)) is False:
        raise ToolError("No value can be trusted here: values near the place disagree.")
    return found


def _limit_text(found: Any) -> str:
    if isinstance(found, sympy.AccumBounds):
        low, high = (value_text(end) for end in (found.min, found.max))
        return f"does not exist (it varies between {low} and {high})"
    if found in (sympy.nan, sympy.zoo):
        return "does not exist"
    if found.has(sympy.I):
        return "does not exist (the values are not real)"
    return value_text(found)


def series(arguments: dict[str, Any], desk: Desk) -> Result:
    """The Taylor (or Laurent) series about a point, with the terms below a power."""
    value, name = read_function(arguments["expression"], arguments["variable"])
    place, order = parse_expression(arguments["about"]), arguments["order"]
    if not 1 <= order <= MOST_TERMS:
        raise ToolError(f"The order is a whole number from 1 to {MOST_TERMS}.")
    with library_limits("expand this in a series"):
        found = sympy.series(value, name, place, order)
    if is_unfinished(found) or found.has(sympy.oo, sympy.nan, sympy.I):
        raise ToolError(_NO_SERIES)
    step = sympy.Dummy("h", real=True)
    terms = _terms(found.removeO().subs(name, place + step), step)
    if not approaches(value, found.removeO(), (name, place, order)):
        raise ToolError(_NO_SERIES)
    base = f"({render_expression(name - place)})" if place else name.name
    shown = sympy.Symbol(base, real=True)  # so that powers of x - 1 are shown as (x - 1)^2
    text = _sum_text([term.subs(step, shown) for term in terms])
    if found.getO() is None:
        return Result(checked_length(f"{text} (exact)"))
    return Result(checked_length(f"{text} + O({shown.name}{f'^{order}' if order > 1 else ''})"))


_NO_SERIES = "This has no series of powers about that point. Choose another point."


def _terms(found: Any, step: Any) -> list[Any]:
    """The terms in rising powers. ToolError where a term is no power of the distance."""
    rows = []
    for term in sympy.Add.make_args(sympy.expand(found)):
        factor, power = term.as_coeff_exponent(step)
        if factor.has(step) or not power.is_Rational:
            raise ToolError(_NO_SERIES)
        rows.append((power, term))
    return [term for _, term in sorted(rows, key=lambda row: float(row[0]))]


def _sum_text(terms: list[Any]) -> str:
    return " + ".join(render_expression(term) for term in terms).replace("+ -", "- ")
