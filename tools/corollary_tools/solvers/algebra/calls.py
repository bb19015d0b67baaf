"""The algebra tools inside a worker: solve, simplify and equal, as short exact texts.

Guarantees that solutions were put back into the equations, that the text is the same for the same
call, and that what is rounded is marked `about`. Numbers are real unless a domain says otherwise.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expression import Numbers, parse_expression, render_expression
from corollary_tools.solvers.algebra.equations import Question, read_question
from corollary_tools.solvers.algebra.inequalities import fulfils_all, isolate, solve_inequalities
from corollary_tools.solvers.algebra.number_domains import (
    has_only_equations,
    positive,
    solve_by_numbers,
    solve_complex,
    solve_whole,
)
from corollary_tools.solvers.algebra.systems import Solutions, Values, solve_equations
from corollary_tools.solvers.answers.comparison import compare_texts
from corollary_tools.solvers.constants import approximate, render_exact, simplest_constant
from corollary_tools.solvers.forms import shortest_form
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.number_text import about, checked_length
from corollary_tools.solvers.result import Result
from corollary_tools.solvers.value_text import root_text

_SOME = 5  # whole solutions that are shown where there are too many for all


def solve(arguments: dict[str, Any], desk: Desk) -> Result:
    """Solve `equations` for `unknowns` (all names where there are none) among a `domain`."""
    domain = arguments.get("domain", "real")
    numbers: Numbers = "complex" if domain == "complex" else "real"
    question = read_question(arguments["equations"], arguments.get("unknowns") or [], numbers)
    with library_limits("solve this"):
        if domain == "integer":
            return Result(checked_length(_whole_text(*solve_whole(question), question)))
        if domain == "complex":
            return _equations_solved(solve_complex(question), question)
        if arguments.get("numeric"):
            return _equations_solved(solve_by_numbers(question), question)
        return _positively_solved(question) if domain == "positive" else _solved(question)


def _solved(question: Question) -> Result:
    if not has_only_equations(question):
        return Result(checked_length(_inequality_text(question)))
    return _equations_solved(solve_equations(question), question)


def _positively_solved(question: Question) -> Result:
    """With every unknown above 0; solutions with free unknowns say so."""
    if not has_only_equations(question):
        return _solved(positive(question))
    found = solve_equations(question)
    if found.whole is not None:
        raise ToolError("The solutions repeat. Send bounds, or solve over the real numbers.")
    rows = tuple(row for row in found.rows if all(v.is_negative is not True for v in row.values()))
    rows = tuple(row for row in rows if 0 not in row.values())
    text = _text(Solutions(rows, searched=found.searched), question)
    free = any(set(question.unknowns) - row.keys() for row in rows)
    bounds = " and ".join(f"{name.name} > 0" for name in question.asked)
    return Result(checked_length(f"{text}, where {bounds}" if free and rows else text))


def _inequality_text(question: Question) -> str:
    """One unknown: intervals. Several: equations first, else one unknown in terms of others."""
    if len(question.asked) + len(question.others) == 1:
        return solve_inequalities(question)
    equations = tuple(c for c in question.conditions if c.operator == "=")
    if not equations:
        return isolate(question)
    found = solve_equations(replace(question, conditions=equations))
    names = {*question.asked, *question.others}
    if found.whole is not None or any(names - row.keys() for row in found.rows):
        raise ToolError(
            "Equations and inequalities together are solved where the equations alone have "
            "finitely many solutions. Send fewer unknowns, or domain integer."
        )
    rows = tuple(row for row in found.rows if fulfils_all(question, row))
    return _text(Solutions(rows, searched=found.searched), question)


def _equations_solved(solutions: Solutions, question: Question) -> Result:
    text = checked_length(_text(solutions, question))
    if solutions.searched:
        return Result(text)
    rows = [{name.name: _value_text(row[name]) for name in row} for row in solutions.rows]
    return Result(text, certificate={"kind": "substitution", "solutions": rows})


def _whole_text(rows: list[Values], complete: bool, question: Question) -> str:
    if not rows:
        return "no whole solution"
    shown = [{name: row[name] for name in question.asked} for row in rows]
    text = _text(Solutions(tuple(shown if complete else shown[:_SOME])), question)
    return text if complete else f"{text} or others (at least {len(rows)} in all)"


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
    if value.is_number and value.has(sympy.I):
        return root_text(value)
    if value.is_Rational:
        return render_exact(value).split(" (")[0]
    if value.is_Float or value.has(sympy.CRootOf):
        return f"about {about(approximate(value))}"
    return render_exact(value) if value.is_number else render_expression(value)
