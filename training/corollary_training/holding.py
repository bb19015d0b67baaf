"""Holding problems out: one rule wherever part of a training split is kept for evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from corollary_agent.problem import Problem
from corollary_datagen.sources import family_split, load_problems


def hold_out(
    problems: Sequence[Problem], count: int, seed: int = 0
) -> tuple[list[Problem], list[Problem]]:
    """Split whole families off until about `count` problems are held out: (the rest, held).

    The same problems and seed always hold out the same ones, so that a student made from a split
    and a loop that evaluates on it agree on what was never trained on.
    """
    if count <= 0:
        return list(problems), []
    return family_split(problems, min(0.9, count / max(1, len(problems))), seed)


def read_whole(
    source: str, *, split: str, data: Path | None, size: int | None, seed: int = 0
) -> list[Problem]:
    """Load a whole split, so that what is held out of it does not depend on how much is used.

    A generated split has no end: there `size` is how many problems are made. From a file come all,
    in the order of the file where `seed` is 0.
    """
    generated = source.partition(":")[0] == "generated"
    return load_problems(
        source, split=split, data=data, limit=size if generated else None, seed=seed
    )
