"""What a run would bring before it is paid for: pairs, rollouts, tokens, money and time.

Draws how pass rates are spread over problems, by how well that explains what was seen; then the
rate of every problem, by its own rollouts where there are some; and plays the run by the rules that
the run itself follows. Guarantees nothing about problems that are unlike those that were tried. An
outcome pair is counted for each wrong rollout of a problem that has a right one, up to a cap: what
the builder of pairs leaves out after that (twins, chains that stopped early) is not forecast.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from corollary_agent.budget import add_costs
from corollary_agent.problem import Problem
from corollary_agent.trace import Trace
from corollary_datagen.rollouts.adaptive import (
    AdaptiveSettings,
    Prior,
    Standing,
    likelihoods,
    next_round,
)
from corollary_datagen.rollouts.progress import Judge

_PLAYS = 20
Standings = Mapping[str, Standing]


@dataclass(frozen=True, slots=True)
class Price:
    """What one rollout takes on the average. cost: US dollars, None where no price is known."""

    tokens: float
    cost: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Expected:
    """The mean over all plays, the least and the most."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run will have brought at its end, and what it takes from now on.

    rollouts, tokens, cost, seconds: still to come, the seconds one after the other. contrasted:
    problems with a right and a wrong rollout. pairs: outcome pairs.
    """

    rollouts: float
    contrasted: Expected
    pairs: Expected
    tokens: float
    cost: float | None
    seconds: float


def price_of(traces: Iterable[Trace]) -> Price:
    """The mean price of the rollouts that did not end in an error; nothing where there are none."""
    rows = [trace.usage for trace in traces if trace.stop != "error"]
    if not rows:
        return Price(0.0, None, 0.0)
    cost = add_costs(*(row.cost for row in rows))
    return Price(
        tokens=fmean(row.input_tokens + row.output_tokens for row in rows),
        cost=None if cost is None else cost / len(rows),
        seconds=fmean(row.model_milliseconds + row.tool_milliseconds for row in rows) / 1000,
    )


def standings_of(
    problems: Sequence[Problem], traces: Iterable[Trace], judge: Judge
) -> dict[str, Standing]:
    """How every problem stands after these traces; one that was not tried at nothing."""
    known = {problem.id: problem for problem in problems}
    standings = dict.fromkeys(known, Standing())
    for trace in traces:
        if trace.problem_id in known:
            right = None if trace.stop == "error" else judge(known[trace.problem_id], trace)
            standings[trace.problem_id] = standings[trace.problem_id].plus(right)
    return standings


def forecast(
    standings: Standings,
    price: Price,
    *,
    samples: int,
    adaptive: AdaptiveSettings | None = None,
    pairs: int = 2,
    seed: int = 0,
) -> Forecast:
    """Play a run from where it stands to its end.

    standings: of every problem, Standing() where it was not tried. samples: rollouts a problem,
    with adaptive settings their mean. pairs: how many outcome pairs of one problem count.
    """
    draw, likely = random.Random(seed), likelihoods(standings.values()) or {Prior(1.0, 1.0): 1.0}
    ends = []
    for prior in draw.choices([*likely], [*likely.values()], k=_PLAYS):
        play = _Play(standings, prior, draw)
        if adaptive is None:
            play.evenly(samples)
        else:
            play.by_rounds(samples * len(standings), adaptive)
        ends.append(play)
    return _summed(ends, price, pairs)


class _Play:
    """One run as it might go."""

    def __init__(self, standings: Standings, prior: Prior, draw: random.Random) -> None:
        self.standings = dict(standings)
        self.drawn = 0
        self._draw = draw
        self._rates = {
            name: draw.betavariate(s.right + prior.right, s.wrong + prior.wrong)
            for name, s in standings.items()
        }

    def evenly(self, samples: int) -> None:
        for name in self.standings:
            while self.standings[name].drawn < samples:
                self._roll(name)

    def by_rounds(self, most: int, adaptive: AdaptiveSettings) -> None:
        left = most - sum(standing.drawn for standing in self.standings.values())
        while names := next_round(self.standings, adaptive, left):
            left -= len(names)
            for name in names:
                self._roll(name)

    def _roll(self, name: str) -> None:
        right = self._draw.random() < self._rates[name]
        self.standings[name] = self.standings[name].plus(right)
        self.drawn += 1


def _summed(ends: Sequence[_Play], price: Price, pairs: int) -> Forecast:
    rollouts = fmean(play.drawn for play in ends)
    finals = [play.standings.values() for play in ends]
    return Forecast(
        rollouts=rollouts,
        contrasted=_expected([sum(s.pairs(1) for s in final) for final in finals]),
        pairs=_expected([sum(s.pairs(pairs) for s in final) for final in finals]),
        tokens=rollouts * price.tokens,
        cost=None if price.cost is None else rollouts * price.cost,
        seconds=rollouts * price.seconds,
    )


def _expected(values: Sequence[float]) -> Expected:
    return Expected(fmean(values), min(values), max(values))
