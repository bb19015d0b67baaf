"""Generators: problems made by rule, with answers that are right by construction.

They need no file and no network. Guarantees that (family, split, seed, number) decide a problem,
so that a longer list begins with the shorter one, and that splits share no family.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from itertools import cycle, islice

from corollary_agent.problem import Problem
from corollary_datagen.generators.draft import Attempt, Draft, to_problem
from corollary_tools.errors import CorollaryError

FAMILIES = ("stories", "equations", "theories", "orderings", "knights")
Make = Callable[[Attempt], Draft | None]
_TRIES = 10_000
# After so many tries another size is drawn: a split's share of the small ones may be empty.
_PATIENCE = 300


def generate_problems(
    families: Sequence[str] = (), *, split: str = "train", limit: int | None = None, seed: int = 0
) -> list[Problem]:
    """Generate `limit` problems (1000 unless told), the families in turn; all five by default.

    A family may carry a level: "theories@1" small, "@2" middle, "@3" large; all sizes without.
    Raises CorollaryError for an unknown family or level, and where a split's share of a family
    turns out to be empty.
    """
    kinds = [_kind(name) for name in families or FAMILIES]
    turns = islice(cycle(kinds), 1000 if limit is None else limit)
    return [_problem(kind, (split, seed, number)) for number, kind in enumerate(turns)]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A family at a level, and what makes its problems."""

    name: str
    family: str
    level: int
    make: Make


def _kind(name: str) -> _Kind:
    family, _, level = name.partition("@")
    if family not in FAMILIES or level not in ("", "1", "2", "3"):
        near = get_close_matches(family, FAMILIES, n=2) or FAMILIES
        raise CorollaryError(
            f'unknown family "{name}" of generated problems',
            because=f"the families are {', '.join(FAMILIES)}, each also with @1, @2 or @3",
            remedy=f"--source generated:{' or generated:'.join(near)}",
        )
    make: Make = import_module(f"corollary_datagen.generators.{family}").make
    return _Kind(name, family, int(level or 0), make)


def _problem(kind: _Kind, key: tuple[str, int, int]) -> Problem:
    split, seed, number = key
    name = f"{kind.name}/{split}/{seed}/{number}"
    rng = random.Random(name)
    for tried in range(_TRIES):
        plan = random.Random(f"plan/{name}/{tried // _PATIENCE}")
        draft = kind.make(Attempt(rng, plan, kind.family, split, kind.level))
        if draft is not None:
            return to_problem(draft, f"generated/{name}", split)
    raise CorollaryError(
        f'no {kind.name} problem for the split "{split}"',
        because=f"none of {_TRIES} drafts belongs to it: the family is too small for its share",
        remedy="another name for the split, or another level",
    )
