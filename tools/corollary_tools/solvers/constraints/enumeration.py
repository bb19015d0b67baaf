"""Solutions one by one, as far as was asked for, and how many there are.

Guarantees that a count without "more than" or "at least" was proved by excluding all that were
found, and that solutions come in the order of their values where all were found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import z3

from corollary_tools.solvers.constraints.solutions import row_of, value_rank
from corollary_tools.solvers.logic.theory import Theory
from corollary_tools.solvers.result import Result

MAX_COUNTED = 500
MAX_REAL = 60  # each costs more than the one before
MAX_CELLS = 20_000
MAX_TOLD = 300
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Enumeration:
    """rows: the solutions found; complete: there are no others; gave_up: the solver did."""

    rows: list[Row]
    complete: bool
    gave_up: bool = False


def list_solutions(theory: Theory, limit: int) -> Result | None:
    """Count the solutions and tell the first ones; None where there are not at least two."""
    found = enumerate_solutions(theory)
    if len(found.rows) < 2:
        return None
    most = max(1, MAX_TOLD // len(found.rows[0]))
    shown = [
        {name: theory.value_text(name, value) for name, value in row.items()}
        for row in found.rows[: min(limit, most)]
    ]
    certificate = {
        "kind": "solution",
        "value": "several",
        "count": len(found.rows),
        "complete": found.complete,
        "solutions": shown,
    }
    return Result(_text(found, shown), certificate=certificate)


def enumerate_solutions(theory: Theory) -> Enumeration:
    """Find every solution, up to a bound on their number."""
    unknowns = theory.unknowns()
    if not unknowns:
        return Enumeration([], False)
    most = MAX_REAL if theory.sorts.fractions else MAX_COUNTED
    most = min(most, max(1, MAX_CELLS // max(1, len(unknowns))))
    rows: list[Row] = []
    verdict = theory.check()
    with theory.supposing():
        while verdict == "sat" and len(rows) <= most:
            rows.append(row := row_of(theory, unknowns))
            theory.solver.add(z3.Or([unknowns[name] != value for name, value in row.items()]))
            verdict = theory.check()
    if verdict == "unsat":
        rows.sort(key=lambda row: [value_rank(value) for value in row.values()])
    return Enumeration(rows[:most], verdict == "unsat", verdict == "unknown")


def _text(found: Enumeration, shown: list[dict[str, str]]) -> str:
    count = len(found.rows)
    how = "" if found.complete else "at least " if found.gave_up else "more than "
    first = f", for example {len(shown)}" if len(shown) < count else ""
    rows = "; ".join(", ".join(f"{name} = {value}" for name, value in row.items()) for row in shown)
    return f"{how}{count} solutions{first}: {rows}"
