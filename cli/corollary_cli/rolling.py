"""A rollout run as the command describes it: problems, model and store put together.

Guarantees that the plan names its own folder, so that the same plan goes on there. Runs nothing
itself (`corollary_datagen.rollouts.running` does).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corollary_cli.apart import drop_alike
from corollary_cli.console import Output
from corollary_cli.hosting import OWN_MODEL, Hosting
from corollary_cli.progress import Meter, duration, metered
from corollary_cli.runs import run_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corollary_agent.problem import Problem
    from corollary_cli.solver import Solver
    from corollary_datagen.rollouts import RolloutSettings
    from corollary_datagen.rollouts.progress import Progress
    from corollary_datagen.store import Store

_TRIED = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """Which model solves what, how often and how, and what this call may take.

    adaptive: samples is the mean a problem, and the promising ones get more. max_tokens: read and
    written, for models that run here; hosted ones have their own budget. max_minutes: for all.
    apart: evaluation sets that the problems must not be like.
    """

    model: str
    source: str
    split: str
    data: Path | None
    limit: int
    samples: int
    toolkit: str
    temperature: float
    seed: int
    concurrency: int
    retry_errors: bool
    adaptive: bool = False
    max_tokens: int | None = None
    max_minutes: float | None = None
    apart: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder where this run is kept by default; more samples or problems go there too."""
        fixed = {"toolkit": self.toolkit, "temperature": self.temperature, "seed": self.seed}
        name = f"{self.model}-{self.source}-{self.split}"
        return run_folder("rollout", name, {"name": name, **fixed})

    @property
    def repeats_itself(self) -> bool:
        """Whether a model would be asked the same several times; the expert draws by its seed."""
        draws = self.model.partition(":")[0] in ("expert", "scripted", "recorded")
        return self.samples > 1 and self.temperature == 0 and not draws

    @property
    def settings(self) -> RolloutSettings:
        """The settings that the runner takes."""
        from corollary_agent.trace import Sampling
        from corollary_datagen.rollouts import RolloutSettings
        from corollary_datagen.rollouts.adaptive import AdaptiveSettings

        return RolloutSettings(
            samples=self.samples,
            sampling=Sampling(temperature=self.temperature, seed=self.seed),
            concurrency=self.concurrency,
            retry_errors=self.retry_errors,
            adaptive=AdaptiveSettings() if self.adaptive else None,
        )

    def problems(self, output: Output) -> list[Problem]:
        """Load the problems, and drop those that are too like evaluation problems."""
        from corollary_datagen.sources import load_problems

        found = list(
            load_problems(
                self.source, split=self.split, data=self.data, limit=self.limit, seed=self.seed
            )
        )
        apart = drop_alike(found, self.apart, self.data, output)
        return [problem for problem in found if not apart or problem.id not in apart.dropped]


@contextmanager
def opened_run(
    plan: Plan, folder: Path, output: Output, hosting: Hosting
) -> Iterator[tuple[Store, Solver]]:
    """Open the store in `folder` for writing, and the model with its tools."""
    from corollary_cli.solver import opened_solver
    from corollary_datagen.store import open_store

    with (
        open_store(folder) as store,
        opened_solver(plan.model, plan.toolkit, output, hosting) as solver,
    ):
        yield store, solver


def run_plan(plan: Plan, folder: Path, output: Output, hosting: Hosting = OWN_MODEL) -> Progress:
    """Make every rollout that is missing in `folder`, with progress on stderr."""
    from corollary_agent.budget import BudgetReached

    problems = plan.problems(output)
    with opened_run(plan, folder, output, hosting) as (store, solver):
        try:
            return roll(plan, problems, store, solver=solver, output=output)
        except BudgetReached as spent:
            output.next_step(f"corollary grade {folder}")
            raise spent.keeping(f"{store.counts()['traces']} rollouts are in {folder}") from None


def roll(
    plan: Plan, problems: Sequence[Problem], store: Store, *, solver: Solver, output: Output
) -> Progress:
    """Make the plan's rollouts of these problems in an open store."""
    from corollary_agent.budget import Budget
    from corollary_datagen.rollouts import run_rollouts
    from corollary_datagen.rollouts.progress import as_written, by_meaning

    budget = Budget(tokens=plan.max_tokens, minutes=plan.max_minutes, unit="rollouts")
    with metered(output, "rollout", len(problems) * plan.samples) as meter:
        return run_rollouts(
            store,
            solver.agent,
            problems,
            settings=plan.settings,
            on_progress=lambda progress: _tell(meter, progress),
            judge=by_meaning(solver.toolkit.workers) if plan.adaptive else as_written,
            budget=budget,
        )


def estimate(plan: Plan, folder: Path, output: Output, hosting: Hosting = OWN_MODEL) -> str:
    """Say what a run would do; a few problems are solved to tell tokens and time, none is kept."""
    import time

    from corollary_agent.solve import solve
    from corollary_cli.solver import opened_solver

    problems = plan.problems(output)
    began = time.monotonic()
    with opened_solver(plan.model, plan.toolkit, output, hosting) as solver:
        traces = [solve(solver.agent, problem) for problem in problems[:_TRIED]]
    count = len(problems) * plan.samples
    tried = max(1, len(traces))
    tokens = sum(t.usage.input_tokens + t.usage.output_tokens for t in traces) / tried
    steps = sum(len(trace.steps) for trace in traces) / tried
    costs = [t.usage.cost for t in traces if t.usage.cost is not None]
    money = f" for about ${sum(costs) / tried * count:.2f}" if costs else ""
    seconds = (time.monotonic() - began) / tried * count
    lines = [
        *_kept(folder),
        f"{len(problems)} problems x {plan.samples} samples = {count} rollouts into {folder}",
        f"about {steps * count:.0f} model calls and {tokens * count:.0f} tokens{money}",
        f"at most {duration(seconds)} one after the other, less with {plan.concurrency} at once",
        f"judged by {len(traces)} problems; nothing was written",
    ]
    return "\n".join(lines)


def _kept(folder: Path) -> list[str]:
    """What is stored already, where the run was begun."""
    from corollary_datagen.store import open_store

    if not (folder / "run.sqlite").is_file():
        return []
    with open_store(folder, write=False) as store:
        return [f"{store.counts()['traces']} traces are stored and will not be paid for again"]


def _tell(meter: Meter, progress: Progress) -> None:
    if progress.answered:
        meter.facts["right"] = f"{progress.right / progress.answered:.0%}"
    if progress.cost is not None:
        meter.facts["cost"] = f"${progress.cost:.2f}"
    if progress.errors:
        meter.facts["errors"] = str(progress.errors)
    meter.advance(progress.done, progress.total, progress.last_error)
