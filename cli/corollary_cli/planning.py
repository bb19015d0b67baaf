"""What `corollary rollout --plan` tells before a run is paid for, from a pilot that is kept.

Guarantees that nothing is paid for twice: the pilot's rollouts are the run's own first ones, and
where enough of them are stored already none is made. `rollouts.forecast` plays the rest.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from corollary_cli.console import Output
from corollary_cli.hosting import Hosting
from corollary_cli.progress import duration
from corollary_cli.rolling import Plan, opened_run, roll

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corollary_agent.trace import Trace
    from corollary_cli.solver import Solver
    from corollary_datagen.rollouts.forecast import Forecast
    from corollary_datagen.store import Store

PILOT = 30
"""How many problems are tried, twice each, before anything is forecast."""


@dataclass(frozen=True, slots=True)
class Told:
    """A forecast for each way to sample. pilot: rollouts that it rests on; made: of these now."""

    forecasts: dict[str, Forecast]
    pilot: int
    made: int
    problems: int


def foretell(plan: Plan, folder: Path, output: Output, hosting: Hosting) -> Told:
    """Make the pilot where it is missing, and play the run from there in both ways."""
    from corollary_datagen.rollouts.adaptive import AdaptiveSettings
    from corollary_datagen.rollouts.forecast import forecast, price_of, standings_of
    from corollary_datagen.rollouts.progress import by_meaning

    problems = plan.problems(output)
    with opened_run(plan, folder, output, hosting) as (store, solver):
        pilot = replace(plan, samples=min(2, plan.samples), adaptive=False)
        made = roll(pilot, problems[:PILOT], store, solver=solver, output=output)
        traces = [*_made(plan, store, solver)]
        standings = standings_of(problems, traces, by_meaning(solver.toolkit.workers))
    ways = {"even": None, "adaptive": AdaptiveSettings()}
    price = price_of(traces)
    forecasts = {
        name: forecast(standings, price, samples=plan.samples, adaptive=way, seed=plan.seed)
        for name, way in ways.items()
    }
    return Told(forecasts, len(traces), made.done - made.kept, len(problems))


def show(told: Told, plan: Plan, folder: Path, output: Output) -> None:
    """Print the forecasts as a table, and what they rest on."""
    head = ("sampling", "rollouts", "contrasted", "pairs", "tokens", "cost", "time", "a pair")
    output.table(head, [_row(name, one, plan) for name, one in told.forecasts.items()])
    output.note(f"judged by {told.pilot} rollouts in {folder}, {told.made} of them made just now")
    output.note("contrasted: problems with a right and a wrong rollout, which pairs need")
    output.note("rollouts, tokens, cost and time are those still to come")


def body(told: Told) -> dict[str, object]:
    """The same for --json."""
    plans = {name: asdict(one) for name, one in told.forecasts.items()}
    return {"problems": told.problems, "pilot": told.pilot, "made": told.made, "plans": plans}


def _row(name: str, one: Forecast, plan: Plan) -> tuple[str, ...]:
    pairs = one.pairs.mean
    if one.cost is not None:
        price = f"${one.cost / pairs:.4f}" if pairs else "-"
    else:
        price = f"{one.tokens / pairs:.0f} tokens" if pairs else "-"
    return (
        name,
        f"{one.rollouts:.0f}",
        f"{one.contrasted.mean:.0f} ({one.contrasted.low:.0f} to {one.contrasted.high:.0f})",
        f"{pairs:.0f} ({one.pairs.low:.0f} to {one.pairs.high:.0f})",
        f"{one.tokens:.0f}",
        "unknown" if one.cost is None else f"${one.cost:.2f}",
        duration(one.seconds / plan.concurrency),
        price,
    )


def _made(plan: Plan, store: Store, solver: Solver) -> Iterable[Trace]:
    """The stored rollouts of this model with these settings."""
    from corollary_agent.graph import agent_identity
    from corollary_datagen.store.store import settings_key

    identity = agent_identity(solver.agent)
    key = settings_key(identity["toolkit"], identity["prompt"], plan.settings.sampling)
    return (trace for _, trace in store.rolled(identity["model"], key))
