"""Running an agent: on one problem, on many at once, or on from where a stored run stopped.

Guarantees a Trace for every problem, whatever happened in it: a failure of the model is the trace's
stop reason `error`, with its cause. Does not grade, store or print.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from langchain_core.runnables import RunnableConfig

from corollary_agent.approval import replaced_calls
from corollary_agent.budget import BudgetReached
from corollary_agent.graph import Agent
from corollary_agent.problem import Problem
from corollary_agent.state import AgentInput
from corollary_agent.trace import Sampling, ToolCall, Trace
from corollary_tools.errors import CorollaryError

_SAMPLING = Sampling()
Result = TypeVar("Result")


def solve(
    agent: Agent,
    problem: Problem,
    sampling: Sampling = _SAMPLING,
    *,
    config: RunnableConfig | None = None,
) -> Trace:
    """Solve one problem. config: names the thread where the agent has a checkpointer."""
    return trace_of(agent.invoke(agent_input(problem, sampling), config))


async def asolve(
    agent: Agent,
    problem: Problem,
    sampling: Sampling = _SAMPLING,
    *,
    config: RunnableConfig | None = None,
) -> Trace:
    """Solve one problem without blocking the event loop."""
    return trace_of(await agent.ainvoke(agent_input(problem, sampling), config))


def resume(agent: Agent, config: RunnableConfig) -> Trace:
    """Go on with the run of a thread that was interrupted, in this process or in another."""
    return trace_of(agent.invoke(None, config))


def edit_calls(agent: Agent, config: RunnableConfig, calls: Sequence[ToolCall]) -> None:
    """Put `calls` in place of those that a run, stopped before its tools, was about to make.

    The history will show the edited calls as the model's own, so that calls and results agree; the
    proposed ones are kept as an attempt of the step.
    The run is stopped there by `agent.invoke(agent_input(...), config, interrupt_before=["tools"])`
    and gone on with by `resume`.
    """
    state: Any = agent.get_state(config).values
    agent.update_state(config, replaced_calls(state, calls), as_node="act")


async def solve_many(
    agent: Agent,
    problems: Iterable[Problem],
    *,
    sampling: Sampling | Sequence[Sampling] = _SAMPLING,
    concurrency: int = 16,
    on_trace: Callable[[Trace], None] | None = None,
) -> list[Trace]:
    """Solve `problems`, up to `concurrency` at once; return the traces in their order.

    sampling: one for all, or one for each. on_trace: called in the event loop as each run ends; an
    exception it raises ends everything and is raised here. Raises BudgetReached when all that was
    under way has ended.
    """
    jobs = enumerate(_paired(problems, sampling))
    traces: dict[int, Trace] = {}
    spent: list[BudgetReached] = []

    async def work() -> None:
        for index, (problem, drawn) in jobs:
            try:
                traces[index] = await asolve(agent, problem, drawn)
            except BudgetReached as error:
                spent.append(error)
                return
            if on_trace is not None:
                on_trace(traces[index])

    await run_together([work() for _ in range(max(1, concurrency))])
    if spent:
        raise spent[0]
    return [traces[index] for index in sorted(traces)]


def agent_input(problem: Problem, sampling: Sampling = _SAMPLING) -> AgentInput:
    """Return what the graph is invoked with, as plain JSON."""
    return {
        "problem": problem.model_dump(mode="json"),
        "sampling": sampling.model_dump(mode="json"),
    }


def trace_of(output: Any) -> Trace:
    """Return the trace in a graph's output. Raises CorollaryError for a run that has not ended."""
    trace = output.get("trace") if isinstance(output, dict) else None
    if trace is None:
        raise CorollaryError(
            "this run has no trace yet",
            because="it was interrupted before it ended",
            remedy="resume(agent, config) with the config of its thread",
        )
    return Trace.model_validate(trace)


def _paired(
    problems: Iterable[Problem], sampling: Sampling | Sequence[Sampling]
) -> Iterator[tuple[Problem, Sampling]]:
    if isinstance(sampling, Sampling):
        return ((problem, sampling) for problem in problems)
    return zip(problems, sampling, strict=True)


async def run_together(work: Sequence[Coroutine[Any, Any, Result]]) -> list[Result]:
    """Run coroutines side by side; the first exception cancels the rest and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in work]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
