"""Orderings: objects in a fixed order, clues, and a choice, as in LogicalDeduction.

Guarantees that the clues leave exactly one order, that no clue is idle when it is given, and that
exactly one option is true. Positions count from 1 = leftmost, oldest, cheapest, first, topmost.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

from pydantic import JsonValue

from corollary_datagen.generators.draft import Attempt, Draft
from corollary_datagen.generators.settings import ORDERINGS, Setting
from corollary_datagen.sources.families import digest
from corollary_tools.answer import Answer
from corollary_tools.desk import letter

_WORDS = {3: "three", 5: "five", 7: "seven"}
# How many objects, by level.
_SIZES = ((3, 5, 7), (3,), (5,), (7,))
_RANKS = ("", "second", "third", "fourth")


@dataclass(frozen=True, slots=True)
class Clue:
    """Object `left` is at `position` (from 1), or before object `right` where there is one."""

    left: int
    right: int | None = None
    position: int = 0

    @property
    def key(self) -> str:
        return f"{self.left}={self.position}" if self.right is None else f"{self.left}<{self.right}"


def make(attempt: Attempt) -> Draft | None:
    """Draft one ordering; None where its family does not belong to the split."""
    rng, size = attempt.rng, attempt.plan.choice(_SIZES[attempt.level])
    order = rng.sample(range(size), size)
    clues = _clues(rng, order)
    asked = _options(rng, order)
    structure = f"{size}:{','.join(sorted(c.key for c in clues))}?{asked[0].position}"
    if not attempt.belongs(structure):
        return None
    setting = rng.choice(ORDERINGS)
    names = rng.sample(setting.objects, size)
    return _worded(rng, (setting, names), (clues, asked, order), structure)


def _clues(rng: random.Random, order: list[int]) -> list[Clue]:
    """True clues, each of which rules something out, until one order is left."""
    size = len(order)
    masks, left, clues = possible(size), (1 << len(_orders(size))) - 1, list[Clue]()
    while left.bit_count() > 1:
        clue = _true_clue(rng, order)
        if left & masks[clue.key] != left:
            left &= masks[clue.key]
            clues.append(clue)
    return clues


def _true_clue(rng: random.Random, order: list[int]) -> Clue:
    place = {thing: index for index, thing in enumerate(order)}
    first, second = rng.sample(range(len(order)), 2)
    if rng.random() < 0.4:
        return Clue(first, position=place[first] + 1)
    return Clue(first, second) if place[first] < place[second] else Clue(second, first)


def _options(rng: random.Random, order: list[int]) -> list[Clue]:
    position = rng.randint(1, len(order))
    return [Clue(thing, position=position) for thing in range(len(order))]


@lru_cache
def possible(size: int) -> dict[str, int]:
    """For each clue the orders of `size` objects in which it holds, as bits of an integer."""
    places = [{thing: i for i, thing in enumerate(order)} for order in _orders(size)]
    clues = [Clue(a, position=k + 1) for a in range(size) for k in range(size)]
    clues += [Clue(a, b) for a in range(size) for b in range(size) if a != b]
    return {clue.key: _bits([_holds(clue, place) for place in places]) for clue in clues}


@lru_cache
def _orders(size: int) -> tuple[tuple[int, ...], ...]:
    return tuple(permutations(range(size)))


def _holds(clue: Clue, place: dict[int, int]) -> bool:
    if clue.right is None:
        return place[clue.left] == clue.position - 1
    return place[clue.left] < place[clue.right]


def _bits(values: list[bool]) -> int:
    return int("".join("1" if value else "0" for value in reversed(values)), 2)


def _worded(
    rng: random.Random,
    world: tuple[Setting, list[str]],
    content: tuple[list[Clue], list[Clue], list[int]],
    structure: str,
) -> Draft:
    (setting, names), (clues, asked, order) = world, content
    right = order[asked[0].position - 1]
    phrase = rng.random() < 0.5
    options = tuple(_said(setting, names, clue, phrase) for clue in asked)
    said = [_said(setting, names, clue, rng.random() < 0.5) for clue in clues]
    return Draft(
        family=f"orderings:{digest(structure)}",
        domain="constraints",
        statements=(_opening(setting, names), *said),
        question="Which of the following is true?",
        options=options,
        answer=Answer(kind="choice", value=letter(right), options=options),
        meta={
            "variables": [_declared(names)],
            "formulas": ["true", *(_formula(names, clue) for clue in clues)],
            "option_formulas": [_formula(names, clue) for clue in asked],
        },
    )


def _opening(setting: Setting, names: list[str]) -> str:
    listed = [f"{_article(name)} {name}" if setting.articles else name for name in names]
    listed[-1] = f"and {listed[-1]}"
    return f"{setting.opening.format(_WORDS[len(names)])}: {', '.join(listed)}."


def _article(name: str) -> str:
    return "an" if name[0] in "aeiou" else "a"


def _said(setting: Setting, names: list[str], clue: Clue, forward: bool) -> str:
    """The clue in words; `forward` counts from the first end and names the smaller one first."""
    if clue.right is not None:
        pair = (clue.left, clue.right) if forward else (clue.right, clue.left)
        relation = setting.between[0 if forward else 1]
        return _capital(f"{_thing(setting, names[pair[0]])} {relation}", names[pair[1]], setting)
    place = _place(setting, clue.position, len(names), forward)
    return _capital(f"{_thing(setting, names[clue.left])} {place}", "", setting)


def _capital(words: str, other: str, setting: Setting) -> str:
    sentence = f"{words} {_thing(setting, other)}." if other else f"{words}."
    return sentence[0].upper() + sentence[1:]


def _thing(setting: Setting, name: str) -> str:
    return f"the {name}" if setting.definite else name


def _place(setting: Setting, position: int, size: int, forward: bool) -> str:
    """The position in words, from the nearer end, or from either in the middle."""
    from_end = size + 1 - position
    near = position < from_end or (position == from_end and forward)
    rank, phrases = (position, setting.low) if near else (from_end, setting.high)
    if rank == 1:
        return phrases[0]
    return phrases[1].format(_RANKS[rank - 1])


def _declared(names: list[str]) -> dict[str, JsonValue]:
    """The declaration that the formulas need: each name is at a place of its own."""
    words: list[JsonValue] = [_word(name) for name in names]
    return {"names": words, "values": [f"1..{len(names)}"], "distinct": True}


def _formula(names: list[str], clue: Clue) -> str:
    left = _word(names[clue.left])
    if clue.right is None:
        return f"{left} == {clue.position}"
    return f"{left} < {_word(names[clue.right])}"


def _word(name: str) -> str:
    return name.lower().replace(" ", "_")
