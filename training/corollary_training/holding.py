"""Holding problems out: one rule wherever part of a training split is kept for evaluation."""

from __future__ import annotations

from collections.abc import Sequence

from corollary_agent.problem import Problem
from corollary_datagen.sources import family_split


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
