"""All solutions of a theory, as far as they can be said in one line.

Guarantees that "unique" was proved by excluding the solution that was found, and that the values
listed for a name are all that it can have, or end in "...".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import z3

from corollary_tools.errors import ToolError
from corollary_tools.solvers.logic.theory import Theory

MAX_LISTED = 12
MAX_EVALUATIONS = 6_000
Kind = Literal["unique", "several", "none", "undecided"]


@dataclass(frozen=True, slots=True)
class Solutions:
    """What the solutions are.

    values: for each name its possible values in order; ("...") last where there are more.
    uses: labels of premises that contradict each other where there is no solution.
    """

    kind: Kind
    values: dict[str, tuple[str, ...]]
    uses: tuple[str, ...] = ()

    @property
    def certificate(self) -> dict[str, Any]:
        """Plain JSON: kind `solution`, value, the assignment where unique, the premises used."""
        certificate: dict[str, Any] = {"kind": "solution", "value": self.kind}
        if self.kind == "unique":
            certificate["assignment"] = {name: values[0] for name, values in self.values.items()}
        if self.kind == "several":
            certificate["values"] = {name: list(values) for name, values in self.values.items()}
        if self.kind == "none":
            certificate["uses"] = [int(label) for label in self.uses]
        return certificate


def solve_theory(theory: Theory) -> Solutions:
    """Find the solutions of the premises.

    Raises ToolError where the premises speak of nothing that has a value.
    """
    verdict = theory.check()
    if verdict == "unsat":
        return Solutions("none", {}, theory.conflict())
    unknowns = theory.unknowns()
    if not unknowns:
        raise ToolError("There is nothing to find. Declare names, or send formulas about some.")
    if verdict == "unknown":
        return Solutions("undecided", {})
    first = row_of(theory, unknowns)
    other = theory.check_with(z3.Or([unknowns[n] != value for n, value in first.items()]))
    if other == "unknown":
        return Solutions("undecided", {})
    if other == "unsat":
        return Solutions("unique", {n: (theory.value_text(n, v),) for n, v in first.items()})
    rows = [first, row_of(theory, unknowns)]
    return Solutions("several", _listed(theory, unknowns, rows))


def _listed(
    theory: Theory, unknowns: dict[str, Any], rows: list[dict[str, Any]]
) -> dict[str, tuple[str, ...]]:
    """The possible values of each name; `rows` are solutions already known, and grow."""
    listed = {}
    for name in unknowns:
        complete = _extend(theory, unknowns, rows, name)
        values = {str(row[name]): row[name] for row in rows}
        texts = [theory.value_text(name, v) for v in sorted(values.values(), key=value_rank)]
        listed[name] = (
            *texts[:MAX_LISTED],
            *(() if complete and len(texts) <= MAX_LISTED else ("...",)),
        )
    return listed


def _extend(
    theory: Theory, unknowns: dict[str, Any], rows: list[dict[str, Any]], name: str
) -> bool:
    """Add solutions until every value of the name is among them; whether that was reached."""
    while len(rows) * len(unknowns) < MAX_EVALUATIONS:
        seen = {str(row[name]): row[name] for row in rows}
        if len(seen) > MAX_LISTED:
            return False
        others = z3.And([unknowns[name] != value for value in seen.values()])
        verdict = theory.check_with(others)
        if verdict != "sat":
            return verdict == "unsat"
        rows.append(row_of(theory, unknowns))
    return False


def row_of(theory: Theory, unknowns: dict[str, Any]) -> dict[str, Any]:
    """The values of the unknowns in the theory's last model."""
    model = theory.model()
    return {name: model.eval(u, model_completion=True) for name, u in unknowns.items()}


def value_rank(value: Any) -> tuple[float, str]:
    """Numbers by size, false before true."""
    if z3.is_bool(value):
        return (float(z3.is_true(value)), "")
    number = value.approx(9) if z3.is_algebraic_value(value) else value
    return (float(number.as_fraction() if number.is_real() else number.as_long()), "")
