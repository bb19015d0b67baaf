"""The constraint tools inside a worker that decide: finding solutions, choosing options.

A solution gives every declared (or, without declarations, every mentioned) name a value. Answers
say whether it is the only one, what all solutions agree on, or which statements contradict each
other. Guarantees names in order of declaration, then of first appearance.
"""

from __future__ import annotations

from typing import Any

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.solvers.constraints.enumeration import list_solutions
from corollary_tools.solvers.constraints.solutions import Solutions, solve_theory
from corollary_tools.solvers.logic.models import UNDECIDED
from corollary_tools.solvers.logic.reading_desk import desk_choices, desk_premises, given_premises
from corollary_tools.solvers.logic.theory import Theory
from corollary_tools.solvers.result import Result

MAX_TOLD = 30  # names whose possible values the text tells; the certificate has them all
_ADVERBS = {
    "must": "must be true",
    "could": "could be true",
    "cannot": "cannot be true",
    "could_be_false": "could be false",
}
_FITTING = {
    "must": ("must",),
    "could": ("must", "could"),
    "cannot": ("cannot",),
    "could_be_false": ("could", "cannot"),
}


def find(arguments: dict[str, Any], desk: Desk) -> Result:
    """Find the values of the unknowns, and whether they are the only ones."""
    premises = given_premises(arguments.get("constraints") or [], desk)
    theory = Theory(premises, variables=desk.variables)
    listed = list_solutions(theory, arguments["limit"]) if arguments.get("limit") else None
    if listed is not None:
        return listed
    solutions = solve_theory(theory)
    return Result(_found(solutions), certificate=solutions.certificate)


def choose(arguments: dict[str, Any], desk: Desk) -> Result:
    """Say which recorded options must, could or cannot be true."""
    choices = desk_choices(desk)
    if not choices:
        raise ToolError("No option is recorded. Send option(letter, formula) for each first.")
    mode = arguments.get("mode") or "must"
    theory = Theory(desk_premises(desk), choices, desk.variables)
    contradiction = theory.check()
    if contradiction == "unsat":
        uses = theory.conflict()
        certificate = {
            "kind": "choice",
            "mode": mode,
            "value": "Contradiction",
            "uses": _numbers(uses),
        }
        return Result(
            f"The premises contradict each other ({', '.join(uses)}).", certificate=certificate
        )
    return _chosen(theory, mode)


def _found(solutions: Solutions) -> str:
    match solutions.kind:
        case "none":
            return f"none ({_contradicting(solutions.uses)})"
        case "undecided":
            return UNDECIDED
        case "unique":
            only = (f"{name} = {values[0]}" for name, values in solutions.values.items())
            return f"unique: {', '.join(only)}"
        case "several":
            pairs = [_possible(name, values) for name, values in solutions.values.items()]
            more = [f"and {len(pairs) - MAX_TOLD} more names"] if len(pairs) > MAX_TOLD else []
            return f"several: {'; '.join([*pairs[:MAX_TOLD], *more])}"


def _possible(name: str, values: tuple[str, ...]) -> str:
    if len(values) == 1:
        return f"{name} = {values[0]} in all"
    return f"{name} = {', '.join(values[:-1])} or {values[-1]}"


def _contradicting(uses: tuple[str, ...]) -> str:
    if len(uses) < 2:
        return (
            f"{uses[0]} contradicts itself or the declaration"
            if uses
            else "the declaration has no solution"
        )
    return f"{', '.join(uses[:-1])} and {uses[-1]} contradict each other"


def _chosen(theory: Theory, mode: str) -> Result:
    status = {label: _status(theory, claim) for label, claim in theory.claims.items()}
    fitting = [label for label, value in status.items() if value in _FITTING[mode]]
    certificate = {"kind": "choice", "mode": mode, "value": fitting, "options": status}
    if "undecided" in status.values():
        return Result(UNDECIDED, certificate={**certificate, "value": "Undecided"})
    if len(fitting) == 1:
        return Result(
            f"{fitting[0]} (the only option that {_ADVERBS[mode]})", certificate=certificate
        )
    return Result(", ".join(fitting) or "none", certificate=certificate)


def _status(theory: Theory, claim: Any) -> str:
    """must, cannot, or could (true in some solutions only); undecided where the solver gave up."""
    favour = theory.check(claim)
    against = theory.check(theory.negation(claim))
    if "unknown" in (favour, against):
        return "undecided"
    if favour == "unsat":
        return "cannot"
    return "must" if against == "unsat" else "could"


def _numbers(labels: tuple[str, ...]) -> list[int]:
    return [int(label) for label in labels]
