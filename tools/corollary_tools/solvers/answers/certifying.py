"""Checking answers inside a worker, against formulas or equations instead of a gold answer.

Each check says True, False or None with a reason; see `certificates` for what they mean.
"""

from __future__ import annotations

from typing import Any

import sympy

from corollary_tools.desk import Desk, Variables
from corollary_tools.expression import parse_expression, parse_sides, symbol
from corollary_tools.solvers.answers.comparison import compare
from corollary_tools.solvers.constraints.calls import choose
from corollary_tools.solvers.logic.calls import entail
from corollary_tools.solvers.logic.reading_desk import read_formula
from corollary_tools.solvers.logic.sorts import Labelled
from corollary_tools.solvers.logic.theory import Theory
from corollary_tools.solvers.logic.worlds import entail_by_rules

_UNDEFINED = (sympy.zoo, sympy.nan, sympy.oo)


def certify(request: dict[str, Any]) -> dict[str, Any]:
    """Check one answer: value, reason and, where premises decide, uses."""
    checks = {
        "truth": _truth,
        "choice": _choice,
        "assignment": _assignment,
        "solution": _solution,
    }
    return checks[request["kind"]](request)


def _truth(request: dict[str, Any]) -> dict[str, Any]:
    premises = _premises(request["premises"])
    conclusion = read_formula(request["conclusion"], "conclusion")
    world = request.get("world", "open")
    if world == "open":
        variables = tuple(Variables.model_validate(row) for row in request.get("variables", ()))
        found = entail(Theory(premises, [conclusion], variables))
    else:
        found = entail_by_rules(premises, conclusion, world)
    if found["value"] in ("Undecided", "Contradiction"):
        reason = "the premises contradict each other"
        return {
            "value": None,
            "reason": reason if found["value"] == "Contradiction" else "the solver gave up",
            "uses": found["uses"],
        }
    right = found["value"] == request["answer"]
    return {"value": right, "reason": f"the conclusion is {found['value']}", "uses": found["uses"]}


def _choice(request: dict[str, Any]) -> dict[str, Any]:
    desk = Desk.model_validate(request["desk"])
    found = choose({"mode": request["mode"]}, desk).certificate or {}
    fitting = found["value"]
    if fitting == "Contradiction":
        reason = "the premises contradict each other"
        return {"value": None, "reason": reason, "uses": found["uses"]}
    if fitting == "Undecided":
        return {"value": None, "reason": "the solver gave up"}
    if request["letter"] not in fitting:
        return {"value": False, "reason": f"those that fit are {', '.join(fitting) or 'none'}"}
    if len(fitting) > 1:
        return {"value": None, "reason": f"{', '.join(fitting)} fit"}
    return {"value": True, "reason": "it fits, and no other option does"}


def _assignment(request: dict[str, Any]) -> dict[str, Any]:
    constraints = _premises(request["constraints"])
    variables = tuple(Variables.model_validate(row) for row in request["variables"])
    claim = read_formula(_as_formula(request["assignment"]), "assignment")
    theory = Theory(constraints, [claim], variables)
    (holds,) = theory.claims.values()
    satisfied = theory.check(holds)
    if satisfied == "unsat":
        return _refuted(theory, holds)
    others = theory.check(theory.negation(holds))
    if "unknown" in (satisfied, others):
        return {"value": None, "reason": "the solver gave up"}
    if others == "sat":
        return {"value": None, "reason": "it satisfies the constraints, but others do too"}
    return {"value": True, "reason": "it satisfies the constraints, and nothing else does"}


def _refuted(theory: Theory, holds: Any) -> dict[str, Any]:
    uses = [int(label) for label in theory.conflict(holds)]
    if theory.check() == "unsat":
        return {"value": None, "reason": "the constraints contradict each other", "uses": uses}
    return {"value": False, "reason": "it does not satisfy the constraints", "uses": uses}


def _solution(request: dict[str, Any]) -> dict[str, Any]:
    values = {symbol(name): parse_expression(text) for name, text in request["values"].items()}
    for number, equation in enumerate(request["equations"], start=1):
        operator, left, right = parse_sides(equation)
        holds = relation_holds(operator, left.subs(values), right.subs(values))
        if not holds:
            what = "is not decided" if holds is None else "does not hold"
            return {"value": holds, "reason": f"equation {number} {what}", "uses": [number]}
    return {"value": True, "reason": "every equation holds"}


def relation_holds(operator: str, left: Any, right: Any) -> bool | None:
    """Whether two sides without unknowns stand in the relation; None where it is not decided."""
    if left.has(*_UNDEFINED) or right.has(*_UNDEFINED):
        return False
    same = compare(left, right).value
    if same is False and (left - right).free_symbols:
        return None
    if operator in ("", "=") or same is None:
        return same
    if operator == "!=":
        return not same
    difference = (left - right).evalf(30)
    if not difference.is_number:
        return None
    below = bool(difference < 0) and not same
    return {"<": below, "<=": below or same, ">": not (below or same), ">=": not below}[operator]


def _premises(texts: list[str]) -> list[Labelled]:
    return [read_formula(text, str(number)) for number, text in enumerate(texts, start=1)]


def _as_formula(assignment: dict[str, str]) -> str:
    pairs = (f"({name}) == ({value})" for name, value in assignment.items())
    return " & ".join(pairs) or "true"
