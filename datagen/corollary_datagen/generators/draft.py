"""Drafts: what one generator makes before it is known which split it may stand in.

A problem's structure is a text that is the same for problems that differ in wording alone: its hash
is the family. An outline of it, the structure or something coarser, decides by its hash which split
the family belongs to. Guarantees that named splits never share a family: each owns some of 64
slots. A split with another name takes one of eight remaining pairs of slots by its own hash; two
such names may meet in one.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from functools import lru_cache

from pydantic import JsonValue

from corollary_agent.problem import Domain, Problem
from corollary_tools.answer import Answer

_SLOTS = 64
_OWNED = {
    "train": range(0, 32),
    "dev": range(32, 36),
    "validation": range(36, 40),
    "test": range(40, 44),
    "heldout": range(44, 48),
}
_FREE = range(48, _SLOTS, 2)


@dataclass(frozen=True, slots=True)
class Draft:
    """A problem without its place. family: the hash of its structure, with the generator's name."""

    family: str
    domain: Domain
    question: str
    answer: Answer
    statements: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    meta: dict[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a problem.

    `plan` draws the same in many tries, so that what is drawn from it (the size, the label) is not
    skewed by which tries fail; `rng` draws anew. level: 0 all sizes, 1 small, 2 middle, 3 large.
    """

    rng: random.Random
    plan: random.Random
    family: str
    split: str
    level: int = 0

    def belongs(self, outline: str) -> bool:
        """Whether a problem of this outline may stand in the split."""
        return belongs(f"{self.family}/{outline}", self.split)


def belongs(outline: str, split: str) -> bool:
    """Whether families of this outline belong to this split."""
    slot = _hash(outline) % _SLOTS
    return slot in _OWNED[split] if split in _OWNED else slot in _own_slots(split)


def to_problem(draft: Draft, identifier: str, split: str) -> Problem:
    """The problem of a draft."""
    return Problem(
        id=identifier,
        source="generated",
        split=split,
        family=draft.family,
        domain=draft.domain,
        question=draft.question,
        statements=draft.statements,
        options=draft.options,
        asks=draft.answer.kind,
        answer=draft.answer,
        licence="Apache-2.0",
        meta=draft.meta,
    )


@lru_cache
def _own_slots(split: str) -> range:
    first = _FREE[_hash(split) % len(_FREE)]
    return range(first, first + 2)


def _hash(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:16], 16)
