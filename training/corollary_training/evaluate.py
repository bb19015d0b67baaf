"""Evaluate: run one agent on a set of problems and grade what it did.

Guarantees the same problems, seeds and graph for every model, so that two evaluations can be
compared pairwise; a failure of the model is recorded and never counted as a wrong answer. Does
not store traces: `on_progress` hands each one over with its verdict, for those who keep them.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any

from corollary_agent.budget import BudgetReached
from corollary_agent.graph import Agent
from corollary_agent.problem import Problem
from corollary_agent.solve import solve_many
from corollary_agent.trace import Sampling, Trace
from corollary_datagen.grading.judging import grade
from corollary_tools.errors import CorollaryError
from corollary_tools.worker import Workers
from corollary_training.evaluation import Evaluation, Graded, summarise

__all__ = ["Evaluation", "Graded", "evaluate"]

_GREEDY = Sampling()


def evaluate(
    agent: Agent,
    problems: Sequence[Problem],
    *,
    workers: Workers,
    name: str,
    sampling: Sampling = _GREEDY,
    concurrency: int = 8,
    on_progress: Callable[[Graded], None] | None = None,
) -> Evaluation:
    """Run `agent` on every problem, grade the traces, and return the evaluation.

    workers: where grading happens. name: the model's, as people will read it. concurrency: problems
    under way at once. on_progress: called with each problem, trace and verdict as it is done, in
    the order of finishing. Raises CorollaryError where there is no problem, where two share an id,
    and (exit code 3) where the model failed on every one or its budget is spent: what was done by
    then has been reported. Works inside a running event loop too.
    """
    _check(problems)
    report = on_progress or _ignore

    async def run() -> tuple[list[Graded], float]:
        began = perf_counter()
        with ThreadPoolExecutor(1, thread_name_prefix="grade") as pool:
            grading = _Grading(problems, workers, pool, report)
            try:
                await solve_many(
                    agent,
                    problems,
                    sampling=sampling,
                    concurrency=concurrency,
                    on_trace=grading.start,
                )
            except BudgetReached:
                await grading.settle()
                raise
            solved = perf_counter()
            return await grading.finish(), (solved - began) * 1000

    graded, milliseconds = _run(run())
    evaluation = summarise(graded, name=name, milliseconds=milliseconds, concurrency=concurrency)
    if evaluation.n == 0:
        raise _all_failed(evaluation)
    return evaluation


class _Grading:
    """Grades traces in a thread beside the model as they come in."""

    def __init__(
        self,
        problems: Sequence[Problem],
        workers: Workers,
        pool: ThreadPoolExecutor,
        report: Callable[[Graded], None],
    ) -> None:
        self._problems = {problem.id: problem for problem in problems}
        self._workers = workers
        self._pool = pool
        self._report = report
        self._tasks: dict[str, asyncio.Task[Graded]] = {}
        self._failed: list[asyncio.Task[Graded]] = []

    def start(self, trace: Trace) -> None:
        """Queue one finished trace. Raises what an earlier one failed with: the run ends early."""
        for task in self._failed:
            task.result()
        task = asyncio.create_task(self._grade(trace))
        task.add_done_callback(self._note)
        self._tasks[trace.problem_id] = task

    async def finish(self) -> list[Graded]:
        """Wait for every verdict; they come in the order of the problems."""
        return [await self._tasks[identity] for identity in self._problems]

    async def settle(self) -> None:
        """Wait for the verdicts that are under way."""
        await asyncio.gather(*self._tasks.values())

    async def _grade(self, trace: Trace) -> Graded:
        problem = self._problems[trace.problem_id]
        verdict = None
        if trace.stop != "error":
            loop = asyncio.get_running_loop()
            verdict = await loop.run_in_executor(self._pool, grade, problem, trace, self._workers)
        graded = Graded(problem, trace, verdict)
        self._report(graded)
        return graded

    def _note(self, task: asyncio.Task[Graded]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self._failed.append(task)


def _run(work: Coroutine[Any, Any, tuple[list[Graded], float]]) -> tuple[list[Graded], float]:
    """Run `work` to its end; in a thread of its own where this one runs a loop (notebooks)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1, thread_name_prefix="evaluate") as pool:
        return pool.submit(asyncio.run, work).result()


def _check(problems: Sequence[Problem]) -> None:
    if not problems:
        raise CorollaryError(
            "there is no problem to evaluate on",
            because="the source, split and limit leave none",
            remedy="another split, or a higher limit",
        )
    identity, count = Counter(problem.id for problem in problems).most_common(1)[0]
    if count > 1:
        raise CorollaryError(
            f"problem {identity} is there {count} times",
            because="an evaluation pairs problems by their id",
            remedy="give each problem an id of its own",
        )


def _all_failed(evaluation: Evaluation) -> CorollaryError:
    return CorollaryError(
        f"{evaluation.model} failed on all {evaluation.errors} problems",
        because=evaluation.outcomes[-1].reason,
        remedy="one problem by hand: corollary solve",
        exit_code=3,
    )


def _ignore(graded: Graded) -> None:
    """What is called with each result where nobody listens."""
