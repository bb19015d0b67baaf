"""Models in a few words: which statements are true in them and which numbers the names have.

A model is a situation in which all premises hold. Guarantees that what is not listed as true, of
the named things, is false in it.
"""

from __future__ import annotations

from typing import Any

import z3

from corollary_tools.desk import Desk
from corollary_tools.solvers.logic.reading_desk import given_premises, read_formula
from corollary_tools.solvers.logic.theory import Theory
from corollary_tools.solvers.result import Result

MAX_CHARACTERS = 240
MAX_LOWERED = 60
UNDECIDED = "Undecided (the solver gave up)"


def describe_model(theory: Theory) -> str:
    """The true atoms over named things in the theory's last model, then the names with values.

    All other atoms over named things are false in it. Cut at 240 characters.
    """
    model = theory.model()
    true = [text for text, atom in theory.atoms if z3.is_true(_value(model, atom))]
    text = f"true: {', '.join(true)}" if true else "nothing is true"
    return _cut(text)


def model(arguments: dict[str, Any], desk: Desk) -> Result:
    """Show a situation in which the premises hold and, where one is given, a formula does not."""
    premises = given_premises(arguments.get("premises") or [], desk)
    against = arguments.get("against") or ""
    claims = [read_formula(against, "conclusion")] if against else []
    theory = Theory(premises, claims, desk.variables)
    denied = [theory.negation(claim) for claim in theory.claims.values()]
    verdict = theory.check(*denied)
    if verdict == "unknown":
        return Result(UNDECIDED, certificate={"kind": "model", "value": "Undecided"})
    if verdict == "unsat":
        return _impossible(theory, denied)
    found = least_model(theory, denied)
    certificate = {"kind": "model", "value": "Consistent", "model": found}
    head = "Counter-model" if against else "Consistent, for example"
    told = in_words(found) or ("all are false" if found else "nothing is named")
    return Result(f"{head}: {told}", certificate=certificate)


def _impossible(theory: Theory, denied: list[Any]) -> Result:
    uses = theory.conflict(*denied)
    listed = ", ".join(uses)
    if denied and theory.check() != "unsat":
        text = f"No counter-model: it follows from {listed}." if uses else "It always holds."
        value = "Follows"
    else:
        uses = theory.conflict() if denied else uses
        listed = ", ".join(uses)
        text = (
            f"The premises contradict each other ({listed})."
            if uses
            else "The declaration has no solution."
        )
        value = "Contradiction"
    certificate = {"kind": "model", "value": value, "uses": [int(label) for label in uses]}
    return Result(text, certificate=certificate)


def least_model(theory: Theory, denied: list[Any]) -> dict[str, str]:
    """The values of all names in one model in which the claims do not hold, few of them true.

    Only after `check` of the claims said `sat`. True facts about things without a name are told of
    `thing 1`, `thing 2`, ...
    """
    unknowns = theory.unknowns()
    atoms = dict(theory.atoms)
    fixed = list(denied)
    row = _row(theory, unknowns)
    for name in [name for name in row if name in atoms][:MAX_LOWERED]:
        if z3.is_true(row[name]):
            lower = [*fixed, z3.Not(atoms[name])]
            if theory.check_with(*lower) == "sat":
                row, fixed = _row(theory, unknowns), lower
            else:
                theory.check_with(*fixed)
        else:
            fixed.append(z3.Not(atoms[name]))
    values = {name: theory.value_text(name, value) for name, value in row.items()}
    model = theory.model()
    return {
        **values,
        **{text: "true" for text, atom in theory.unnamed(model) if z3.is_true(_value(model, atom))},
    }


def in_words(values: dict[str, str]) -> str:
    """`age = 4, likes(ann, bob)`; what is false goes unsaid."""
    plain = [
        f"{name} = {value}" for name, value in values.items() if value not in ("true", "false")
    ]
    true = [name for name, value in values.items() if value == "true"]
    return _cut(", ".join([*plain, *true]))


def _row(theory: Theory, unknowns: dict[str, Any]) -> dict[str, Any]:
    found = theory.model()
    return {name: _value(found, unknown) for name, unknown in unknowns.items()}


def _cut(text: str) -> str:
    return text if len(text) <= MAX_CHARACTERS else f"{text[: MAX_CHARACTERS - 3]}..."


def _value(model: z3.ModelRef, expression: Any) -> Any:
    return model.eval(expression, model_completion=True)
