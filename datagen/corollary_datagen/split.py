"""Splits of a dataset: by problem family, and never with an evaluation problem in training.

Guarantees that no family stands on both sides. What is drawn into the second part depends on the
family's name and the seed alone, so that a family stays on its side when a dataset grows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from corollary_agent.problem import Problem
from corollary_datagen.pair import PreferencePair
from corollary_tools.errors import CorollaryError


def split_pairs(
    pairs: Iterable[PreferencePair], *, share: float, seed: int = 0
) -> tuple[list[PreferencePair], list[PreferencePair]]:
    """Part pairs by family into training ones and about `share` (0 to 1) held out."""
    parts: tuple[list[PreferencePair], list[PreferencePair]] = ([], [])
    for pair in pairs:
        parts[_draw(pair.family, seed) < share].append(pair)
    return parts


def check_apart(
    training: Iterable[Problem | PreferencePair], evaluation: Iterable[Problem]
) -> None:
    """Raise CorollaryError where an evaluation problem, its text or family is trained on.

    Of pairs, the problem's id and family are compared; of problems, the text too.
    """
    known = {name for row in training for name in _names(row)}
    shared = [problem for problem in evaluation if known & set(_names(problem))]
    if shared:
        raise _overlap(shared)


def _names(row: Problem | PreferencePair) -> tuple[tuple[str, str], ...]:
    if isinstance(row, PreferencePair):
        return ("id", row.problem_id), ("family", row.family)
    words = " ".join(row.text.lower().split())
    return ("id", row.id), ("family", row.family), ("text", words)


def _overlap(shared: Sequence[Problem]) -> CorollaryError:
    first = shared[0]
    return CorollaryError(
        f"{len(shared)} evaluation problems are also trained on",
        because=f"the first is {first.id} of family {first.family} ({first.source}, {first.split})",
        remedy="another split for one of the two; a split never parts a family",
    )


def _draw(family: str, seed: int) -> float:
    digest = hashlib.sha256(f"{seed}:{family}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
