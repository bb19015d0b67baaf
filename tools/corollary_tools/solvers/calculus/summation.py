"""Sums and products over an index: closed forms, infinite ones, and exact addition term by term.

Guarantees that a closed form was compared with direct addition of the first terms, that a divergent
sum is said to diverge, and that what has no closed form comes as a decimal marked `about`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import sympy

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expression import symbol
from corollary_tools.expressions.rational import LARGEST, bounded
from corollary_tools.solvers.algebra.variables import read_function, read_place
from corollary_tools.solvers.calculus.sampling import real_value
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.result import Result
from corollary_tools.solvers.value_text import condition_text, is_unfinished, near_text, value_text

MOST_ADDED = 2000  # terms that are added one by one
_CHECKED = 4  # terms by which a closed form is checked
_AGREE = sympy.Rational(1, 10**12)
_LONG = (sympy.harmonic, sympy.polygamma, sympy.zeta)  # of a large number: thousands of digits
_INFINITE = (sympy.oo, -sympy.oo)


def total(arguments: dict[str, Any], desk: Desk) -> Result:
    """The sum or product of `expression` for the index from `first` to `last`."""
    value, name = read_function(arguments["expression"], arguments["variable"])
    first, last = (read_place(arguments[end]) for end in ("first", "last"))
    if name in first.free_symbols | last.free_symbols:
        raise ToolError(f"{name} is both the index and a bound. Use another name for one of them.")
    adds = arguments["kind"] == "sum"
    with library_limits("find this total"):
        return Result(_total(value, (name, first, last), adds))


def _total(value: Any, over: tuple[Any, Any, Any], adds: bool) -> str:
    _, first, last = over
    if first.is_number and last.is_number and first not in _INFINITE and last not in _INFINITE:
        return _bounded_text(value, over, adds)
    found = _closed(value, over, adds)
    if found.has(sympy.nan, sympy.zoo, sympy.AccumBounds) or found in _INFINITE:
        return _divergent(found)
    if isinstance(found, sympy.Piecewise) and is_unfinished(found):
        return _finished_cases(found)
    if is_unfinished(found) or found.has(sympy.I):
        return _by_numbers(value, over, adds)
    _check(found, value, (over, adds))
    return value_text(found)


def _closed(value: Any, over: tuple[Any, Any, Any], adds: bool) -> Any:
    """What sympy finds, with the names in the bounds as positive whole numbers while it looks."""
    name, first, last = over
    counts = first.free_symbols | last.free_symbols
    whole = {one: sympy.Symbol(one.name, integer=True, positive=True) for one in counts}
    whole[name] = sympy.Symbol(name.name, integer=True)
    term, low, high = (part.xreplace(whole) for part in (value, first, last))
    if adds:
        found = sympy.summation(term, (whole[name], low, high))
    elif high == sympy.oo:
        end = sympy.Symbol("n_last", integer=True, positive=True)
        partial = sympy.product(term, (whole[name], low, end))
        found = sympy.limit(sympy.simplify(partial), end, sympy.oo)
    else:
        found = sympy.product(term, (whole[name], low, high))
    return found.xreplace({new: old for old, new in whole.items()})


def _finished_cases(found: Any) -> str:
    """The cases that have a closed form, each with its condition."""
    rows = [(case, condition) for case, condition in found.args if not is_unfinished(case)]
    if not rows:
        raise ToolError("No closed form was found, and no reliable decimal.")
    cases = (f"{value_text(case)} if {condition_text(condition)}" for case, condition in rows)
    return f"{'; '.join(cases)}; no closed form found otherwise"


def _bounded_text(value: Any, over: tuple[Any, Any, Any], adds: bool) -> str:
    """Between whole numbers: term by term, or by the closed form where the terms are many."""
    name, first, last = over
    if not (first.is_Integer and last.is_Integer):
        raise ToolError("The first and the last value of the index must be whole numbers.")
    if int(last) - int(first) < MOST_ADDED:
        terms = [_term(value, name, place) for place in range(int(first), int(last) + 1)]
        return value_text(sympy.Add(*terms) if adds else _multiplied(terms))
    end = symbol("n_last")
    found = _closed(value, (name, first, end), adds)
    if is_unfinished(found) or isinstance(found, sympy.Piecewise):
        raise ToolError(
            f"More than {MOST_ADDED} terms, and no closed form was found for them. "
            "Send fewer terms, in parts."
        )
    size = found.evalf(5, subs={end: sympy.Float(last, 30)})
    if not size.is_Float or abs(size._mpf_[2]) > LARGEST:
        raise ToolError("The number gets too large. Send a smaller calculation.")
    if found.has(*_LONG):
        return _long_text(found, end, last)
    return value_text(found.subs(end, last))


def _long_text(found: Any, end: Any, last: Any) -> str:
    """The decimal of a fraction that has more digits than anybody reads, as the harmonic ones."""
    near = found.evalf(25, subs={end: sympy.Float(last, 40)})
    if not near.is_Float:
        raise ToolError("No reliable decimal was found. Send fewer terms.")
    return f"too long to write exactly; {near_text(near)}"


def _term(value: Any, name: Any, place: int) -> Any:
    """One term; refused while it is small where it would get too large to work with."""
    size = value.evalf(5, subs={name: place})
    if size.is_Float and size and abs(size._mpf_[2]) > LARGEST:
        raise ToolError("The number gets too large. Send a smaller calculation.")
    return value.subs(name, place)


def _multiplied(terms: list[Any]) -> Any:
    product = sympy.Integer(1)
    for term in terms:
        product = product * term
        if product.is_Rational:
            bounded(Fraction(int(product.p), int(product.q)))
    return product


def _divergent(found: Any) -> str:
    if found in _INFINITE:
        return f"diverges (to {value_text(found)})"
    return "diverges"


def _check(found: Any, value: Any, how: tuple[tuple[Any, Any, Any], bool]) -> None:
    """Compare the closed form with direct addition, for small bounds or in the limit."""
    (name, first, last), adds = how
    if last in _INFINITE or first in _INFINITE:
        near = _near(value, (name, first, last), adds)
        exact = None if found.free_symbols else real_value(found)
        if near is not None and exact is not None and abs(near - exact) > 1e-6 * max(1, abs(near)):
            raise ToolError("The exact method and direct addition disagree. Send a simpler term.")
        return
    free = sorted((found.free_symbols | value.free_symbols) - {name}, key=str)
    point = {one: sympy.Integer(_CHECKED + place) for place, one in enumerate(free)}
    named = {one.name: number for one, number in point.items()}
    ends = [
        end.subs({one: named.get(one.name, one) for one in end.free_symbols})
        for end in (first, last)
    ]
    if not all(end.is_Integer for end in ends) or ends[1] < ends[0]:
        return
    inner = value.subs({one: named[one.name] for one in value.free_symbols if one != name})
    terms = [inner.subs(name, place) for place in range(int(ends[0]), int(ends[1]) + 1)]
    direct = sympy.Add(*terms) if adds else sympy.Mul(*terms)
    closed = found.subs({one: named[one.name] for one in found.free_symbols})
    values = [real_value(side) for side in (direct, closed)]
    if None not in values and abs(values[0] - values[1]) > _AGREE * max(1, abs(values[0])):
        raise ToolError("The exact method and direct addition disagree. Send a simpler term.")


def _by_numbers(value: Any, over: tuple[Any, Any, Any], adds: bool) -> str:
    if adds and _converges(value, over) is False:
        return "diverges"
    near = _near(value, over, adds) if not adds or _converges(value, over) else None
    if near is None:
        raise ToolError("No closed form was found, and no reliable decimal.")
    return f"no closed form found; {near_text(near)}"


def _converges(value: Any, over: tuple[Any, Any, Any]) -> bool | None:
    name, first, last = over
    if value.free_symbols - {name} or last != sympy.oo:
        return None
    index = sympy.Symbol(name.name, integer=True)
    try:
        return bool(sympy.Sum(value.xreplace({name: index}), (index, first, last)).is_convergent())
    except (NotImplementedError, ValueError, TypeError):
        return None


def _near(value: Any, over: tuple[Any, Any, Any], adds: bool) -> Any:
    """The infinite total as a number; None where two precisions disagree."""
    name, first, last = over
    if value.free_symbols - {name} or not first.is_Integer or last != sympy.oo:
        return None

    def term(place: Any) -> Any:
        near = real_value(value, {name: sympy.Float(place, 30)})
        return mpmath.nan if near is None else mpmath.mpf(str(near))

    method = mpmath.nsum if adds else mpmath.nprod
    values = []
    for digits in (15, 20):
        with mpmath.workdps(digits):
            try:
                values.append(method(term, [int(first), mpmath.inf]))
            except (ValueError, ZeroDivisionError, ArithmeticError, TypeError):
                return None
    if not all(mpmath.isfinite(one) for one in values) or abs(values[0] - values[1]) > 1e-9:
        return None
    return sympy.Float(values[1], 20)
