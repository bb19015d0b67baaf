"""What can be said of a function of one real unknown: domain, range, inverse, and the like.

Guarantees exact sets and places, and that an inverse was put back. Does not plot or compute.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expression import render_expression
from corollary_tools.solvers.algebra.inequalities import render_set
from corollary_tools.solvers.algebra.variables import read_function
from corollary_tools.solvers.calculus.extrema import defined_on
from corollary_tools.solvers.forms import shortest_form
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.number_text import checked_length
from corollary_tools.solvers.result import Result
from corollary_tools.solvers.value_text import value_text

_INFINITE = (sympy.oo, -sympy.oo)


def describe(arguments: dict[str, Any], desk: Desk) -> Result:
    """Find one thing about `expression`, a function of one unknown."""
    value, name = read_function(arguments["expression"], "")
    with library_limits("find this"):
        return Result(checked_length(_FINDS[arguments["find"]](value, name)))


def _domain(value: Any, name: Any) -> str:
    where = defined_on(value, name)
    text = render_set(where, name.name)
    if where is sympy.S.Reals or not value.has(sympy.sin, sympy.cos, sympy.tan):
        return text
    period = sympy.periodicity(value, name)
    if not period:
        raise ToolError("The places where this is defined may repeat. They cannot be listed.")
    return f"{text}, shifted by any multiple of {render_expression(period)}"


def _range(value: Any, name: Any) -> str:
    where = defined_on(value, name)
    return render_set(sympy.calculus.util.function_range(value, name, where), "y")


def _inverse(value: Any, name: Any) -> str:
    image = sympy.Dummy("y", real=True)
    rows = sympy.solve(value - image, name, dict=True)
    found = [row[name] for row in rows if name in row and not row[name].has(sympy.I)]
    if len(found) != 1:
        many = " or ".join(_in_terms(one, image, name) for one in found)
        why = f"several: {many}" if found else "none was found"
        return f"no single inverse ({why})"
    return _in_terms(found[0], image, name)


def _in_terms(found: Any, image: Any, name: Any) -> str:
    return render_expression(shortest_form(found.subs(image, name)))


def _asymptotes(value: Any, name: Any) -> str:
    poles = sympy.singularities(value, name, sympy.S.Reals)
    if not isinstance(poles, sympy.FiniteSet) and poles is not sympy.S.EmptySet:
        raise ToolError("The function has infinitely many poles.")
    upright = [
        f"{name} = {value_text(pole)}"
        for pole in sorted(poles, key=float)
        if _is_pole(value, name, pole)
    ]
    level = dict.fromkeys(text for end in _INFINITE for text in _sloped(value, name, end))
    return "; ".join([*upright, *level]) or "none"


def _is_pole(value: Any, name: Any, pole: Any) -> bool:
    return any(sympy.limit(value, name, pole, side) in _INFINITE for side in "+-")


def _sloped(value: Any, name: Any, end: Any) -> list[str]:
    """The line that the function approaches at one end, where there is one."""
    slope = sympy.limit(value / name, name, end)
    if not slope.is_finite or not slope.is_real:
        return []
    offset = sympy.limit(value - slope * name, name, end)
    if not offset.is_finite or not offset.is_real:
        return []
    line = sympy.expand(slope * name + offset)
    return [] if sympy.simplify(value - line) == 0 else [f"y = {render_expression(line)}"]


def _period(value: Any, name: Any) -> str:
    found = sympy.periodicity(value, name)
    if found is None:
        return "no period"
    return "constant: every number is a period" if found == 0 else value_text(found)


def _parity(value: Any, name: Any) -> str:
    mirrored = value.subs(name, -name)
    if sympy.simplify(mirrored - value) == 0:
        return "even"
    return "odd" if sympy.simplify(mirrored + value) == 0 else "neither even nor odd"


_FINDS: dict[str, Callable[[Any, Any], str]] = {
    "domain": _domain,
    "range": _range,
    "inverse": _inverse,
    "asymptotes": _asymptotes,
    "period": _period,
    "parity": _parity,
}
