"""Adaptive sampling: after some rollouts of every problem, more of those that promise pairs.

A pair needs a right and a wrong rollout of one problem. What one more rollout of a problem is worth
is what it is expected to add in outcome pairs, given what was seen of the problem and of all others
(a Beta prior fitted to them, so a beta-binomial model of the pass rate). The n-th pair of a problem
counts 1/n: a pair on another problem teaches more than a second one on the same. Guarantees
that a round depends on the outcomes of the rounds before alone, so that a run that was interrupted
goes on as if it had not been. Runs nothing.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, PositiveFloat, PositiveInt

_STRENGTHS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 3.5, 6.0, 12.0, 30.0)
_MEANS = tuple(n / 20 for n in range(1, 20))


class AdaptiveSettings(BaseModel):
    """How rollouts are spread.

    first: rollouts of every problem before any is preferred. most: of one problem. pairs: how many
    outcome pairs of one problem are of use. least: no rollout is made that is expected to
    bring less than this. share: of the problems, at least 8, that one round takes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: PositiveInt = 2
    most: PositiveInt = 16
    pairs: PositiveInt = 2
    least: PositiveFloat = 0.03
    share: PositiveFloat = 0.1


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one problem. drawn counts undecided rollouts and errors too."""

    right: int = 0
    wrong: int = 0
    drawn: int = 0

    def plus(self, right: bool | None) -> Standing:
        """The standing after one more rollout. None: nobody can tell."""
        return Standing(self.right + (right is True), self.wrong + (right is False), self.drawn + 1)

    def pairs(self, most: int) -> int:
        """The outcome pairs that it makes, `most` at the most."""
        return min(self.wrong, most) if self.right else 0

    def value(self, most: int) -> float:
        """What its pairs are worth together: the n-th one 1/n."""
        return sum(1 / (n + 1) for n in range(self.pairs(most)))


class Prior(NamedTuple):
    """A Beta distribution of the pass rate."""

    right: float
    wrong: float


Standings = Mapping[str, Standing]


def fit_prior(standings: Iterable[Standing]) -> Prior:
    """The Beta prior under which the counts are likeliest, of a grid; uniform where none is known.

    Source: the beta-binomial likelihood, whose factor for the order of outcomes is constant.
    """
    likely = likelihoods(standings)
    return max(likely, key=lambda prior: likely[prior]) if likely else Prior(1.0, 1.0)


def likelihoods(standings: Iterable[Standing]) -> dict[Prior, float]:
    """How likely the counts are under each prior of the grid, the likeliest 1; empty for none."""
    counts = Counter((s.right, s.wrong) for s in standings if s.right + s.wrong)
    if not counts:
        return {}
    grid = (Prior(m * k, (1 - m) * k) for m in _MEANS for k in _STRENGTHS)
    logs = {prior: _log_likelihood(prior, counts) for prior in grid}
    most = max(logs.values())
    return {prior: math.exp(log - most) for prior, log in logs.items()}


def worth(standing: Standing, prior: Prior, most: int) -> float:
    """What one more rollout of a problem is expected to add to the value of its pairs."""
    total = standing.right + standing.wrong + prior.right + prior.wrong
    passes = (standing.right + prior.right) / total
    now = standing.value(most)
    after_right = standing.plus(True).value(most) - now
    after_wrong = standing.plus(False).value(most) - now
    if not standing.right + standing.wrong:
        return passes * (1 - passes)  # Two more are needed: half a pair each at the best.
    return passes * after_right + (1 - passes) * after_wrong


def next_round(standings: Standings, settings: AdaptiveSettings, left: int) -> list[str]:
    """The problems that get one more rollout now, the most promising first.

    left: how many rollouts may still be made. Empty where nothing is worth it.
    """
    beginners = [name for name, s in standings.items() if s.drawn < settings.first]
    if beginners:
        return beginners[:left]
    prior = fit_prior(standings.values())
    values: dict[Standing, float] = {}
    for standing in standings.values():
        if standing.drawn < settings.most and standing not in values:
            values[standing] = worth(standing, prior, settings.pairs)
    open_ones = [name for name, s in standings.items() if values.get(s, 0.0) >= settings.least]
    open_ones.sort(key=lambda name: (-values[standings[name]], _order(name)))
    size = max(8, math.ceil(settings.share * len(standings)))
    return open_ones[: min(size, left)]


def _log_likelihood(prior: Prior, counts: Mapping[tuple[int, int], int]) -> float:
    base = _log_beta(prior.right, prior.wrong)
    return sum(
        times * (_log_beta(prior.right + right, prior.wrong + wrong) - base)
        for (right, wrong), times in counts.items()
    )


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _order(name: str) -> str:
    """An order of problems that says nothing of them, the same on every machine."""
    return hashlib.sha256(name.encode()).hexdigest()
