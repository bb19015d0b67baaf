"""An evaluation that goes on where it was stopped: traces are kept as they come.

Guarantees that a finished problem is never paid for twice and that the record at the end is made
of every stored trace. Problems on which the model failed are tried again. Measures nothing itself
(`corollary_training.evaluate` does).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corollary_cli.console import Output
from corollary_cli.hosting import OWN_MODEL, Hosting
from corollary_cli.progress import Meter, metered
from corollary_cli.runs import run_folder

if TYPE_CHECKING:
    from pydantic import JsonValue

    from corollary_agent.problem import Problem
    from corollary_datagen.store import Store
    from corollary_training.evaluation import Evaluation, Graded

_SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is evaluated on what; concurrency and data's place do not change the result."""

    model: str
    source: str
    split: str
    data: Path | None
    limit: int | None
    toolkit: str
    temperature: float
    seed: int
    concurrency: int

    @property
    def settings(self) -> dict[str, JsonValue]:
        """What must be the same for two parts of one evaluation."""
        chosen = asdict(self)
        return {key: chosen[key] for key in chosen if key not in ("data", "concurrency")}

    @property
    def folder(self) -> Path:
        """The folder where this evaluation is kept by default."""
        return run_folder("evaluate", f"{self.model}-{self.source}-{self.split}", self.settings)


def run_evaluation(
    plan: Plan, folder: Path, output: Output, hosting: Hosting = OWN_MODEL
) -> Evaluation:
    """Evaluate what is missing in `folder` and write evaluation.json of all of it."""
    from corollary_datagen.sources import load_problems
    from corollary_datagen.store import open_store

    problems = load_problems(
        plan.source, split=plan.split, data=plan.data, limit=plan.limit, seed=plan.seed
    )
    with open_store(folder) as store:
        store.configure("evaluate", plan.settings)
        store.add_problems(problems)
        left = _left(store, problems)
        if len(left) < len(problems):
            output.note(f"{len(left)} left, {len(problems) - len(left)} kept")
        if left or not problems:
            with _timed(folder), _kept(store, folder):
                _run(plan, left, store, output, hosting)
        evaluation = _summarised(plan, store, _seconds(folder))
    evaluation.save(folder / "evaluation.json")
    return evaluation


def _run(
    plan: Plan, problems: Sequence[Problem], store: Store, output: Output, hosting: Hosting
) -> None:
    from corollary_agent.trace import Sampling
    from corollary_cli.solver import opened_solver
    from corollary_training.evaluate import evaluate

    right: Counter[str] = Counter()
    with (
        opened_solver(plan.model, plan.toolkit, output, hosting) as solver,
        metered(output, "evaluate", len(problems)) as meter,
    ):

        def keep(graded: Graded) -> None:
            store.add_trace(graded.trace, 0)
            if graded.verdict is not None:
                store.add_verdicts([graded.verdict])
            right[graded.verdict.judgement if graded.verdict else "error"] += 1
            _tell(meter, right, graded.trace.error)

        evaluate(
            solver.agent,
            problems,
            workers=solver.toolkit.workers,
            name=plan.model,
            sampling=Sampling(temperature=plan.temperature, seed=plan.seed),
            concurrency=plan.concurrency,
            on_progress=keep,
        )


def _tell(meter: Meter, counts: Counter[str], error: str | None) -> None:
    judged = counts.total() - counts["error"]
    meter.facts["right"] = f"{counts['CORRECT'] / max(1, judged):.0%}"
    if counts["error"]:
        meter.facts["errors"] = str(counts["error"])
    meter.advance(counts.total(), error=error)


def _left(store: Store, problems: Sequence[Problem]) -> list[Problem]:
    """Problems without a verdict; their stored failures give way to a success."""
    done = {graded.problem.id for graded in store.graded() if graded.verdict is not None}
    return [problem for problem in problems if problem.id not in done]


def _summarised(plan: Plan, store: Store, seconds: float) -> Evaluation:
    from corollary_training.evaluation import Graded, summarise

    graded = [Graded(item.problem, item.trace, item.verdict) for item in store.graded()]
    return summarise(
        graded, name=plan.model, milliseconds=seconds * 1000, concurrency=plan.concurrency
    )


@contextmanager
def _kept(store: Store, folder: Path) -> Iterator[None]:
    """Say with a spent budget how far it went."""
    from corollary_agent.budget import BudgetReached

    try:
        yield
    except BudgetReached as spent:
        raise spent.keeping(f"{store.counts()['traces']} problems are in {folder}") from None


@contextmanager
def _timed(folder: Path) -> Iterator[None]:
    """Add the time spent to what earlier parts of this evaluation took, also when stopped."""
    began, before = time.monotonic(), _seconds(folder)
    try:
        yield
    finally:
        spent = before + time.monotonic() - began
        (folder / _SECONDS).write_text(f"{spent:.3f}\n", encoding="utf-8")


def _seconds(folder: Path) -> float:
    path = folder / _SECONDS
    return float(path.read_text(encoding="utf-8")) if path.exists() else 0.0
