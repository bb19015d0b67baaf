"""Whether two answers are the same answer: exactly where possible, None where nobody can tell.

The left answer is the known one: a decimal there may be rounded (the rule is in `rounding`).
Truth values, choices, plain numbers and what is made of them are decided here; other expressions
go to a worker. A timeout is None, never False. Does not read answers out of text (`reading`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from corollary_tools.answer import Answer
from corollary_tools.desk import letter
from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import read_number
from corollary_tools.expressions.rounding import agrees
from corollary_tools.worker import Workers

SECONDS = 5.0  # for one comparison of two expressions

_TRUE = frozenset(("true", "t", "yes", "knight", "truth-teller", "1"))
_FALSE = frozenset(("false", "f", "no", "knave", "liar", "0"))
_NUMERAL = re.compile(r"[-+−]?\s*(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:\s*/\s*\d+)?")
_NUMERIC = frozenset(("number", "expression"))


@dataclass(frozen=True, slots=True)
class Equivalence:
    """value: the same, not the same, or None for undecided; reason: why, in a few words."""

    value: bool | None
    reason: str


def equivalent(left: Answer, right: Answer, workers: Workers) -> Equivalence:
    """Whether `right` is the answer that is known as `left`. Never raises for what they hold."""
    if left.kind != right.kind and not {left.kind, right.kind} <= _NUMERIC:
        return Equivalence(None, f"a {left.kind} and a {right.kind} cannot be compared")
    if isinstance(left.value, dict) and isinstance(right.value, dict):
        return _same_assignment(left.value, right.value)
    if isinstance(left.value, list) and isinstance(right.value, list):
        return _same_set(left.value, right.value, workers)
    if left.kind == "choice":
        return _same_word(_letter(left), _letter(right))
    if left.kind == "truth":
        return _same_word(left.text, right.text)
    return _same_value(left.text, right.text, workers)


def formulas_equivalent(left: str, right: str, workers: Workers) -> Equivalence:
    """Whether two formulas say the same in every model (z3). None where one cannot be read."""
    if left == right:
        return Equivalence(True, "the same formula")
    return _asked("formulas_equivalent", (left, right), workers)


def _asked(service: str, texts: tuple[str, str], workers: Workers) -> Equivalence:
    request = dict(zip(("left", "right"), texts, strict=True))
    try:
        reply = workers.call(service, request, seconds=SECONDS)
    except ToolError as error:
        return Equivalence(None, str(error))
    return Equivalence(reply["value"], reply["reason"])


def _same_value(left: str, right: str, workers: Workers) -> Equivalence:
    """Two answers as people write them; plain numerals are decided here."""
    plain = _NUMERAL.fullmatch(left.strip()) and _NUMERAL.fullmatch(right.strip())
    known, given = (read_number(left), read_number(right)) if plain else (None, None)
    if known is None or given is None:
        return _asked("equivalent", (left, right), workers)
    if agrees(left, known, given):
        return Equivalence(True, "the same number" if known == given else f"it rounds to {left}")
    return Equivalence(False, f"{right} is not {left}")


def _same_word(left: str, right: str) -> Equivalence:
    same = left.strip().casefold() == right.strip().casefold()
    return Equivalence(same, f"{right} is {'' if same else 'not '}{left}")


def _letter(answer: Answer) -> str:
    """The letter of a choice, also where the text of the option was given."""
    text = answer.text.strip().strip("().")
    options = [option.strip().casefold() for option in answer.options]
    return letter(options.index(text.casefold())) if text.casefold() in options else text


def _same_assignment(left: dict[str, str], right: dict[str, str]) -> Equivalence:
    known, given = _plain(left), _plain(right)
    if known.keys() != given.keys():
        odd = sorted(known.keys() ^ given.keys())
        return Equivalence(False, f"only one of them says what {odd[0]} is")
    for name, value in known.items():
        if not _same_role(value, given[name]):
            return Equivalence(False, f"{name} is {given[name]} and not {value}")
    return Equivalence(True, "the same for every name")


def _plain(values: dict[str, str]) -> dict[str, str]:
    """Names and values without case; a space in a name is the same as _."""
    return {
        name.strip().casefold().replace(" ", "_"): value.strip().casefold()
        for name, value in values.items()
    }


def _same_role(left: str, right: str) -> bool:
    """Two values of an assignment: words, truth values with their synonyms, numbers."""
    if left == right or any({left, right} <= words for words in (_TRUE, _FALSE)):
        return True
    number = read_number(left)
    return number is not None and number == read_number(right)


def _same_set(left: list[str], right: list[str], workers: Workers) -> Equivalence:
    """Pair the elements one to one; repeated elements count once."""
    known, given = _distinct(left), _distinct(right)
    if len(known) != len(given):
        return Equivalence(False, f"{len(given)} values, and not {len(known)}")
    undecided = False
    for value in known:
        verdicts = [_same_value(value, other, workers).value for other in given]
        if True in verdicts:
            given.pop(verdicts.index(True))
        elif None in verdicts:
            given.pop(verdicts.index(None))
            undecided = True
        else:
            return Equivalence(False, f"{value} is not among them")
    return Equivalence(None if undecided else True, "undecided" if undecided else "the same values")


def _distinct(texts: Iterable[str]) -> list[str]:
    """The texts without repetitions, by value where they are plain numbers."""
    return list({read_number(text) or text: text for text in texts}.values())
