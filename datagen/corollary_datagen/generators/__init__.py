"""Generators: problems made by rule, with answers that are right by construction.

They need no file and no network. Guarantees that (family, split, seed, number) decide a problem,
so that a longer list begins with the shorter one, and that splits share no family.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from importlib import import_module
from itertools import cycle, islice

from corollary_agent.problem import Problem
from corollary_datagen.generators.draft import Attempt, Draft, to_problem
from corollary_tools.errors import CorollaryError

FAMILIES = ("stories", "equations", "theories", "orderings", "knights")
Make = Callable[[Attempt], Draft | None]
_TRIES = 100_000


def generate_problems(
    families: Sequence[str] = (), *, split: str = "train", limit: int | None = None, seed: int = 0
) -> list[Problem]:
    """Generate `limit` problems (1000 unless told), the families in turn; all five by default.

    Raises CorollaryError for an unknown family.
    """
    makers = {family: load_maker(family) for family in families or FAMILIES}
    turns = islice(cycle(makers), 1000 if limit is None else limit)
    return [_problem(makers[f], f, (split, seed, number)) for number, f in enumerate(turns)]


def load_maker(family: str) -> Make:
    """The function that drafts problems of one family."""
    if family not in FAMILIES:
        near = get_close_matches(family, FAMILIES, n=2) or FAMILIES
        raise CorollaryError(
            f'unknown family "{family}" of generated problems',
            because=f"the families are {', '.join(FAMILIES)}",
            remedy=f"--source generated:{' or generated:'.join(near)}",
        )
    make: Make = import_module(f"corollary_datagen.generators.{family}").make
    return make


def _problem(make: Make, family: str, key: tuple[str, int, int]) -> Problem:
    split, seed, number = key
    name = f"{family}/{split}/{seed}/{number}"
    rng = random.Random(name)
    for _ in range(_TRIES):
        draft = make(Attempt(rng, random.Random(f"plan/{name}"), family, split))
        if draft is not None:
            return to_problem(draft, family, split, number)
    raise AssertionError(f"no {family} problem for split {split} in {_TRIES} drafts")
