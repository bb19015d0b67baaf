"""Relations in one unknown: inequalities, alone or together with equations, as sets of numbers.

Guarantees exact bounds. With several unknowns, only one linear inequality is turned round.
"""

from __future__ import annotations

from typing import Any

import sympy

from corollary_tools.errors import ToolError
from corollary_tools.expression import render_expression
from corollary_tools.relations import COMPARE, FLIPPED
from corollary_tools.solvers.algebra.equations import Condition, Question
from corollary_tools.solvers.constants import render_exact

_HIGH_POWER = 100
_RELATIONS = {"<": sympy.Lt, "<=": sympy.Le, ">": sympy.Gt, ">=": sympy.Ge}


def solve_inequalities(question: Question) -> str:
    """The text of all values that fulfil every condition: `2 < x <= 5 or x = 7`."""
    if len(question.asked) + len(question.others) != 1:
        raise ToolError("Inequalities are solved in one unknown only. Send those with one unknown.")
    unknown = question.asked[0]
    periods = [_period(condition, unknown) for condition in question.conditions]
    if periods == [None] * len(periods):
        return render_set(solution_set(question), unknown.name)
    if len(periods) > 1:
        raise ToolError("An inequality that repeats is solved alone. Send it without others.")
    text = render_set(_set_of(question.conditions[0], unknown), unknown.name)
    whole = text.startswith(("every", "no "))
    return text if whole else f"{text}, shifted by any multiple of {render_expression(periods[0])}"


def _period(condition: Condition, unknown: Any) -> Any:
    """The period of an inequality whose solutions repeat; None for all others."""
    if condition.operator == "=" or not condition.difference.has(sympy.sin, sympy.cos, sympy.tan):
        return None
    return sympy.periodicity(condition.difference, unknown)


def solution_set(question: Question) -> Any:
    """The values of the one unknown that fulfil every condition, as a sympy set."""
    solution = sympy.S.Reals
    for condition in question.conditions:
        solution = solution.intersect(set_of(condition, question.asked[0]))
    return solution


def set_of(condition: Condition, unknown: Any) -> Any:
    """The numbers that fulfil one condition. ToolError where they repeat without end."""
    if _period(condition, unknown) is not None:
        raise ToolError("The solutions of this inequality repeat without end.")
    return _set_of(condition, unknown)


def _set_of(condition: Condition, unknown: Any) -> Any:
    if not condition.difference.has(unknown):
        return sympy.S.Reals if _holds(condition) else sympy.S.EmptySet
    if condition.operator in ("=", "!="):
        equal = sympy.solveset(condition.difference, unknown, sympy.S.Reals)
        return equal if condition.operator == "=" else sympy.S.Reals - equal
    relation = _RELATIONS[condition.operator](_low_powers(condition.difference), 0)
    return sympy.solve_univariate_inequality(relation, unknown, relational=False)


def _low_powers(difference: Any) -> Any:
    """(x + 1)^500 * x as (x + 1)^2 * x, which has the same sign everywhere."""
    factors = sympy.Mul.make_args(difference)
    return sympy.Mul(*(_low(factor) for factor in factors))


def _low(factor: Any) -> Any:
    if factor.is_Pow and factor.free_symbols and factor.exp.is_Integer and factor.exp > _HIGH_POWER:
        return factor.base ** (2 - factor.exp % 2)
    return factor


def _holds(condition: Condition) -> bool:
    difference = condition.difference
    if condition.operator in ("=", "!="):
        return bool(difference == 0) == (condition.operator == "=")
    return bool(_RELATIONS[condition.operator](difference, 0))


def fulfils_all(question: Question, row: dict[Any, Any]) -> bool:
    """Whether numbers for all unknowns fulfil every inequality of the question."""
    for condition in question.conditions:
        near = condition.difference.subs(row).evalf(30)
        if condition.operator != "=" and not COMPARE[condition.operator](_exact(near), 0):
            return False
    return True


def _exact(near: Any) -> Any:
    return sympy.Integer(0) if abs(near) < sympy.Rational(1, 10**20) else near


def isolate(question: Question) -> str:
    """One linear inequality for the unknown that is asked for: `y <= 3 - x`."""
    if len(question.asked) != 1 or len(question.conditions) != 1:
        raise ToolError(
            "Inequalities are solved in one unknown only: send one with several names alone, "
            "and in unknowns the one to solve for."
        )
    (condition,), (unknown,) = question.conditions, question.asked
    slope = sympy.expand(condition.difference).coeff(unknown)
    if not slope.is_Rational or slope == 0 or sympy.diff(condition.difference, unknown) != slope:
        raise ToolError(f"The inequality is not linear in {unknown}. Give the others values.")
    bound = sympy.expand(unknown - condition.difference / slope)
    sign = condition.operator if slope > 0 else FLIPPED[condition.operator]
    return f"{unknown} {sign} {render_expression(bound)}"


def render_set(solution: Any, name: str) -> str:
    """A set of real numbers in words that name the unknown. ToolError for sets without such."""
    if solution == sympy.S.Reals:
        return f"every {name}"
    if solution is sympy.S.EmptySet:
        return "no solution"
    parts = solution.args if isinstance(solution, sympy.Union) else (solution,)
    if not all(isinstance(part, sympy.Interval | sympy.FiniteSet) for part in parts):
        raise ToolError(
            "The solutions cannot be written as a few intervals. Simplify the inequality."
        )
    rows = [row for part in parts for row in _rows(part, name)]
    return " or ".join(text for _, text in sorted(rows, key=lambda row: row[0]))


def _rows(part: Any, name: str) -> list[tuple[float, str]]:
    """(where it begins, text) of an interval or of single numbers."""
    if isinstance(part, sympy.FiniteSet):
        return [(float(value), f"{name} = {render_exact(value)}") for value in part]
    low, high = part.start, part.end
    below, above = "<" if part.left_open else "<=", "<" if part.right_open else "<="
    if high == sympy.oo:
        return [(float(low), f"{name} {below.replace('<', '>')} {render_exact(low)}")]
    if low == -sympy.oo:
        return [(-float("inf"), f"{name} {above} {render_exact(high)}")]
    text = f"{render_exact(low)} {below} {name} {above} {render_exact(high)}"
    return [(float(low), text)]
