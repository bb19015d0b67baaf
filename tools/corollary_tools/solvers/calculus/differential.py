"""Ordinary differential equations for y(x), with conditions, by sympy's dsolve.

Guarantees that every solution said was put back into the equation and the conditions, where that
can be decided. Reads y', y'', dy/dx, d^2y/dx^2, \\frac{dy}{dx} and y(x). Other names are constants.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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
_PRIME = "['’′]"
_PRIMES = re.compile(rf"\b([A-Za-z])({_PRIME}{{1,}})(?:\s*\(\s*([a-z])\s*\))?")
_QUOTIENT = re.compile(
    r"\bd(?:\^\{?(?P<order>\d)\}?)?\s*(?P<name>[A-Za-z])(?:\(\w\))?"
    r"\s*/\s*d(?P<of>[A-Za-z])(?:\^\{?\d\}?)?"
    r"|\\frac\{d(?:\^\{?(?P<above>\d)\}?)?\s*(?P<named>[A-Za-z])\}\{d(?P<over>[A-Za-z])(?:\^\{?\d\}?)?\}"
)
_CONDITION = re.compile(
    rf"\s*[A-Za-z](?P<primes>{_PRIME}*)\s*\((?P<place>[^()]+)\)\s*=(?P<value>.+)"
)


@dataclass(frozen=True, slots=True)
class _Names:
    """The function that is sought, and what it is a function of."""

    function: str
    variable: str

    @property
    def sought(self) -> Any:
        return sympy.Function(self.function)(symbol(self.variable))

    def slope(self, order: int) -> Any:
        return self.sought.diff(symbol(self.variable), order) if order else self.sought


def solve_ode(arguments: dict[str, Any], desk: Desk) -> Result:
    """Solve `equation` for y(x), with `conditions` such as y(0) = 1."""
    names = _names(arguments["equation"])
    equation = _read_equation(arguments["equation"], names)
    conditions = dict(_read_condition(text, names) for text in arguments["conditions"])
    with library_limits("solve this differential equation"):
        rows = _solved(equation, names, conditions)
        kept = [row for row in rows if _holds(equation, row, names)]
    if not kept:
        raise ToolError("No solution in a closed form was found.")
    texts = dict.fromkeys(_row_text(row, names) for row in kept)
    return Result(checked_length(" or ".join(texts)))


def _solved(equation: Any, names: _Names, conditions: dict[Any, Any]) -> list[Any]:
    try:
        found = sympy.dsolve(equation, names.sought, ics=conditions or None)
    except ValueError as error:
        if not conditions or "initial conditions" not in str(error):
            raise
        raise ToolError("No solution was found that fulfils the conditions.") from error
    return found if isinstance(found, list) else [found]


def _names(text: str) -> _Names:
    """y(x) unless the derivatives say otherwise, as in dN/dt."""
    quotient, prime = _QUOTIENT.search(text), _PRIMES.search(text)
    if quotient:
        return _Names(quotient["name"] or quotient["named"], quotient["of"] or quotient["over"])
    if prime is None:
        raise ToolError("There is no derivative in it. Write y', y'' or dy/dx.")
    own = re.search(rf"\b{prime[1]}\s*\(\s*([a-z])\s*\)", text)
    letters = set(re.findall(r"\b[a-z]\b", text))
    guess = "t" if "t" in letters and "x" not in letters else "x"
    return _Names(prime[1], prime[3] or (own[1] if own else guess))


def _read_equation(text: str, names: _Names) -> Any:
    """The difference of the sides, as an expression in x, y(x) and its derivatives."""
    text = _PRIMES.sub(lambda match: _mark(match, match[1], len(match[2])), text)
    text = _QUOTIENT.sub(
        lambda m: _mark(m, m["name"] or m["named"], int(m["order"] or m["above"] or 1)), text
    )
    own = rf"\b{names.function}\s*\(\s*{names.variable}\s*\)"
    text = re.sub(own, lambda match: names.function.ljust(len(match[0])), text)
    operator, left, right = parse_sides(text)
    if operator not in ("", "="):
        raise ToolError("A differential equation has the sign =, such as y'' + y = 0.")
    value = left - right
    both = {names.function, names.variable}
    joined = [one.name for one in value.free_symbols if len(one.name) > 1 and set(one.name) <= both]
    if joined:
        raise ToolError(f"{joined[0]!r} is read as one name. Write {'*'.join(joined[0])}.")
    orders = {f"{names.function}{'_' * order}": order for order in range(HIGHEST_ORDER + 1)}
    found = {one: orders[one.name] for one in value.free_symbols if one.name in orders}
    if not any(found.values()):
        raise ToolError("The derivatives cancel: this is no differential equation.")
    return value.xreplace({one: names.slope(order) for one, order in found.items()})


def _mark(match: re.Match[str], name: str, order: int) -> str:
    """A name for the derivative, as long as what it replaces, so that positions stay."""
    if order > HIGHEST_ORDER:
        raise ToolError(f"The order is {order}; at most {HIGHEST_ORDER} is solved.")
    return f"{name}{'_' * order}".ljust(len(match[0]))


def _read_condition(text: str, names: _Names) -> tuple[Any, Any]:
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise ToolError(f"{text!r} is no condition. Send conditions such as y(0) = 1, y'(0) = 0.")
    place, value = parse_expression(match["place"]), parse_expression(match["value"])
    return names.slope(len(match["primes"])).subs(symbol(names.variable), place), value


def _holds(equation: Any, row: Any, names: _Names) -> bool:
    """False where substitution refutes the solution; a check that cannot decide keeps it."""
    if is_unfinished(row):
        return False
    try:
        held = bool(sympy.checkodesol(equation, row, func=names.sought)[0])
    except (NotImplementedError, ValueError, TypeError):
        return True
    return held or row.lhs != names.sought


def _row_text(row: Any, names: _Names) -> str:
    if any(side.has(sympy.I, sympy.O) for side in (row.lhs, row.rhs)):
        raise ToolError("No real solution in a closed form was found.")
    name = symbol(names.function)
    left, right = (side.subs(names.sought, name) for side in (row.lhs, row.rhs))
    return f"{render_expression(left)} = {render_expression(right)}"
