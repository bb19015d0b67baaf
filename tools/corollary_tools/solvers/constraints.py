"""The constraint tools inside a worker: declaring unknowns, recording options, finding solutions.

A solution gives every declared (or, without declarations, every mentioned) name a value. Answers
say whether it is the only one, what all solutions agree on, or which statements contradict each
other. Guarantees names in order of declaration, then of first appearance.
"""

from __future__ import annotations

import re
from typing import Any

from corollary_tools.desk import Desk, Variables
from corollary_tools.errors import ToolError
from corollary_tools.formula import parse_formula, render_formula
from corollary_tools.formulas.tree import Atom
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
MAX_TOLD = 30  # names whose possible values the text tells; the certificate has them all
_ADVERBS = {"must": "must be true", "could": "could be true", "cannot": "cannot be true"}


def declare(arguments: dict[str, Any], desk: Desk) -> Result:
    """Put unknowns on the desk; it reads the first statement that is not recorded yet."""
    variables = checked_variables(arguments)
    number = first_unrecorded(desk)
    declared = desk.declare(variables)
    _check_clash(declared)
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
    names = tuple(dict.fromkeys(_word(name) for name in arguments["names"]))
    if not 1 <= len(names) <= MAX_NAMES:
        raise ToolError(f"Send from 1 to {MAX_NAMES} names.")
    values = tuple(value.strip() for value in arguments.get("values") or ())
    variables = Variables(names=names, values=values, distinct=bool(arguments.get("distinct")))
    _check_room(variables)
    return variables


def _word(text: str) -> str:
    """The text, if a formula would read it as one name. Raises ToolError with one that it would."""
    word = text.strip()
    try:
        if parse_formula(word) == Atom(word):
            return word
    except ToolError:
        pass
    plain = "_".join(re.findall(r"\w+", word)) or "blue_book"
    plain = f"{plain}_1" if plain == word else plain
    raise ToolError(f"{word[:60]!r} is no plain name. Send one without spaces and signs: {plain}.")


def _check_room(variables: Variables) -> None:
    domains = build_domains((variables,))
    for word in domains.words:
        _word(word)
    values = len(domains.groups[0].numbers) or 2
    if variables.distinct and len(variables.names) > values:
        raise ToolError(
            f"{len(variables.names)} names cannot all differ with {values} values. "
            "Send more values, or distinct=false."
        )


def _check_clash(desk: Desk) -> None:
    domains = build_domains(desk.variables)
    both = {name for group in domains.groups for name in group.names} & set(domains.words)
    if both:
        raise ToolError(f"{min(both)} is both a name and a value. Send another word for one.")


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
