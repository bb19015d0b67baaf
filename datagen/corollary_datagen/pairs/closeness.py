"""How close a wrong chain came to a right one: from 0, nothing alike, to 1.

A near miss teaches what matters; a chain that broke at once, or answered nothing, teaches form.
Half of the measure says whether a chain is such a silly one, the other half weighs the history they
share, the edit distance over the moves, and how near the answer is in kind and value. Compares by
form, not by meaning, and decides nothing about right and wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Sequence
from fractions import Fraction

from corollary_datagen.chains.chain import Chain, Move
from corollary_tools.answer import Answer

_NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?(/\d{1,40})?")


def closeness(right: Chain, wrong: Chain, shared: int) -> float:
    """Measure `wrong` against `right`. shared: how many moves they have in common at first."""
    longest = max(len(right.moves), len(wrong.moves), 1)
    moves = 1 - _distance(_keys(right.moves), _keys(wrong.moves)) / longest
    answer = _nearness(right.trace.answer, wrong.trace.answer)
    likeness = (shared / longest + moves + answer) / 3
    return likeness / 2 + (0.0 if is_silly(wrong) else 0.5)


def is_silly(chain: Chain) -> bool:
    """Whether a chain answers nothing, or answers without one call that ran."""
    ran = any(move.calls and not move.failed for move in chain.moves)
    return chain.trace.answer is None or not ran


def _keys(moves: Sequence[Move]) -> list[tuple[Hashable, ...]]:
    """Of each move its tools, and the tools with all that it said."""
    return [
        (tuple(name for name, _ in move.calls), json.dumps([move.calls, _words(move)]))
        for move in moves
    ]


def _words(move: Move) -> str:
    return "" if move.calls else str(move.message.get("content"))


def _distance(left: Sequence[tuple[Hashable, ...]], right: Sequence[tuple[Hashable, ...]]) -> float:
    """The edit distance; another use of the same tool is half a change."""
    before = [float(n) for n in range(len(right) + 1)]
    for row, one in enumerate(left, start=1):
        now = [float(row)]
        for column, other in enumerate(right, start=1):
            change = 0.0 if one == other else 0.5 if one[0] == other[0] else 1.0
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + change))
        before = now
    return before[-1]


def _nearness(gold: Answer | None, answer: Answer | None) -> float:
    """How near an answer is: nothing for another kind, half for the kind, the rest by value."""
    if gold is None or answer is None or gold.kind != answer.kind:
        return 0.0
    if isinstance(gold.value, dict) and isinstance(answer.value, dict):
        names = gold.value.keys() | answer.value.keys()
        same = sum(gold.value.get(name) == answer.value.get(name) for name in names)
        return 0.5 + same / (2 * max(1, len(names)))
    if gold.kind == "set":
        ours, theirs = set(map(str, gold.value)), set(map(str, answer.value))
        return 0.5 + len(ours & theirs) / (2 * max(1, len(ours | theirs)))
    apart = _apart(gold.text, answer.text)
    return 0.5 if apart is None else 0.5 + 0.5 / (1 + apart)


def _apart(gold: str, answer: str) -> float | None:
    """How far two numbers are apart, by the size of the first; None where one is no number."""
    if not (_NUMBER.fullmatch(gold) and _NUMBER.fullmatch(answer)):
        return None
    try:
        one, other = Fraction(gold), Fraction(answer)
    except (ValueError, ZeroDivisionError):
        return None
    apart = abs(one - other) / max(abs(one), Fraction(1))
    return float(min(apart, Fraction(10**9)))
