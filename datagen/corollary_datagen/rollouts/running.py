"""Rollouts: an agent on many problems, several times each, into a store.

Guarantees that only what is missing is run and paid for, that each (problem, sample) has a seed of
its own that does not depend on order or interruptions, and that each trace is on the disk before it
is reported. A failure of the model is stored as a trace with stop `error` and is no wrong answer; a
row of them ends the run, because then the model is not there. A spent budget ends it too, when what
was under way has ended. With adaptive settings the rollouts come in rounds (`adaptive`), and a run
that was interrupted goes on with the rounds that it would have had. Does not grade.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, PositiveInt

from corollary_agent.budget import Budget, BudgetReached
from corollary_agent.graph import Agent, agent_identity
from corollary_agent.problem import Problem
from corollary_agent.solve import asolve, run_together
from corollary_agent.trace import Sampling, Trace
from corollary_datagen.rollouts.adaptive import AdaptiveSettings, Standing, next_round
from corollary_datagen.rollouts.progress import Judge, Progress, Tally, as_written
from corollary_datagen.store.configuration import Settings
from corollary_datagen.store.store import Store, TraceKey, settings_key
from corollary_tools.errors import CorollaryError

Report = Callable[[Progress], None]


class RolloutSettings(BaseModel):
    """How rollouts are made.

    samples: rollouts a problem; with `adaptive` their mean, spread over the problems as it says.
    sampling: for all; its seed is what each rollout's own seed is made from. concurrency: problems
    under way at once. errors: so many failures of the model in a row end the run. retry_errors: do
    those again that ended in an error before; the old trace is kept until a new one succeeds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    samples: PositiveInt = 1
    sampling: Sampling = Sampling()
    concurrency: PositiveInt = 16
    errors: PositiveInt = 10
    retry_errors: bool = False
    adaptive: AdaptiveSettings | None = None


class Job(NamedTuple):
    """One rollout to make."""

    problem: Problem
    sample: int
    sampling: Sampling


def run_rollouts(
    store: Store,
    agent: Agent,
    problems: Sequence[Problem],
    *,
    settings: RolloutSettings,
    on_progress: Report | None = None,
    judge: Judge = as_written,
    budget: Budget | None = None,
) -> Progress:
    """Make every missing rollout and return how it ended. Works inside a running event loop too.

    on_progress: called after each stored trace. judge: whether a rollout came right, None where
    nobody can tell; for the progress and for adaptive sampling. budget: what this call may spend on
    rollouts, whatever the model. Raises CorollaryError where the stored rollouts of this model were
    made with other settings, where the model fails again and again (exit code 3), where a budget is
    spent (BudgetReached) and where the store cannot write; what was reported stays. Ctrl-C passes
    through, likewise.
    """
    work = arun_rollouts(
        store,
        agent,
        problems,
        settings=settings,
        on_progress=on_progress,
        judge=judge,
        budget=budget,
    )
    if not _is_in_a_loop():
        return asyncio.run(work)
    with ThreadPoolExecutor(1, thread_name_prefix="rollout") as pool:
        return pool.submit(asyncio.run, work).result()


async def arun_rollouts(
    store: Store,
    agent: Agent,
    problems: Sequence[Problem],
    *,
    settings: RolloutSettings,
    on_progress: Report | None = None,
    judge: Judge = as_written,
    budget: Budget | None = None,
) -> Progress:
    """Do what `run_rollouts` does, in the running event loop."""
    identity = agent_identity(agent)
    store.configure(f"rollout of {identity['model']}", _kept(identity, settings))
    store.add_problems(problems)
    done = store.done(errors=not settings.retry_errors)
    key = settings_key(identity["toolkit"], identity["prompt"], settings.sampling)
    tally = Tally(len(problems) * settings.samples)
    run = _Run(store, agent, tally, settings, on_progress, judge, budget)

    def is_missing(job: Job) -> bool:
        return TraceKey(job.problem.id, identity["model"], key, job.sample) not in done

    if settings.adaptive is None:
        await run.work(plan_jobs(problems, settings), is_missing)
    else:
        outcomes = _outcomes(store, problems, (identity["model"], key), judge)
        await run.rounds(_Rounds(problems, settings, settings.adaptive), is_missing, outcomes)
    return tally.progress()


def plan_jobs(problems: Sequence[Problem], settings: RolloutSettings) -> Iterator[Job]:
    """Yield every rollout: the first of each problem, then the second of each, and so on."""
    for sample in range(settings.samples):
        for problem in problems:
            yield _job(problem, sample, settings.sampling)


