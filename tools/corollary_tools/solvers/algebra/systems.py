"""Solving equations exactly: linear systems, polynomials, systems of them, and what sympy can.

Guarantees that every solution given fulfils every equation (it is put back and compared), that
solutions are real, and that the order is fixed. Does not render and does not solve inequalities.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sympy

from corollary_tools.errors import ToolError
from corollary_tools.solvers.algebra.equations import Question
from corollary_tools.solvers.algebra.polynomials import real_roots
from corollary_tools.solvers.algebra.search import search_roots
from corollary_tools.solvers.library_limits import library_limits

Values = dict[Any, Any]  # unknown -> value, which may hold free unknowns and parameters

_NEAR = sympy.Rational(1, 10**9)
_HIGH_POWER = 100


@dataclass(frozen=True, slots=True)
class Solutions:
    """rows: the real solutions in order. complex_left_out: how many others a polynomial has.

    whole: a name that stands for any whole number in the rows (periodic solutions), or None.
    searched: whether some rows are decimals that `search` found, and others may exist.
    """

    rows: tuple[Values, ...]
    complex_left_out: int = 0
    whole: Any = None
    searched: bool = False


def solve_equations(question: Question) -> Solutions:
    """Solve for all unknowns. ToolError where no exact method is known."""
    differences = [condition.difference for condition in question.conditions]
    open_ones = [d for d in map(sympy.together, differences) if d != 0]
    if any(not d.free_symbols for d in open_ones):
        return Solutions(() if not all(_vanishes(d) for d in open_ones) else ({},))
    if not open_ones:
        return Solutions(({},))
    if len(open_ones) == 1:
        open_ones = [without_powers(open_ones[0], question.unknowns)]
    if _are_linear(open_ones, question.unknowns):
        return _solve_linear(open_ones, question.unknowns)
    if len(open_ones) == 1 and len(question.unknowns) == 1:
        return _solve_one(open_ones[0], question.unknowns[0])
    return _solve_several(open_ones, question)


def without_powers(difference: Any, unknowns: tuple[Any, ...]) -> Any:
    """(x + 1)^500 * x as (x + 1)*x, which is zero where that is: how often does not matter.

    With several names only the high powers, which nothing could multiply out.
    """
    if not difference.is_polynomial(*unknowns):
        return difference
    most = 1 if difference.free_symbols == {*unknowns} and len(unknowns) == 1 else _HIGH_POWER
    factors = sympy.Mul.make_args(difference)
    return sympy.Mul(*(_base(factor, most) for factor in factors))


def _base(factor: Any, most: int) -> Any:
    high = factor.is_Pow and factor.free_symbols and factor.exp.is_Integer and factor.exp > most
    return factor.base if high else factor


def _vanishes(difference: Any) -> bool:
    return not difference.free_symbols and sympy.simplify(difference) == 0


def _are_linear(differences: Iterable[Any], unknowns: tuple[Any, ...]) -> bool:
    return all(
        d.is_polynomial(*unknowns) and sympy.Poly(d, *unknowns).total_degree() <= 1
        for d in differences
    )


def _solve_linear(differences: list[Any], unknowns: tuple[Any, ...]) -> Solutions:
    found = sympy.linsolve(differences, *unknowns)
    rows = [dict(zip(unknowns, row, strict=True)) for row in found]
    shown = ({name: value for name, value in row.items() if value != name} for row in rows)
    return Solutions(tuple(shown))


def _solve_one(difference: Any, unknown: Any) -> Solutions:
    if difference.is_polynomial(unknown) and difference.free_symbols == {unknown}:
        polynomial = sympy.Poly(difference, unknown)
        if polynomial.domain in (sympy.ZZ, sympy.QQ):
            roots, others = real_roots(polynomial)
            return Solutions(tuple({unknown: root} for root in roots), others)
    if _is_periodic(difference, unknown):
        with suppress(ToolError):
            return _solve_periodic(difference, unknown)
    if difference.free_symbols == {unknown}:
        return _solve_number(difference, unknown)
    rows = _by_sympy([difference], (unknown,))
    return Solutions(_ordered(_fulfilling(rows, [difference]), (unknown,)))


def _solve_number(difference: Any, unknown: Any) -> Solutions:
    """One equation in one unknown: exactly, and by search for what that did not find."""
    try:
        rows = _fulfilling(_by_sympy([difference], (unknown,)), [difference])
        error = None
    except ToolError as caught:
        rows, error = [], caught
    exact = [row[unknown].evalf(20) for row in rows]
    near = search_roots(difference, unknown)
    missed = [root for root in near if all(abs(root - value) > _NEAR for value in exact)]
    if error and not missed:
        raise error
    rows += [{unknown: root} for root in missed]
    return Solutions(_ordered(rows, (unknown,)), searched=bool(missed))


def _solve_several(differences: list[Any], question: Question) -> Solutions:
    rows = _by_sympy(differences, question.unknowns)
    return Solutions(_ordered(_fulfilling(rows, differences), question.unknowns))


def _by_sympy(differences: list[Any], unknowns: tuple[Any, ...]) -> list[Values]:
    with library_limits("solve this"):
        rows: list[Values] = sympy.solve(differences, *unknowns, dict=True)
    return [row for row in rows if not any(value.has(sympy.I) for value in row.values())]


def _is_periodic(difference: Any, unknown: Any) -> bool:
    waves = difference.atoms(sympy.sin, sympy.cos, sympy.tan, sympy.cot, sympy.sec, sympy.csc)
    return any(wave.has(unknown) for wave in waves)


def _solve_periodic(difference: Any, unknown: Any) -> Solutions:
    """Trigonometric equations have whole families of solutions: one row for each family."""
    found = sympy.solveset(difference, unknown, sympy.S.Reals)
    families = found.args if isinstance(found, sympy.Union) else (found,)
    whole = sympy.Symbol("n" if unknown.name != "n" else "k", integer=True)
    rows: list[Values] = []
    for family in families:
        if isinstance(family, sympy.FiniteSet):
            rows += [{unknown: value} for value in family]
        elif isinstance(family, sympy.ImageSet) and family.base_sets == (sympy.S.Integers,):
            rows.append({unknown: sympy.expand(family.lamda(whole))})
        elif family is not sympy.S.EmptySet:
            raise ToolError("No exact method is known for this equation.")
    rows.sort(key=lambda row: sympy.default_sort_key(row[unknown]))
    return Solutions(tuple(rows), whole=whole if rows else None)


def _fulfilling(rows: list[Values], differences: list[Any]) -> list[Values]:
    """The rows that, put back, make every difference vanish, as far as numbers can tell."""
    return [row for row in rows if all(_fulfils(row, d) for d in differences)]


def _fulfils(row: Values, difference: Any) -> bool:
    left = difference.subs(row)
    if left.free_symbols:
        return bool(sympy.simplify(left) == 0)
    value = left.evalf(30)
    return bool(value.is_number and abs(value) < sympy.Rational(1, 10**15))


def _ordered(rows: list[Values], unknowns: tuple[Any, ...]) -> tuple[Values, ...]:
    def key(row: Values) -> list[Any]:
        values = [row.get(name, name) for name in unknowns]
        return [(float(value), "") if value.is_number else (0.0, str(value)) for value in values]

    return tuple(sorted(rows, key=key))
