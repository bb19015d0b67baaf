"""Whether a decision rests on what the problem says: a proof, or a choice of an option.

Guarantees that these are found: a conclusion or an option that always holds or never does, and a
proof from one formula alone whose words no statement has: all of them for a plain fact, any of them
for a rule (`forall`, `exists`). Reads calls and results only. Does not say whether a formula means
what its statement does (`readings` compares).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from corollary_agent.problem import Problem
from corollary_agent.trace import Observation
from corollary_datagen.grading.formalisation import Formalisation
from corollary_datagen.grading.formula_words import formula_names
from corollary_datagen.grading.grounding import grounded_share

WHATEVER = ("(it always holds)", "(it never holds)")
"""What a proof ends in that rests on no statement."""

_QUANTIFIERS = ("forall ", "exists ")


def assumed(
    problem: Problem, read: Formalisation, said: Observation, always: Callable[[str], bool | None]
) -> str | None:
    """Say what was decided without the problem's help; None where nothing was.

    read, said: what the last deciding call was asked and got. always: whether a formula holds with
    nothing given; None where nobody can tell.
    """
    if read.asked == "choose":
        return _option(read, said, always)
    if read.asked != "prove":
        return None
    if said.text.split("\n")[0].endswith(WHATEVER):
        return f"{read.question.conclusion} is decided whatever the statements say"
    used = _listed(said, "uses")
    facts = [text for label, text in read.premises if [label] == used]
    if facts and not _is_stated(facts[0], _told(problem, read, used)):
        return f"{facts[0]} is taken as given, and no statement says so"
    return None


def _option(
    read: Formalisation, said: Observation, always: Callable[[str], bool | None]
) -> str | None:
    """Whether the one option that must be true is true whatever the statements say."""
    chosen = _listed(said, "value")
    for letter, formula in read.options:
        if read.question.mode == "must" and [letter] == chosen and always(formula):
            return f"option {letter} is read as {formula}, which always holds"
    return None


def _listed(said: Observation, field: str) -> list[str]:
    """A list in a certificate, as texts."""
    found = (said.certificate or {}).get(field)
    return list(map(str, found)) if isinstance(found, list) else []


def _told(problem: Problem, read: Formalisation, used: list[str]) -> tuple[str, ...]:
    """The statements that a premise may come from: its own where it was read as one."""
    if read.labelled:
        return problem.statements[int(used[0]) - 1 : int(used[0])]
    return problem.statements or (problem.question,)


def _is_stated(formula: str, statements: Iterable[str]) -> bool:
    """Whether one statement has every name of a plain fact, or any name of a rule."""
    names = formula_names(formula)
    most = max((grounded_share(names, statement) for statement in statements), default=0.0)
    return most > 0 if any(word in formula for word in _QUANTIFIERS) else most == 1
