"""The logic tools inside a worker: recording premises and proving conclusions from them.

Entailment is that of first-order logic with equality in an open world, unless another world is
asked for: Unknown where neither a conclusion nor its negation follows. Answers name the premises
used (none of them can be left out) or show a model of either side. Where the solver gives up the
answer is Undecided.
"""

from __future__ import annotations

from typing import Any

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.formula import parse_formula, render_formula
from corollary_tools.solvers.logic.models import UNDECIDED, describe_model
from corollary_tools.solvers.logic.reading_desk import (
    after_statement,
    check_fits,
    given_premises,
    read_formula,
)
from corollary_tools.solvers.logic.sorts import Labelled
from corollary_tools.solvers.logic.theory import Theory
from corollary_tools.solvers.logic.worlds import World, entail_by_rules
from corollary_tools.solvers.result import Result

MAX_STATEMENTS = 200


def premise(arguments: dict[str, Any], desk: Desk) -> Result:
    """Record the formula of statement `n`; hand over the next statement. Calls no solver."""
    number = arguments["n"]
    last = len(desk.statements) or MAX_STATEMENTS
    if not 1 <= number <= last:
        raise ToolError(f"There is no statement {number}. Send n from 1 to {last}.")
    labelled = Labelled(str(number), parse_formula(arguments["formula"]))
    check_fits(labelled, desk)
    recorded = desk.record(number, render_formula(labelled.formula))
    return Result(after_statement(number, desk), recorded)


def prove(arguments: dict[str, Any], desk: Desk) -> Result:
    """Say whether the conclusion follows, its negation follows, or neither, and from what."""
    premises = given_premises(arguments.get("premises") or [], desk)
    conclusion = read_formula(arguments["conclusion"], "conclusion")
    world: World = arguments.get("world") or "open"
    if world == "open":
        certificate = entail(Theory(premises, [conclusion], desk.variables))
    else:
        certificate = entail_by_rules(premises, conclusion, world)
    return Result(_text(certificate), certificate=certificate)


def entail(theory: Theory) -> dict[str, Any]:
    """The certificate of a theory with one claim: kind, value, uses, and models where Unknown.

    value: True, False, Unknown, Contradiction or Undecided.
    """
    (claim,) = theory.claims.values()
    negation = theory.negation(claim)
    against = theory.check(negation)
    against_uses = theory.conflict(negation) if against == "unsat" else ()
    counter_model = describe_model(theory) if against == "sat" else ""
    favour = theory.check(claim)
    if favour == "unsat" and against == "unsat":
        return _contradiction(theory)
    if against == "unsat":
        return _certificate("True", against_uses)
    if favour == "unsat":
        return _certificate("False", theory.conflict(claim))
    if "unknown" in (favour, against):
        return _certificate("Undecided", ())
    models = {"model": describe_model(theory), "counter_model": counter_model}
    return {**_certificate("Unknown", ()), **models}


def _contradiction(theory: Theory) -> dict[str, Any]:
    if theory.check() != "unsat":
        return _certificate("Undecided", ())
    return _certificate("Contradiction", theory.conflict())


def _certificate(value: str, uses: tuple[str, ...]) -> dict[str, Any]:
    return {"kind": "entailment", "value": value, "uses": [int(label) for label in uses]}


def _text(certificate: dict[str, Any]) -> str:
    uses = ", ".join(str(number) for number in certificate["uses"])
    closed = certificate.get("world") == "closed"
    match certificate["value"]:
        case "True" if uses:
            return f"True (from {uses})"
        case "True":
            return "True (nothing says otherwise)" if closed else "True (it always holds)"
        case "False" if uses:
            return f"False (its negation follows from {uses})"
        case "False":
            return "False (it does not follow)" if closed else "False (it never holds)"
        case "Unknown":
            return "Unknown (neither it nor its negation follows)"
        case "Contradiction":
            return f"The premises contradict each other ({uses})."
    return UNDECIDED
