"""The constraint tools inside a worker: declaring unknowns, recording options, finding solutions.

A solution gives every declared (or, without declarations, every mentioned) name a value. Answers
say whether it is the only one, what all solutions agree on, or which statements contradict each
other. Guarantees names in order of declaration, then of first appearance.
"""

from __future__ import annotations

from typing import Any

from corollary_tools.desk import Desk, Variables
from corollary_tools.errors import ToolError
from corollary_tools.formula import parse_formula, render_formula
from corollary_tools.solvers.domains import build_domains
from corollary_tools.solvers.logic import UNDECIDED
from corollary_tools.solvers.reading_desk import (
    after_statement,
    check_fits,
    desk_choices,
    desk_premises,
    first_unrecorded,
    given_premises,
    option_letters,
)
from corollary_tools.solvers.result import Result
from corollary_tools.solvers.solutions import Solutions, solve_theory
from corollary_tools.solvers.sorts import Labelled
from corollary_tools.solvers.theory import Theory

MAX_NAMES = 200
_ADVERBS = {"must": "must be true", "could": "could be true", "cannot": "cannot be true"}


def declare(arguments: dict[str, Any], desk: Desk) -> Result:
    """Put unknowns on the desk; it reads the first statement that is not recorded yet."""
    variables = checked_variables(arguments)
    number = first_unrecorded(desk)
    declared = desk.declare(variables)
    if number is None:
        return Result(f"Declared {', '.join(variables.names)}.", declared)
    return Result(after_statement(number, desk), declared.record(number, "true"))


def option(arguments: dict[str, Any], desk: Desk) -> Result:
    """Record the formula of an option; hand over the next option."""
    letter = arguments["letter"].strip().strip("()").upper()
    letters = option_letters(desk)
    if letters and letter not in letters:
        raise ToolError(f"There is no option {letter}. Send a letter from A to {letters[-1]}.")
    if len(letter) != 1 or not "A" <= letter <= "Z":
        raise ToolError(f"{letter!r} is no letter of an option. Send one letter, such as A.")
    labelled = Labelled(letter, parse_formula(arguments["formula"]))
    check_fits(labelled, desk)
    recorded = desk.choose(letter, render_formula(labelled.formula))
    return Result(desk.option(ord(letter) - ord("A") + 1), recorded)


def find(arguments: dict[str, Any], desk: Desk) -> Result:
    """Find the values of the unknowns, and whether they are the only ones."""
    premises = given_premises(arguments.get("constraints") or [], desk)
    solutions = solve_theory(Theory(premises, variables=desk.variables))
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


def checked_variables(arguments: dict[str, Any]) -> Variables:
    """The declaration in the call. Raises ToolError: names or values that cannot be."""
    names = tuple(dict.fromkeys(_word(name, "name") for name in arguments["names"]))
    values = tuple(_word(value, "value") for value in arguments.get("values") or [])
    if not names or len(names) > MAX_NAMES:
        raise ToolError(f"Send from 1 to {MAX_NAMES} names.")
    both = set(names) & set(values)
    if both:
        raise ToolError(f"{min(both)} is both a name and a value. Send another word for one.")
    variables = Variables(names=names, values=values, distinct=bool(arguments.get("distinct")))
    _check_room(variables)
    return variables


def _word(text: str, what: str) -> str:
    word = text.strip()
    if not word or len(word) > 60 or any(sign in word for sign in "()[]{},;\n"):
        raise ToolError(f"{text!r} is no {what}. Send plain words, such as blue_book.")
    return word


def _check_room(variables: Variables) -> None:
    values = build_domains((variables,)).groups[0].numbers
    if variables.distinct and len(variables.names) > max(2, len(values)):
        raise ToolError(
            f"{len(variables.names)} names cannot all differ with {max(2, len(values))} values. "
            "Send more values, or distinct=false."
        )


def _found(solutions: Solutions) -> str:
    match solutions.kind:
        case "none":
            return f"none ({_contradicting(solutions.uses)})"
        case "undecided":
            return UNDECIDED
        case "unique":
            pairs = (f"{name} = {values[0]}" for name, values in solutions.values.items())
            return f"unique: {', '.join(pairs)}"
        case "several":
            pairs = (_possible(name, values) for name, values in solutions.values.items())
            return f"several: {'; '.join(pairs)}"


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
    wanted = {"must": ("must",), "could": ("must", "could"), "cannot": ("cannot",)}[mode]
    fitting = [label for label, value in status.items() if value in wanted]
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
