"""The answer that formulas establish: what the deciding tool says of them, as an Answer.

A conclusion that is True, False or Unknown; the only option that fits; the only assignment; the
solution of equations. Guarantees None, with the reason, where the tool gave up, the formulas
contradict each other, or they leave more than one answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from corollary_agent.trace import Observation
from corollary_datagen.grading.formalisation import Formalisation
from corollary_tools.answer import Answer, AnswerKind
from corollary_tools.toolkit import Outcome, Toolkit

Told = tuple[Answer | None, str]
_SOLVED: frozenset[AnswerKind] = frozenset({"number", "set", "assignment", "expression"})


def establish(read: Formalisation, asks: AnswerKind, toolkit: Toolkit) -> Told:
    """Ask the deciding tool, and say what it establishes, or why nothing."""
    return established(toolkit.call(read.asked, _arguments(read), read.desk), asks, read)


def established(said: Observation | Outcome, asks: AnswerKind, read: Formalisation) -> Told:
    """What a result of the deciding tool establishes as an answer of a kind, or why nothing."""
    known: Mapping[str, Any] = said.certificate or {}
    if known.get("value") in ("Contradiction", "none"):
        return None, "the premises contradict each other"
    if not known or known.get("value") in ("Undecided", "undecided"):
        return None, "the solver gave up"
    answer = _READERS[read.asked](known, asks, read)
    return answer, "" if answer else "it leaves more than one answer"


def _arguments(read: Formalisation) -> dict[str, Any]:
    asked = read.question
    match read.asked:
        case "prove":
            return {"conclusion": asked.conclusion, "world": asked.world}
        case "choose":
            return {"mode": asked.mode}
        case "solve":
            return {"equations": list(read.equations)}
    return {}


def _proved(known: Mapping[str, Any], asks: AnswerKind, read: Formalisation) -> Answer | None:
    return Answer(kind="truth", value=str(known["value"])) if asks == "truth" else None


def _chosen(known: Mapping[str, Any], asks: AnswerKind, read: Formalisation) -> Answer | None:
    only = asks == "choice" and len(known["value"]) == 1
    return Answer(kind="choice", value=str(known["value"][0])) if only else None


def _found(known: Mapping[str, Any], asks: AnswerKind, read: Formalisation) -> Answer | None:
    values = known.get("assignment")
    return _values([values], asks, read) if isinstance(values, dict) else None


def _solved(known: Mapping[str, Any], asks: AnswerKind, read: Formalisation) -> Answer | None:
    solutions = known.get("solutions")
    return _values(solutions, asks, read) if isinstance(solutions, list) and solutions else None


_READERS: dict[str, Callable[[Mapping[str, Any], AnswerKind, Formalisation], Answer | None]] = {
    "prove": _proved,
    "choose": _chosen,
    "find": _found,
    "solve": _solved,
}


def _values(rows: list[dict[str, Any]], asks: AnswerKind, read: Formalisation) -> Answer | None:
    """The rows of values that fit, as an answer; None where they leave more than one."""
    first = {str(name): str(value) for name, value in rows[0].items()}
    values = [str(value) for row in rows for value in row.values()]
    if asks not in _SOLVED or (len(rows) > 1 and (asks != "set" or len(first) > 1)):
        return None
    if asks == "assignment":
        return Answer(kind="assignment", value=first)
    if asks == "set":
        return Answer(kind="set", value=values)
    only = first.get(read.question.conclusion) or (values[0] if len(values) == 1 else None)
    return None if only is None else Answer(kind=asks, value=only)
