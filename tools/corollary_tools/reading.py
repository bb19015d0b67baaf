"""Reading an answer of a wanted kind out of a model's final words, or out of a tool's result.

Guarantees an Answer of the kind that was asked for, its numbers in canonical form, or None where
nothing (or more than one thing) can be read. Never computes what the model left open, and never
judges whether the answer is right (`equivalence` does).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from corollary_tools.answer import Answer, AnswerKind
from corollary_tools.answers.roles import read_roles
from corollary_tools.answers.span import Span, answer_span
from corollary_tools.answers.values import read_expression, read_value, read_values
from corollary_tools.desk import letter

_TRUTHS = {
    "true": "True", "yes": "True", "correct": "True", "false": "False", "no": "False",
    "incorrect": "False", "unknown": "Unknown", "uncertain": "Unknown", "undetermined": "Unknown",
    "cannot be determined": "Unknown", "can not be determined": "Unknown",
    "not enough information": "Unknown",
}  # fmt: skip
_TRUTH = re.compile(rf"\b({'|'.join(map(re.escape, _TRUTHS))})\b", re.IGNORECASE)
_LETTER = re.compile(r"(?<![\w'’])\(?([A-Za-z])(?:\)|\.(?=\s|$)|:|(?=\s*(?:$|\n|,|;|\()))")
_OPTION = re.compile(r"\b(?:option|choice|letter)\s+\(?([A-Z])\b(?!['’])", re.IGNORECASE)


def read_answer(text: str, asks: AnswerKind, options: tuple[str, ...] = ()) -> Answer | None:
    """Read the answer in `text`. options: the texts of a choice, in order. None if unreadable."""
    span = answer_span(text)
    if not span.text:
        return None
    readers: dict[str, Callable[[], str | dict[str, str] | list[str] | None]] = {
        "number": lambda: read_value(span),
        "expression": lambda: read_expression(span),
        "truth": lambda: _read_truth(span, options),
        "choice": lambda: _read_choice(span, options),
        "assignment": lambda: read_roles(span.text),
        "set": lambda: read_values(span),
    }
    value = readers[asks]()
    if value is None:
        return None
    return Answer(kind=asks, value=value, options=options if asks == "choice" else ())


def _read_truth(span: Span, options: tuple[str, ...]) -> str | None:
    """The first truth word after a marker or at the start, else the last one."""
    found = list(_TRUTH.finditer(span.text))
    if not found:
        chosen = _read_choice(span, options) if options else None
        return None if chosen is None else _TRUTHS.get(options[_index(chosen)].strip(". ").lower())
    first = not span.text[: found[0].start()].strip("*_`\"'( \n") or span.marked
    return _TRUTHS[found[0 if first else -1][1].lower()]


def _read_choice(span: Span, options: tuple[str, ...]) -> str | None:
    text = span.text.replace("*", "").strip()
    letters = _letters(text, len(options) or 26)
    if len(letters) == 1:
        return letters.pop()
    named = [i for i, option in enumerate(options) if _stripped(option) in _stripped(text)]
    return letter(named[0]) if len(named) == 1 and not letters else None


def _letters(text: str, count: int) -> set[str]:
    """The option letters in the text; one at its start decides alone."""
    known = {letter(index) for index in range(count)}
    found = list(_OPTION.finditer(text)) or list(_LETTER.finditer(text))
    if (
        found
        and found[0].start() == 0
        and not re.match(r"\s*,\s*\(?[A-Z]\b", text[found[0].end() :])
    ):
        found = found[:1]
    return {match[1].upper() for match in found} & known


def _index(chosen: str) -> int:
    return ord(chosen) - ord("A")


def _stripped(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()
