"""Solving over other numbers than all the real ones: complex, whole, positive; and as decimals.

Guarantees that every solution was put back, that whole solutions are all listed or said to be
more, and that decimals are marked `about`. Real solutions come from `systems` and `inequalities`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy

from corollary_tools.errors import ToolError
from corollary_tools.solvers.algebra.equations import Condition, Question
from corollary_tools.solvers.algebra.newton import newton_rows
from corollary_tools.solvers.algebra.polynomials import all_roots
from corollary_tools.solvers.algebra.systems import (
    Solutions,
    Values,
    solve_equations,
    without_powers,
)
from corollary_tools.solvers.algebra.whole_solutions import whole_rows

_TINY = sympy.Rational(1, 10**15)


def has_only_equations(question: Question) -> bool:
    """Whether no condition is an inequality."""
    return all(condition.operator == "=" for condition in question.conditions)


def solve_complex(question: Question) -> Solutions:
    """All complex solutions of equations. ToolError for inequalities."""
    if not has_only_equations(question):
        raise ToolError("Complex numbers have no order. Send equations only, or domain real.")
    differences = [
        without_powers(sympy.together(condition.difference), question.unknowns)
        for condition in question.conditions
    ]
    if len(differences) == len(question.unknowns) == 1:
        polynomial = _polynomial(differences[0], question.unknowns[0])
        if polynomial is not None:
            return Solutions(
                tuple({question.unknowns[0]: root} for root, _ in all_roots(polynomial))
            )
    rows = sympy.solve(differences, *question.unknowns, dict=True)
    return Solutions(tuple(row for row in rows if _fulfils(row, differences)))


def _polynomial(difference: Any, unknown: Any) -> Any:
    if difference.free_symbols != {unknown} or not difference.is_polynomial(unknown):
        return None
    polynomial = sympy.Poly(difference, unknown)
    return polynomial if polynomial.domain in (sympy.ZZ, sympy.QQ) else None


def _fulfils(row: Values, differences: list[Any]) -> bool:
    left = [difference.subs(row) for difference in differences]
    return all(
        sympy.simplify(one) == 0 if one.free_symbols else abs(one.evalf(30)) < _TINY for one in left
    )


def solve_whole(question: Question) -> tuple[list[Values], bool]:
    """(whole solutions in order, whether these are all)."""
    if has_only_equations(question):
        try:
            found = solve_equations(question)
        except ToolError:
            return whole_rows(question)
        complete = found.whole is None and not found.searched
        if complete and all(set(question.unknowns) <= row.keys() for row in found.rows):
            return [row for row in found.rows if all(v.is_Integer for v in row.values())], True
    return whole_rows(question)


def positive(question: Question) -> Question:
    """The question with every unknown that is asked for greater than 0."""
    zero = sympy.Integer(0)
    bounds = tuple(Condition(">", name, zero) for name in question.asked)
    return replace(question, conditions=(*question.conditions, *bounds))


def solve_by_numbers(question: Question) -> Solutions:
    """Solutions as decimals: the exact ones where they are found, else by Newton's method."""
    if not has_only_equations(question):
        raise ToolError("Inequalities are solved exactly only. Leave numeric out.")
    try:
        found = solve_equations(question)
    except ToolError:
        differences = [condition.difference for condition in question.conditions]
        rows = newton_rows(differences, question.unknowns)
        if not rows:
            raise
        return Solutions(tuple(rows), searched=True)
    rows = [{name: _decimal(value) for name, value in row.items()} for row in found.rows]
    return replace(found, rows=tuple(rows))


def _decimal(value: Any) -> Any:
    return value if value.free_symbols or value.is_Rational else value.evalf(20)
