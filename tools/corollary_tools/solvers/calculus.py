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
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.number_text import checked_length
from corollary_tools.solvers.result import Result
from corollary_tools.solvers.sampling import agrees_nearby
from corollary_tools.solvers.value_text import is_unfinished, value_text
from corollary_tools.solvers.variables import read_function, read_place

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
    place = read_place(arguments["to"])
    side = arguments["side"]
    with library_limits("find this limit"):
        if side != "both" or place in (sympy.oo, -sympy.oo):
            return Result(_limit_text(_limit(value, name, (place, _SIDES.get(side, "+")))))
        right = _limit(value, name, (place, "+"))
        left = _limit(value, name, (place, "-"))
    if left == right or sympy.simplify(left - right) == 0:
        return Result(_limit_text(right))
    texts = [_limit_text(one) for one in (left, right)]
    return Result(f"does not exist (from the left {texts[0]}, from the right {texts[1]})")


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
        raise ToolError("This has no series of powers about that point.")
    rest = found.getO()
    terms = found.removeO()
    text = _ascending(terms, name, place)
    if rest is None:
        return Result(checked_length(f"{text} (exact)"))
    base = render_expression(name - place)
    power = base if name == name - place else f"({base})"
    return Result(
        checked_length(f"{text} + O({power}^{order})" if order > 1 else f"{text} + O({power})")
    )


def _ascending(terms: Any, name: Any, place: Any) -> str:
    """The terms in rising powers of the distance."""
    step = sympy.Dummy("h", real=True)
    shifted = sympy.expand(terms.subs(name, place + step))
    rows = sorted(
        sympy.Add.make_args(shifted), key=lambda term: float(term.as_coeff_exponent(step)[1])
    )
    parts = [render_expression(term.subs(step, name - place)) for term in rows]
    return " + ".join(parts).replace("+ -", "- ") or "0"
