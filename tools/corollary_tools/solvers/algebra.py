"""The algebra tools inside a worker: solve, simplify and equal, as short exact texts.

Guarantees that solutions were put back into the equations, that the text is the same for the same
call, and that what is rounded is marked `about`. Works with real numbers only.
"""

from __future__ import annotations

from typing import Any

import sympy

from corollary_tools.desk import Desk
from corollary_tools.expression import parse_expression, render_expression
from corollary_tools.solvers.comparison import compare_texts
from corollary_tools.solvers.constants import approximate, render_exact, simplest_constant
from corollary_tools.solvers.equations import Question, read_question
from corollary_tools.solvers.forms import shortest_form
from corollary_tools.solvers.inequalities import solve_inequalities
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.number_text import about, checked_length
from corollary_tools.solvers.result import Result
from corollary_tools.solvers.systems import Solutions, Values, solve_equations


def solve(arguments: dict[str, Any], desk: Desk) -> Result:
    """Solve `equations` for `unknowns` (all names where there are none)."""
    question = read_question(arguments["equations"], arguments.get("unknowns") or [])
    with library_limits("solve this"):
        return _solved(question)


def _solved(question: Question) -> Result:
    if any(condition.operator != "=" for condition in question.conditions):
        return Result(checked_length(solve_inequalities(question)))
    solutions = solve_equations(question)
    text = checked_length(_text(solutions, question))
    if solutions.searched:
        return Result(text)
    rows = [{name.name: _value_text(row[name]) for name in row} for row in solutions.rows]
    return Result(text, certificate={"kind": "substitution", "solutions": rows})


def simplify(arguments: dict[str, Any], desk: Desk) -> Result:
    """Write `expression` in its shortest known form."""
    with library_limits("simplify this"):
        value = parse_expression(arguments["expression"])
        if value.is_number:
            return Result(render_exact(simplest_constant(value)))
        return Result(checked_length(render_expression(shortest_form(value))))


def equal(arguments: dict[str, Any], desk: Desk) -> Result:
    """Compare `left` and `right` wherever both are defined."""
    with library_limits("compare these"):
        found = compare_texts(arguments["left"], arguments["right"])
    word = "Unknown" if found.value is None else str(found.value)
    text = word if found.value else f"{word} ({found.reason})"
    return Result(text, certificate={"kind": "comparison", "value": word, "reason": found.reason})


def _text(solutions: Solutions, question: Question) -> str:
    if not solutions.rows:
        return _none(solutions)
    if not question.asked:
        return "always true"
    rows = [_row(row, question) for row in solutions.rows]
    text = " or ".join(dict.fromkeys(rows))
    if solutions.whole is not None:
        text += f" ({solutions.whole} any whole number)"
    if solutions.searched:
        text += " (found by search; there may be others)"
    return text + _left_out(solutions)


def _none(solutions: Solutions) -> str:
    kind = "real " if solutions.complex_left_out else ""
    return f"no {kind}solution{_left_out(solutions)}"


def _left_out(solutions: Solutions) -> str:
    count = solutions.complex_left_out
    if not count:
        return ""
    return f" ({count} complex solution{'s' if count > 1 else ''} left out)"


def _row(row: Values, question: Question) -> str:
    """One solution: `x = 3 - y for every y`, the asked unknowns in order."""
    fixed = [f"{name.name} = {_value_text(row[name])}" for name in question.asked if name in row]
    used = set().union(*(row[name].free_symbols for name in question.asked if name in row))
    free = [n for n in question.unknowns if n not in row and (n in question.asked or n in used)]
    if not free:
        return ", ".join(fixed)
    every = f"every {' and every '.join(name.name for name in free)}"
    if not fixed:
        return every
    whole = all(value.is_polynomial(*free) for value in row.values())
    return f"{', '.join(fixed)} for {every}" + ("" if whole else " where this is defined")


def _value_text(value: Any) -> str:
    if value.is_Rational:
        return render_exact(value).split(" (")[0]
    if value.is_Float or value.has(sympy.CRootOf):
        return f"about {about(approximate(value))}"
    return render_exact(value) if value.is_number else render_expression(value)
