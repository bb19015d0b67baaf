"""Whether two moves mean the same: decided by the solvers, never by how the calls are spelt.

Formulas are compared by logical equivalence, computations by the exact result that they got,
everything else by value. Another spelling of a name is no other meaning: case, underscores, a
plural s, a leading is_. Undecided is None and never makes a pair. Answers are kept, so that a
formula which many chains wrote is compared once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from corollary_datagen.chains.chain import Call, Move
from corollary_tools.equivalence import formulas_equivalent
from corollary_tools.worker import Workers

_FORMULAS = frozenset({"formula", "conclusion", "premises", "constraints"})
_COMPUTING = frozenset({"expression", "equations", "unknowns", "left", "right"})
_UNORDERED = frozenset({"names"})
_NAME = re.compile(r"[^\W\d]\w*")
_WORDS = frozenset({
    "forall", "exists", "all", "some", "and", "or", "not", "implies", "iff", "xor", "true", "false",
})  # fmt: skip
_REMEMBERED = 100_000
"""How many answers are kept at most; a run of a million traces would ask for more."""


class Meanings:
    """Compares moves, and remembers what it compared."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._known: dict[tuple[str, str], bool | None] = {}

    def same(self, left: Move, right: Move) -> bool | None:
        """Whether two moves mean the same; None where that is undecided."""
        if left.message == right.message:
            return True
        if not left.calls and not right.calls:
            return None  # Two answers in words: only the grader can tell.
        if [name for name, _ in left.calls] != [name for name, _ in right.calls]:
            return False
        if left.failed != right.failed:
            return False
        return _all(self._same_calls(left, right))

    def _same_calls(self, left: Move, right: Move) -> Iterable[bool | None]:
        for index, (one, other) in enumerate(zip(left.calls, right.calls, strict=True)):
            if computes(one) and computes(other):
                yield left.results[index : index + 1] == right.results[index : index + 1]
            else:
                yield self._same_arguments(one[1], other[1])

    def _same_arguments(self, left: dict[str, Any], right: dict[str, Any]) -> bool | None:
        names = left.keys() | right.keys()
        return _all(self._same_value(name, left.get(name), right.get(name)) for name in names)

    def _same_value(self, name: str, left: Any, right: Any) -> bool | None:
        if left == right:
            return True
        if name in _FORMULAS:
            return self._same_formulas(_conjunction(left), _conjunction(right))
        if name in _UNORDERED and left and right:
            return sorted(map(_spelt, map(str, left))) == sorted(map(_spelt, map(str, right)))
        return str(left).lower() == str(right).lower()

    def _same_formulas(self, left: str | None, right: str | None) -> bool | None:
        if left is None or right is None:
            return None
        key = (min(left, right), max(left, right))
        try:
            return self._known[key]
        except KeyError:  # Not looked for first: threads share this, and one may have cleared it.
            same = self._compared(*key)
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[key] = same
        return same

    def _compared(self, left: str, right: str) -> bool | None:
        same = formulas_equivalent(left, right, self._workers).value
        spelt = _NAME.sub(_respelt, left), _NAME.sub(_respelt, right)
        if same is False and spelt != (left, right):
            return formulas_equivalent(*spelt, self._workers).value is True
        return same


def _respelt(name: re.Match[str]) -> str:
    return name[0] if name[0].lower() in _WORDS else _spelt(name[0])


def _spelt(name: str) -> str:
    """A name in the one spelling that stands for all of it."""
    plain = name.lower().removeprefix("is_").replace("_", "").replace(" ", "")
    return plain.removesuffix("s") if len(plain) > 3 else plain


def computes(call: Call) -> bool:
    """Whether a call only works something out: what it got is what it means."""
    return bool(call[1]) and call[1].keys() <= _COMPUTING


def _conjunction(value: Any) -> str | None:
    """One formula for a text or a list of texts; None where there is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value:
        return " & ".join(f"({text})" for text in value)
    return None


def _all(answers: Iterable[bool | None]) -> bool | None:
    """False where one is False, else None where one is undecided, else True."""
    found = list(answers)
    if False in found:
        return False
    return None if None in found else True


def call_text(move: Move) -> str:
    """One line that stands for a move's calls, or its words, in counts and reports."""
    if not move.calls:
        return str(move.message.get("content"))
    return "; ".join(f"{name}({json.dumps(arguments)})" for name, arguments in move.calls)
