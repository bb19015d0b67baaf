"""The least or greatest value of an expression over all solutions, and a solution that has it.

Guarantees that the value is reached by the solution shown and that no solution has a better one,
which is asked of the solver apart from its search for it.
"""

from __future__ import annotations

from typing import Any

import z3

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.formula import parse_term, render_term
from corollary_tools.formulas.tree import Comparison, Number, Term
from corollary_tools.solvers.constraints.solutions import row_of
from corollary_tools.solvers.logic.models import UNDECIDED
from corollary_tools.solvers.logic.reading_desk import given_premises
from corollary_tools.solvers.logic.sorts import Labelled
from corollary_tools.solvers.logic.theory import MILLISECONDS, Theory
from corollary_tools.solvers.result import Result

_GOALS = {"smallest": -1, "largest": 1}
MAX_TOLD = 30
MAX_CLIMBED = 200


def optimise(arguments: dict[str, Any], desk: Desk) -> Result:
    """Find the smallest or largest value of the objective over all solutions."""
    premises = given_premises(arguments.get("constraints") or [], desk)
    objective = _read(arguments["objective"])
    goal = arguments.get("goal") or "largest"
    theory = Theory(premises, [_mention(objective)], desk.variables)
    verdict = theory.check()
    if verdict == "unsat":
        uses = theory.conflict()
        certificate = {"kind": "optimum", "value": "Contradiction", "uses": list(map(int, uses))}
        return Result(
            f"The premises contradict each other ({', '.join(uses)}).", certificate=certificate
        )
    if verdict == "unknown":
        return _undecided()
    return _best(theory, theory.term(objective), (goal, render_term(objective)))


def _read(text: str) -> Term:
    try:
        return parse_term(text)
    except ToolError as error:
        what = str(error).split(" Send a formula")[0].split(" Send one such")[0]
        what = what.replace("The formula is empty", "it is empty")
        raise ToolError(f"The objective: {what} Send one such as 3*a + b.") from error


def _mention(objective: Term) -> Labelled:
    """A formula that makes the objective a number of the theory, and asks nothing of it."""
    return Labelled("objective", Comparison("<=", objective, Number(0)))  # type: ignore[arg-type]


def _best(theory: Theory, objective: Any, asked: tuple[str, str]) -> Result:
    goal, text = asked
    sign = _GOALS[goal]
    bound = _bound(theory, objective, sign)
    if bound is None:
        bound = _climbed(theory, objective, sign)
    if bound is None:
        return _undecided()
    if "oo" in str(bound):
        unbounded = {"kind": "optimum", "goal": goal, "value": "unbounded"}
        return Result(f"none: {text} can be as {_HOW[goal]} as one likes", certificate=unbounded)
    if not z3.is_int_value(bound) and not z3.is_rational_value(bound):
        return _undecided()
    reached = theory.check_with(objective == bound)
    row = row_of(theory, theory.unknowns()) if reached == "sat" else {}
    better = theory.check_with(objective * sign > bound * sign)
    if better != "unsat" or reached == "unknown":
        return _undecided()
    if reached == "unsat":
        missed = {"kind": "optimum", "goal": goal, "value": "not reached"}
        return Result(f"none: {text} comes near to {bound} and never is it", certificate=missed)
    values = {name: theory.value_text(name, value) for name, value in row.items()}
    certificate: dict[str, Any] = {"kind": "optimum", "goal": goal, "value": str(bound)}
    certificate["assignment"] = values
    shown = ", ".join(f"{name} = {value}" for name, value in list(values.items())[:MAX_TOLD])
    return Result(f"the {goal} {text} is {bound}, with {shown}", certificate=certificate)


_HOW = {"smallest": "small", "largest": "large"}


def _bound(theory: Theory, objective: Any, sign: int) -> Any:
    """The bound that z3's optimiser finds; None where it gives up."""
    optimiser = z3.Optimize(ctx=theory.encoder.context)
    optimiser.set("timeout", MILLISECONDS // 2)
    optimiser.add(*theory.solver.assertions(), *theory.premises.values())
    handle = optimiser.maximize(objective) if sign > 0 else optimiser.minimize(objective)
    if str(optimiser.check()) != "sat":
        return None
    bound = handle.upper() if sign > 0 else handle.lower()
    infinite, value, _ = handle.upper_values() if sign > 0 else handle.lower_values()
    return value if str(infinite) == "0" else bound


def _climbed(theory: Theory, objective: Any, sign: int) -> Any:
    """The best value by asking for a better one again and again; None where that does not end."""
    best = None
    with theory.supposing():
        for _ in range(MAX_CLIMBED):
            verdict = theory.check()
            if verdict != "sat":
                return best if verdict == "unsat" else None
            best = theory.model().eval(objective, model_completion=True)
            theory.solver.add(objective * sign > best * sign)
    return None


def _undecided() -> Result:
    return Result(UNDECIDED, certificate={"kind": "optimum", "value": "Undecided"})
