"""One's own problems: JSON Lines or a JSON list, one problem a row.

question and answer are needed (answer may be null); statements, options, asks, family, domain and
id may be there; docs/problems.md says what each holds. Without `asks` the answer's form decides.
"""

from __future__ import annotations

from typing import Any, get_args

from corollary_agent.problem import Domain, Problem
from corollary_datagen.sources.chains import number
from corollary_datagen.sources.families import text_family
from corollary_datagen.sources.row import Row, shown
from corollary_tools.answer import Answer, AnswerKind
from corollary_tools.desk import letter

_TRUTHS = ("true", "false", "unknown")
_DOMAINS: dict[AnswerKind, Domain] = {
    "truth": "logic",
    "choice": "constraints",
    "assignment": "constraints",
}


def read_own(row: Row) -> Problem:
    """One problem of one's own; CorollaryError names the row and field that is not as it should."""
    question, options = row.text("question"), _texts(row, "options")
    statements = _texts(row, "statements")
    asks: AnswerKind = row.one_of("asks", get_args(AnswerKind), _guessed(row, options))
    return Problem(
        id=row.identifier(row.values.get("id")),
        source=row.source,
        split=row.split,
        family=_named(row, "family") or text_family(" ".join((*statements, question))),
        domain=row.one_of("domain", get_args(Domain), _DOMAINS.get(asks, "math")),
        question=question,
        statements=statements,
        options=options if asks == "choice" else (),
        asks=asks,
        answer=_answer(row, asks, options),
        licence=_named(row, "licence") or "unknown",
    )


def _texts(row: Row, field: str) -> tuple[str, ...]:
    return row.texts(field) if row.values.get(field) is not None else ()


def _named(row: Row, field: str) -> str:
    return row.text(field) if row.values.get(field) is not None else ""


def _guessed(row: Row, options: tuple[str, ...]) -> AnswerKind:
    answer = row.get("answer")
    if options:
        return "choice"
    if isinstance(answer, dict):
        return "assignment"
    if isinstance(answer, list):
        return "set"
    if str(answer).lower() in _TRUTHS:
        return "truth"
    return "number" if _is_number(str(answer)) else "expression"


def _is_number(text: str) -> bool:
    return number(text.removeprefix("-")) is not None


def _answer(row: Row, asks: AnswerKind, options: tuple[str, ...]) -> Answer | None:
    given = row.get("answer")
    if given is None:
        return None
    if asks == "choice":
        return Answer(kind=asks, value=_letter(row, str(given), options), options=options)
    try:
        return Answer(kind=asks, value=_value(str(given).title() if asks == "truth" else given))
    except ValueError as error:
        raise row.error("answer", f"{shown(given)} is no answer of the kind {asks}") from error


def _value(given: Any) -> str | list[str] | dict[str, str]:
    if isinstance(given, dict):
        return {str(name): str(value) for name, value in given.items()}
    if isinstance(given, list):
        return [str(value) for value in given]
    return str(given).strip()


def _letter(row: Row, given: str, options: tuple[str, ...]) -> str:
    letters = [letter(i) for i in range(len(options))]
    if given.strip() in letters:
        return given.strip()
    if given in options:
        return letters[options.index(given)]
    raise row.error(
        "answer", f"{shown(given)} is none of {', '.join(letters)} and no option's text"
    )
