"""Integrals: antiderivatives, definite and improper ones, exact or as decimals marked `about`.

Guarantees that an antiderivative was differentiated and compared at sample points, that a definite
integral was compared with numerical quadrature, and that a divergent one is said to diverge: the
range is cut at every pole found in it. Unknowns are real.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from typing import Any

import sympy

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.solvers.algebra.variables import read_function, read_place
from corollary_tools.solvers.calculus.quadrature import approximate_integral
from corollary_tools.solvers.calculus.sampling import same_values
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.result import Result
from corollary_tools.solvers.value_text import is_unfinished, near_text, value_text

_INFINITE = (sympy.oo, -sympy.oo)
_NEAR = sympy.Rational(1, 10**6)


def integral(arguments: dict[str, Any], desk: Desk) -> Result:
    """The integral of `expression`, between `lower` and `upper` where both are sent."""
    value, name = read_function(arguments["expression"], arguments["variable"])
    bounds = [arguments[end].strip() for end in ("lower", "upper")]
    if bounds[0] == bounds[1] == "":
        with library_limits("integrate this"):
            return Result(_indefinite(value, name))
    if "" in bounds:
        raise ToolError("Send both lower and upper, or neither for the antiderivative.")
    low, high = (read_place(bound) for bound in bounds)
    with library_limits("integrate this"):
        return Result(_definite(value, name, (low, high)))


def _indefinite(value: Any, name: Any) -> str:
    found = _real_logs(sympy.integrate(value, name), value)
    wrong = is_unfinished(found) or found.has(sympy.I)
    if wrong or same_values(sympy.diff(found, name), value, name) is False:
        raise ToolError(
            "No closed form was found for the antiderivative. Send lower and upper for a number."
        )
    constant = "C" if "C" not in {one.name for one in value.free_symbols} else "C1"
    text = value_text(found) if not found.is_number else _constant(found)
    return f"({text}) + {constant}" if ";" in text else f"{text} + {constant}"


def _constant(found: Any) -> str:
    return value_text(found).partition(" (about")[0]


def _real_logs(found: Any, value: Any) -> Any:
    """log(u) as log(abs(u)): the antiderivative of u'/u also where u is negative."""
    own = value.atoms(sympy.log)
    logs = [log for log in found.atoms(sympy.log) if log not in own and not log.is_number]
    return found.xreplace({log: sympy.log(sympy.Abs(log.args[0])) for log in logs})


def _definite(value: Any, name: Any, bounds: tuple[Any, Any]) -> str:
    if bounds[0] == bounds[1]:
        return "0"
    parts = _cut(value, name, bounds)
    found = [_between(value, name, part) for part in parts]
    if any(_is_divergent(part) for part in found):
        return _divergence(found)
    total = sympy.Add(*found)
    if is_unfinished(total) or total.has(sympy.I, sympy.arg, sympy.Piecewise):
        positive = _for_positive(value, name, bounds)
        if positive or not isinstance(total, sympy.Piecewise) or is_unfinished(total):
            return positive or _by_numbers(value, name, parts)
    if not total.free_symbols and not isinstance(total, sympy.Piecewise):
        _confirm(total, value, (name, parts))
    return value_text(total)


def _cut(value: Any, name: Any, bounds: tuple[Any, Any]) -> list[tuple[Any, Any]]:
    """The range between its poles; the whole where they cannot be found."""
    if any(bound.free_symbols for bound in bounds) or value.free_symbols - {name}:
        return [bounds]
    low, high = bounds if (bounds[0] < bounds[1]) else bounds[::-1]
    poles: list[Any] = []
    with suppress(NotImplementedError, ValueError, TypeError):
        inside = sympy.Interval(low, high)
        found = sympy.singularities(value, name, inside)
        poles = sorted(found.intersect(inside), key=lambda pole: float(pole))
    ends = [low, *(pole for pole in poles if low < pole < high), high]
    pairs = list(pairwise(ends))
    return pairs if low == bounds[0] else [(b, a) for a, b in reversed(pairs)]


def _between(value: Any, name: Any, bounds: tuple[Any, Any]) -> Any:
    return sympy.integrate(value, (name, *bounds))


def _for_positive(value: Any, name: Any, bounds: tuple[Any, Any]) -> str | None:
    """A result that holds where all parameters are positive; None where there is none."""
    free = set().union(value.free_symbols, *(bound.free_symbols for bound in bounds)) - {name}
    positive = {one: sympy.Symbol(one.name, positive=True) for one in free}
    if not free:
        return None
    ends = [bound.xreplace(positive) for bound in bounds]
    found = sympy.integrate(value.xreplace(positive), (name, *ends))
    if is_unfinished(found) or found.has(sympy.I, sympy.oo, sympy.nan, sympy.Piecewise):
        return None
    names = " and ".join(sorted(f"{one.name} > 0" for one in free))
    return f"{value_text(found)} for {names}"


def _is_divergent(found: Any) -> bool:
    if isinstance(found, sympy.Piecewise):
        return False
    return bool(found.has(sympy.nan, sympy.zoo, sympy.AccumBounds, sympy.oo, -sympy.oo))


def _divergence(found: list[Any]) -> str:
    divergent = [part.as_real_imag()[0] for part in found if _is_divergent(part)]
    for end, text in ((sympy.oo, "infinity"), (-sympy.oo, "-infinity")):
        if all(part == end for part in divergent):
            return f"diverges (to {text})"
    return "diverges"


def _by_numbers(value: Any, name: Any, parts: list[tuple[Any, Any]]) -> str:
    near = approximate_integral(value, name, parts)
    if near is None:
        raise ToolError("No closed form was found, and no reliable decimal.")
    return f"no closed form found; {near_text(near)}"


def _confirm(total: Any, value: Any, where: tuple[Any, list[tuple[Any, Any]]]) -> None:
    """ToolError where quadrature is sure of another value than the exact method."""
    near = approximate_integral(value, *where)
    if near is None:
        return
    if abs(near - total.evalf(20)) > _NEAR * max(1, abs(near)):
        raise ToolError(
            f"The exact method and numerical quadrature ({near_text(near)}) disagree. "
            "Split the range or send a simpler integrand."
        )
