"""Judgements of steps put together: the first wrong step of a trace, and how methods agree on it.

What runs again or computes is a fact and counts; the value of states counts; the comparison with a
right chain counts only where no value says otherwise, because a right chain may go another way.
Judges no step itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import NamedTuple

from corollary_datagen.verdict import StepJudgement, StepMethod, Verdict

METHODS: tuple[StepMethod, ...] = ("calls", "statements", "values", "comparison")


class Agreement(NamedTuple):
    """Of traces on which two methods name a first wrong step: how many, on how many the same."""

    left: StepMethod
    right: StepMethod
    both: int
    same: int


def first_by_method(judgements: Iterable[StepJudgement]) -> dict[StepMethod, int]:
    """The first step that each method calls wrong, for those that call one so."""
    first: dict[StepMethod, int] = {}
    for judged in judgements:
        if judged.judgement == "INCORRECT":
            first[judged.method] = min(judged.step, first.get(judged.method, judged.step))
    return first


def first_wrong(judgements: Iterable[StepJudgement]) -> int | None:
    """The first wrong step of a wrong trace; None where no method names one."""
    found = first_by_method(judgements)
    if "values" in found:
        found.pop("comparison", None)
    return min(found.values(), default=None)


def with_steps(verdict: Verdict, judgements: tuple[StepJudgement, ...]) -> Verdict:
    """The verdict with these judgements of its steps, and what they say is the first wrong one.

    Where they name none, the step that was known stays; a trace that is not wrong has none.
    """
    known = verdict.first_wrong_step
    if verdict.judgement == "INCORRECT":
        found = first_wrong(judgements)
        known = known if found is None else found
    update = {"step_judgements": judgements, "first_wrong_step": known}
    return verdict.model_copy(update=update)


def keep_steps(verdict: Verdict, before: Verdict | None) -> Verdict:
    """A fresh verdict with the step judgements of an older one that judged the trace the same."""
    if before is None or not before.step_judgements or before.judgement != verdict.judgement:
        return verdict
    return with_steps(verdict, before.step_judgements)


def count_agreement(firsts: Iterable[Mapping[StepMethod, int]]) -> list[Agreement]:
    """How often two methods name the same first wrong step, where both name one."""
    both: Counter[tuple[StepMethod, StepMethod]] = Counter()
    same: Counter[tuple[StepMethod, StepMethod]] = Counter()
    for found in firsts:
        for pair in combinations([m for m in METHODS if m in found], 2):
            both[pair] += 1
            same[pair] += found[pair[0]] == found[pair[1]]
    return [Agreement(*pair, both[pair], same[pair]) for pair in both]
