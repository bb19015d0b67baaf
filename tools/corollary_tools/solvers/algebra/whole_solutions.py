"""Whole-number solutions of equations and inequalities in polynomials, found one by one by z3.

Guarantees that all solutions are listed, or that it is said that there are more; none is said only
where z3 proved it. Does not work with functions other than + - * and whole powers.
"""

from __future__ import annotations

import math
from typing import Any

import sympy
import z3

from corollary_tools.errors import ToolError
from corollary_tools.relations import COMPARE
from corollary_tools.solvers.algebra.equations import Condition, Question

MOST_LISTED = 20
_MILLISECONDS = 3000


def whole_rows(question: Question) -> tuple[list[dict[Any, Any]], bool]:
    """(solutions in order, at most MOST_LISTED; whether these are all)."""
    names = (*question.asked, *question.others)
    unknowns = {name: z3.Int(f"v{place}") for place, name in enumerate(names)}
    solver = z3.Solver()
    solver.set("timeout", _MILLISECONDS)
    solver.add([_encoded(condition, unknowns) for condition in question.conditions])
    rows: list[dict[Any, Any]] = []
    while (verdict := solver.check()) == z3.sat and len(rows) < MOST_LISTED:
        model = solver.model()
        values = {name: model.eval(u, model_completion=True) for name, u in unknowns.items()}
        rows.append({name: sympy.Integer(value.as_long()) for name, value in values.items()})
        solver.add(z3.Or([unknowns[name] != value for name, value in values.items()]))
    if verdict == z3.unknown:
        raise ToolError(
            "It is not known which whole numbers solve this. Bound the unknowns, as in 0 <= x, "
            "x <= 20."
        )
    ordered = sorted(rows, key=lambda row: [row[name] for name in names])
    return ordered, verdict == z3.unsat


def _encoded(condition: Condition, unknowns: dict[Any, Any]) -> Any:
    above, below = sympy.fraction(sympy.together(condition.difference))
    if below.free_symbols or not above.is_polynomial(*unknowns):
        raise ToolError(
            "Whole solutions are found for polynomials only. Solve over the real numbers first."
        )
    polynomial = sympy.Poly(above, *unknowns)
    if polynomial.domain not in (sympy.ZZ, sympy.QQ):
        raise ToolError("Whole solutions need rational coefficients.")
    sign = -1 if below.is_negative else 1
    _, whole = polynomial.clear_denoms(convert=True)
    terms = (_term(row, sign * int(factor), unknowns) for row, factor in whole.terms())
    return COMPARE[condition.operator](z3.Sum([z3.IntVal(0), *terms]), 0)


def _term(powers: tuple[int, ...], factor: int, unknowns: dict[Any, Any]) -> Any:
    if math.prod(power + 1 for power in powers) > 100:
        raise ToolError("The powers are too high to search for whole solutions.")
    product = z3.IntVal(factor)
    for unknown, power in zip(unknowns.values(), powers, strict=True):
        for _ in range(power):
            product = product * unknown
    return product
