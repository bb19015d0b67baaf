"""Splits of a dataset: by problem family, and never with an evaluation problem in training.

Guarantees that no family stands on both sides. What is drawn into the second part depends on the
family's name and the seed alone, so that a family stays on its side when a dataset grows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import overload

from corollary_agent.problem import Problem
from corollary_datagen.pair import PreferencePair
from corollary_datagen.store.reading import Reader
from corollary_tools.errors import CorollaryError


class Part:
    """The pairs of a store whose families stand on one side. It can be read again and again."""

    def __init__(self, store: Reader, of: Callable[[str], bool]) -> None:
        self._store = store
        self._of = of

    def __iter__(self) -> Iterator[PreferencePair]:
        return self._store.pairs(self._of)


@overload
def split_pairs(pairs: Reader, *, share: float, seed: int = 0) -> tuple[Part, Part]: ...
@overload
def split_pairs(
    pairs: Iterable[PreferencePair], *, share: float, seed: int = 0
) -> tuple[list[PreferencePair], list[PreferencePair]]: ...
def split_pairs(
    pairs: Reader | Iterable[PreferencePair], *, share: float, seed: int = 0
) -> tuple[Iterable[PreferencePair], Iterable[PreferencePair]]:
    """Part pairs by family into training ones and about `share` (0 to 1) held out.

    Those of a store stay there and are read from it as streams; others come back as lists.
    """
    if isinstance(pairs, Reader):
        return (
            Part(pairs, lambda family: _draw(family, seed) >= share),
            Part(pairs, lambda family: _draw(family, seed) < share),
        )
    parts: tuple[list[PreferencePair], list[PreferencePair]] = ([], [])
    for pair in pairs:
        parts[_draw(pair.family, seed) < share].append(pair)
    return parts


def is_held_out(family: str, *, share: float, seed: int = 0) -> bool:
    """Whether `split_pairs` puts what is of this family into the second part."""
    return _draw(family, seed) < share


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
