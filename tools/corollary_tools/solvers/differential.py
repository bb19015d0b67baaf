"""Ordinary differential equations for y(x), with conditions, by sympy's dsolve.

Guarantees that every solution said was put back into the equation and the conditions, where that
can be decided. Reads y', y'', dy/dx, d^2y/dx^2, \\frac{dy}{dx} and y(x). Other names are constants.
"""

from __future__ import annotations

import re
from typing import Any

import sympy

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expression import parse_expression, parse_sides, render_expression, symbol
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.number_text import checked_length
from corollary_tools.solvers.result import Result
from corollary_tools.solvers.value_text import is_unfinished

HIGHEST_ORDER = 4
_X, _Y = symbol("x"), sympy.Function("y")
_PRIMES = re.compile(r"y('{1,4}|’{1,4}|′{1,4})(?:\(x\))?")
_QUOTIENT = re.compile(
    r"d(?:\^\{?(?P<order>\d)\}?)?\s*y(?:\(x\))?\s*/\s*dx(?:\^\{?\d\}?)?"
    r"|\\frac\{d(?:\^\{?(?P<above>\d)\}?)?\s*y\}\{dx(?:\^\{?\d\}?)?\}"
)
_CONDITION = re.compile(r"\s*y(?P<primes>['’′]*)\s*\((?P<place>[^()]+)\)\s*=(?P<value>.+)")


def solve_ode(arguments: dict[str, Any], desk: Desk) -> Result:
    """Solve `equation` for y(x), with `conditions` such as y(0) = 1."""
    equation = _read_equation(arguments["equation"])
    conditions = dict(_read_condition(text) for text in arguments["conditions"])
    with library_limits("solve this differential equation"):
        found = sympy.dsolve(equation, _Y(_X), ics=conditions or None)
        rows = found if isinstance(found, list) else [found]
        kept = [row for row in rows if _holds(equation, row)]
    if not kept:
        raise ToolError("No solution in a closed form was found.")
    texts = dict.fromkeys(_row_text(row) for row in kept)
    return Result(checked_length(" or ".join(texts)))


def _read_equation(text: str) -> Any:
    """The difference of the sides, as an expression in x, y(x) and its derivatives."""
    text = _PRIMES.sub(lambda match: _mark(match, len(match[1])), text)
    text = _QUOTIENT.sub(
        lambda match: _mark(match, int(match["order"] or match["above"] or 1)), text
    )
    text = re.sub(r"\by\(x\)", "y   ", text)
    operator, left, right = parse_sides(text)
    if operator not in ("", "="):
        raise ToolError("A differential equation has the sign =, such as y'' + y = 0.")
    names = {f"y{'_' * order}": order for order in range(HIGHEST_ORDER + 1)}
    value = left - right
    orders = {one: names[one.name] for one in value.free_symbols if one.name in names}
    if not any(orders.values()):
        raise ToolError("There is no derivative of y in it. Write y', y'' or dy/dx, in x.")
    return value.xreplace({one: _slope(order) for one, order in orders.items()})


def _mark(match: re.Match[str], order: int) -> str:
    """A name for the derivative, as long as what it replaces, so that positions stay."""
    if order > HIGHEST_ORDER:
        raise ToolError(f"The order is {order}; at most {HIGHEST_ORDER} is solved.")
    return f"y{'_' * order}".ljust(len(match[0]))


def _slope(order: int) -> Any:
    return _Y(_X).diff(_X, order) if order else _Y(_X)


def _read_condition(text: str) -> tuple[Any, Any]:
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise ToolError(f"{text!r} is no condition. Send conditions such as y(0) = 1, y'(0) = 0.")
    place, value = parse_expression(match["place"]), parse_expression(match["value"])
    order = len(match["primes"])
    return (_slope(order).subs(_X, place) if order else _Y(place)), value


def _holds(equation: Any, row: Any) -> bool:
    """False where substitution refutes the solution; a check that cannot decide keeps it."""
    if is_unfinished(row):
        return False
    try:
        return bool(sympy.checkodesol(equation, row, func=_Y(_X))[0]) or row.lhs != _Y(_X)
    except (NotImplementedError, ValueError, TypeError):
        return True


def _row_text(row: Any) -> str:
    name = symbol("y")
    left, right = (side.subs(_Y(_X), name) for side in (row.lhs, row.rhs))
    text = f"{render_expression(left)} = {render_expression(right)}"
    if any(side.has(sympy.I, sympy.O) for side in (left, right)):
        raise ToolError("No real solution in a closed form was found.")
    return text
