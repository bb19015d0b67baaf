"""What adaptive sampling brings: pairs from the same number of rollouts, and what was forecast.

The starter tries the same generated problems of five families twice in one run: four rollouts each,
and as many in all spread by what they promise. Counted are problems with a right and a wrong
rollout, and outcome pairs, two a problem at the most. The forecast is made from the first 60
rollouts of the even run, as `corollary rollout --plan` makes it. Takes some minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from benchmarks.figure import Figure
from corollary_agent.graph import build_agent
from corollary_agent.models.load import load_model
from corollary_agent.problem import Problem
from corollary_agent.trace import Sampling, Trace
from corollary_datagen.rollouts import RolloutSettings, run_rollouts
from corollary_datagen.rollouts.adaptive import AdaptiveSettings, Standing
from corollary_datagen.rollouts.forecast import forecast, price_of, standings_of
from corollary_datagen.rollouts.progress import by_meaning
from corollary_datagen.sources import load_problems
from corollary_datagen.store import open_store
from corollary_tools.toolkit import Toolkit, load_toolkit

_FAMILIES = ("equations", "knights", "orderings", "stories", "theories")
_EACH, _SAMPLES, _PILOT, _CAP = 24, 4, 60, 2
_ADAPTIVE = AdaptiveSettings(pairs=_CAP)


def run() -> Iterator[Figure]:
    """Yield what both ways of sampling brought, and what was forecast of them."""
    problems = _problems()
    with load_toolkit("all") as toolkit, TemporaryDirectory() as folder:
        even = _rolled(Path(folder, "even"), toolkit, problems, adaptive=None)
        aimed = _rolled(Path(folder, "aimed"), toolkit, problems, adaptive=_ADAPTIVE)
        told = list(_forecasts(problems, even[:_PILOT], toolkit))
        for name, traces in (("even", even), ("adaptive", aimed)):
            yield from _brought(name, _standings(problems, traces, toolkit), traces)
    yield from told


def _problems() -> list[Problem]:
    """Problems of all families in turn, so that the first ones are of every family."""
    drawn = [load_problems(f"generated:{name}", limit=_EACH, seed=4) for name in _FAMILIES]
    return list(chain.from_iterable(zip(*drawn, strict=True)))


def _rolled(
    folder: Path,
    toolkit: Toolkit,
    problems: Sequence[Problem],
    *,
    adaptive: AdaptiveSettings | None,
) -> list[Trace]:
    agent = build_agent(load_model("starter"), toolkit)
    sampling = Sampling(temperature=0.8, seed=4)
    settings = RolloutSettings(samples=_SAMPLES, sampling=sampling, adaptive=adaptive)
    with open_store(folder) as store:
        judge = by_meaning(toolkit.workers)
        run_rollouts(store, agent, problems, settings=settings, judge=judge)
        return list(store.traces())


def _standings(
    problems: Sequence[Problem], traces: Sequence[Trace], toolkit: Toolkit
) -> dict[str, Standing]:
    return standings_of(problems, traces, by_meaning(toolkit.workers))


def _brought(
    name: str, standings: dict[str, Standing], traces: Sequence[Trace]
) -> Iterator[Figure]:
    pairs = sum(standing.pairs(_CAP) for standing in standings.values())
    contrasted = sum(standing.pairs(1) for standing in standings.values())
    tokens = price_of(traces).tokens * len(traces)
    yield _count(f"{name}: rollouts", len(traces), "rollouts", len(standings))
    yield _count(f"{name}: problems right and wrong", contrasted, "problems", len(standings))
    yield _count(f"{name}: outcome pairs", pairs, "pairs", len(standings))
    yield _count(f"{name}: tokens a pair", tokens / max(1, pairs), "tokens", pairs)


def _forecasts(
    problems: Sequence[Problem], pilot: Sequence[Trace], toolkit: Toolkit
) -> Iterator[Figure]:
    standings, price = _standings(problems, pilot, toolkit), price_of(pilot)
    for name, way in (("even", None), ("adaptive", _ADAPTIVE)):
        told = forecast(standings, price, samples=_SAMPLES, adaptive=way, pairs=_CAP).pairs
        label = f"{name}: outcome pairs forecast from {len(pilot)} rollouts"
        yield Figure(label, told.mean, "pairs", None, "higher", len(pilot), told.low, told.high)


def _count(name: str, value: float, unit: str, n: int) -> Figure:
    return Figure(name, value, unit, None, _better(unit), n, value, value)


def _better(unit: str) -> Literal["lower", "higher"]:
    return "lower" if unit in ("tokens", "rollouts") else "higher"
