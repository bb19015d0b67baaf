"""What the calls of a trace computed: values that were not put in by hand.

A result counts where its call worked on something that the problem states or an earlier call
computed, and where it is not merely what was sent (`calculate("72")`, `72 * 1`, `x = 72`). What
anybody may bring (`60 + 12`) is enough only in a problem without numbers (`one` apart); later calls
may use it. So a guessed answer cannot be passed through a tool. Reads results and arguments only,
never a model's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from corollary_agent.problem import Problem
from corollary_agent.trace import ToolCall
from corollary_datagen.grading.grounding import COMMON, stated_numbers, written_numbers

Ran = tuple[ToolCall, str]

_SAYING = frozenset(
    {
        "prove", "choose", "premise", "option", "declare", "retract", "scope", "model", "same",
        "equal", "check_answer", "check_step",
    }
)  # fmt: skip
"""Tools whose results say whether something holds: the numbers in them are no values."""

_NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?(?:/\d+)?")
_TRIVIAL = frozenset({Fraction(0), Fraction(1)})


@dataclass(frozen=True, slots=True)
class Computed:
    """values: the numbers computed, as amounts without a sign. parts: the texts of all values."""

    values: frozenset[Fraction]
    parts: tuple[str, ...]


def compute(problem: Problem, ran: Iterable[Ran]) -> Computed:
    """What the calls, in order, computed from the problem."""
    known = set(stated_numbers(problem.text))
    brought = COMMON if known - _TRIVIAL else frozenset[Fraction]()
    values: set[Fraction] = set()
    parts: list[str] = []
    for call, text in ran:
        if call.name not in _SAYING:
            sent = list(_texts(call.arguments))
            numbers = written_numbers(sent)
            fresh = {v for v in numbers_in([text]) if not _is_sent(v, numbers, known)}
            if numbers and numbers <= brought and numbers.isdisjoint(known):
                brought |= fresh
            elif _is_grounded(numbers, known):
                values |= fresh
                known |= fresh
                parts += _new(text, sent, values, problem.text)
    return Computed(frozenset(values), tuple(parts))


def numbers_in(texts: Iterable[str]) -> set[Fraction]:
    """Every number in result texts, exactly; signs do not count for an amount."""
    found = (match for text in texts for match in _NUMBER.findall(text))
    return {abs(value) for value in map(_fraction, found) if value is not None}


def value_texts(text: str) -> Iterator[str]:
    """The values in a result: sides of `x = 2 or x = 3`, the number before `(about ...)`."""
    for part in re.split(r" or |, |\n", re.sub(r"\(about [^)]*\)", "", text)):
        yield part.split(" = ")[-1].strip()


def tight(text: str) -> str:
    """The text without spaces."""
    return "".join(text.split())


def _is_grounded(numbers: frozenset[Fraction], known: set[Fraction]) -> bool:
    """Whether a call worked on a number that is known, or on none but common ones."""
    return not numbers.isdisjoint(known) or numbers <= COMMON


def _is_sent(value: Fraction, numbers: frozenset[Fraction], known: set[Fraction]) -> bool:
    """Whether a value only came back: it was sent, and nothing was done to it that counts."""
    stated = value in known or value in COMMON
    return value in numbers and not (stated and numbers - {value} - _TRIVIAL)


def _new(text: str, sent: Iterable[str], values: set[Fraction], stated: str) -> Iterator[str]:
    """The value texts of a result that were not sent as they are."""
    whole = {tight(part) for one in sent for part in (one, *value_texts(one))}
    for part in value_texts(text):
        numbers = numbers_in([part])
        plain = _NUMBER.fullmatch(part) is not None
        if (numbers <= values) if plain else (tight(part) not in whole or part in stated):
            yield part


def _texts(value: Any) -> Iterator[str]:
    """Every text and number in the arguments of a call."""
    if isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
    elif not isinstance(value, bool) and value is not None:
        yield str(value)


def _fraction(text: str) -> Fraction | None:
    plain = text.replace(",", "")
    try:
        if "." in plain and "/" in plain:
            top, bottom = plain.split("/")
            return Fraction(top) / Fraction(bottom)
        return Fraction(plain)
    except ZeroDivisionError:
        return None