def rollout_seed(seed: int, problem_id: str, sample: int) -> int:
    """The seed of one rollout, 0 to 2**31 - 1, from the run's seed and the rollout's key alone."""
    digest = hashlib.sha256(f"{seed}:{sample}:{problem_id}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


@dataclass(frozen=True, slots=True)
class _Run:
    """One run under way: workers that share a stream of jobs and a tally."""

    store: Store
    agent: Agent
    tally: Tally
    settings: RolloutSettings
    report: Report | None
    judge: Judge
    budget: Budget | None

    async def rounds(
        self, rounds: _Rounds, is_missing: Callable[[Job], bool], known: _Outcomes
    ) -> None:
        """Do round after round; `known` holds the outcomes that were stored before."""
        while jobs := rounds.jobs():
            await self.work(jobs, is_missing, known)
            rounds.note(known)
        self.tally.total = self.tally.done

    async def work(
        self,
        jobs: Iterable[Job],
        is_missing: Callable[[Job], bool],
        outcomes: _Outcomes | None = None,
    ) -> None:
        """Do the jobs that are missing; note the outcomes where they are asked for."""
        listed = list(jobs)
        missing = [job for job in listed if is_missing(job)]
        self.tally.kept += len(listed) - len(missing)
        stream = iter(missing)
        count = self.settings.concurrency
        ended = await run_together([self._worker(stream, outcomes) for _ in range(count)])
        for spent in filter(None, ended):
            raise spent

    async def _worker(
        self, jobs: Iterator[Job], outcomes: _Outcomes | None
    ) -> BudgetReached | None:
        """Do jobs until there are none, or no money."""
        for job in jobs:
            try:
                if self.budget:
                    self.budget.check()
                trace = await asolve(self.agent, job.problem, job.sampling)
            except BudgetReached as spent:
                return spent
            right = self._keep(job, trace)
            if outcomes is not None:
                outcomes[job.problem.id, job.sample] = right
        return None

    def _keep(self, job: Job, trace: Trace) -> bool | None:
        self.store.add_trace(trace, job.sample)
        right = None if trace.stop == "error" else self.judge(job.problem, trace)
        self.tally.count(trace, right)
        if self.budget:
            used = trace.usage.input_tokens + trace.usage.output_tokens
            self.budget.spend(used, trace.usage.cost)
        if self.report:
            self.report(self.tally.progress(trace))
        if self.tally.errors_in_a_row >= self.settings.errors:
            raise _gone(trace, self.tally)
        return right


class _Rounds:
    """The rounds of an adaptive run: who is tried next, from what the rounds before brought."""

    def __init__(
        self, problems: Sequence[Problem], settings: RolloutSettings, adaptive: AdaptiveSettings
    ) -> None:
        self._problems = {problem.id: problem for problem in problems}
        self._standings = dict.fromkeys(self._problems, Standing())
        self._sampling = settings.sampling
        self._adaptive = adaptive
        self._left = len(problems) * settings.samples
        self._jobs: list[Job] = []

    def jobs(self) -> list[Job]:
        """The next round; empty where nothing more is worth it."""
        names = next_round(self._standings, self._adaptive, self._left)
        drawn = [(self._problems[name], self._standings[name].drawn) for name in names]
        self._jobs = [_job(problem, sample, self._sampling) for problem, sample in drawn]
        self._left -= len(names)
        return self._jobs

    def note(self, outcomes: _Outcomes) -> None:
        """Take in how the round that `jobs` gave last came out."""
        for problem, sample, _ in self._jobs:
            right = outcomes.get((problem.id, sample))
            self._standings[problem.id] = self._standings[problem.id].plus(right)


_Outcomes = dict[tuple[str, int], bool | None]


def _outcomes(
    store: Store, problems: Sequence[Problem], settings: tuple[str, str], judge: Judge
) -> _Outcomes:
    """How the stored rollouts of a model with these settings came out."""
    known = {problem.id: problem for problem in problems}
    model, key = settings
    return {
        (trace.problem_id, sample): judge(known[trace.problem_id], trace)
        for sample, trace in store.rolled(model, key)
        if trace.problem_id in known and trace.stop != "error"
    }


def _job(problem: Problem, sample: int, sampling: Sampling) -> Job:
    seed = rollout_seed(sampling.seed, problem.id, sample)
    return Job(problem, sample, sampling.model_copy(update={"seed": seed}))


def _is_in_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _kept(identity: dict[str, str], settings: RolloutSettings) -> Settings:
    """What must not change between runs into one store; more samples or problems may be added."""
    return {
        "toolkit": identity["toolkit"],
        "prompt": identity["prompt"],
        "sampling": settings.sampling.model_dump(mode="json"),
    }


def _gone(trace: Trace, tally: Tally) -> CorollaryError:
    return CorollaryError(
        f"{trace.model} failed {tally.errors_in_a_row} times in a row",
        because=_cause(trace.error),
        remedy=(
            f"see that the model is there, then the same command with --retry-errors; "
            f"{tally.done - tally.errors} of {tally.total} rollouts are done and kept"
        ),
        exit_code=3,
    )


def _cause(error: str | None) -> str:
    """The cause in one line, without what its own message says to try."""
    lines = [line.strip() for line in (error or "no cause was given").splitlines()]
    return " ".join(line for line in lines if not line.startswith("try:"))
