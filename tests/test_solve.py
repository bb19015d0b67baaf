"""Solving one and many, sync and async, and watching a run as it happens."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from stopping import stop_next

from corollary_agent.graph import build_agent
from corollary_agent.models.scripted import ScriptedChatModel
from corollary_agent.problem import Problem
from corollary_agent.solve import asolve, solve, solve_many
from corollary_agent.stream import Event, astream_steps, stream_steps
from corollary_agent.trace import Sampling, Trace
from corollary_tools.toolkit import Toolkit, load_toolkit
from corollary_tools.worker import Workers


def problem(number: int) -> Problem:
    """A problem with its own id."""
    return Problem(
        id=f"p{number}",
        source="test",
        split="test",
        family="test",
        domain="math",
        question=f"What is {number}/2?",
        asks="number",
    )


def call(expression: str) -> AIMessage:
    """A message that calls the calculator."""
    row = {"name": "calculate", "args": {"expression": expression}, "id": None}
    return AIMessage("", tool_calls=[row])


HALF, ANSWER = call("48/2"), AIMessage("24")


class Together(ScriptedChatModel):
    """A model whose every message waits until `size` others wait too."""

    size: int
    waiting: list[asyncio.Future[None]]

    async def _agenerate(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> ChatResult:
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(mine)
        if len(self.waiting) == self.size:
            for future in self.waiting:
                future.set_result(None)
            self.waiting.clear()
        await mine
        return self._generate(messages)


class Failing(ScriptedChatModel):
    """A model that fails on one problem."""

    @property
    def reads_problem(self) -> bool:
        """It is handed the problem."""
        return True

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        if kwargs["problem"].id == "p1":
            raise RuntimeError("no weights")
        return super()._generate(messages)

    async def _agenerate(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> ChatResult:
        return self._generate(messages, *args, **kwargs)


def test_many_are_asked_at_once(toolkit: Toolkit) -> None:
    model = Together([HALF, ANSWER], size=8, waiting=[])
    problems = [problem(n) for n in range(16)]
    agent = build_agent(model, toolkit)
    traces = asyncio.run(asyncio.wait_for(solve_many(agent, problems, concurrency=8), timeout=600))
    assert [t.problem_id for t in traces] == [p.id for p in problems]
    assert {t.stop for t in traces} == {"answered"}


def test_one_failure_stays_with_its_problem(toolkit: Toolkit) -> None:
    agent = build_agent(Failing([HALF, ANSWER]), toolkit)
    traces = asyncio.run(solve_many(agent, (problem(n) for n in range(4)), concurrency=2))
    assert [t.stop for t in traces] == ["answered", "error", "answered", "answered"]
    assert traces[1].error is not None
    assert "RuntimeError: no weights" in traces[1].error
    assert solve(agent, problem(1)).error == traces[1].error


def test_each_trace_is_reported_as_it_ends(toolkit: Toolkit) -> None:
    seen: list[Trace] = []
    agent = build_agent(ScriptedChatModel([HALF, ANSWER]), toolkit)
    problems = [problem(0)] * 5
    drawn = [Sampling(temperature=0.7, seed=seed) for seed in range(5)]
    traces = asyncio.run(solve_many(agent, problems, sampling=drawn, on_trace=seen.append))
    assert sorted(t.sampling.seed for t in seen) == [0, 1, 2, 3, 4]
    assert [t.sampling for t in traces] == drawn
    assert len({t.id for t in traces}) == 5


def test_a_full_disk_ends_it(toolkit: Toolkit) -> None:
    def store(trace: Trace) -> None:
        raise OSError("disk full")

    agent = build_agent(ScriptedChatModel([HALF, ANSWER]), toolkit)
    with pytest.raises(OSError, match="disk full"):
        asyncio.run(solve_many(agent, [problem(n) for n in range(9)], on_trace=store))


def test_a_long_tool_call_holds_nobody_up() -> None:
    """The call is cut off after a second, in which others have their turn again and again."""

    async def turns(kit: Toolkit) -> tuple[int, Trace]:
        agent = build_agent(ScriptedChatModel([HALF, ANSWER]), kit)
        running = asyncio.ensure_future(asolve(agent, problem(0)))
        count = 0
        while not running.done():
            await asyncio.sleep(0.001)
            count += 1
        return count, await running

    with Workers(size=1, seconds=1.0) as workers:
        stop_next(workers)
        count, trace = asyncio.run(turns(load_toolkit("algebra+arithmetic", workers)))
    assert trace.steps[0].observations[0].fault == "timeout"
    assert count > 50


def test_a_cancelled_run_frees_the_worker_of_its_call() -> None:
    """Its call would hang for hours; another run gets the only worker's place."""

    async def run(kit: Toolkit, own: Workers) -> Trace:
        agent = build_agent(ScriptedChatModel([HALF, ANSWER]), kit)
        stop_next(own)
        hanging = asyncio.ensure_future(asolve(agent, problem(0)))
        while own.pool.idle:
            await asyncio.sleep(0.001)
        hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging
        return await asyncio.wait_for(asolve(agent, problem(1)), 60)

    with Workers(size=1, seconds=10_000.0) as own:
        trace = asyncio.run(run(load_toolkit("algebra+arithmetic", own), own))
        assert len(own.pool.idle) == 1
    assert trace.stop == "answered"
    assert trace.steps[0].observations[0].fault is None


def test_solve_works_where_a_loop_is_running(toolkit: Toolkit) -> None:
    async def inside() -> Trace:
        return solve(build_agent(ScriptedChatModel([HALF, ANSWER]), toolkit), problem(0))

    assert asyncio.run(inside()).stop == "answered"


def test_many_threads_may_share_an_agent(toolkit: Toolkit) -> None:
    agent = build_agent(ScriptedChatModel([HALF, ANSWER]), toolkit)
    traces: list[Trace] = []
    threads = [
        threading.Thread(target=lambda n=n: traces.append(solve(agent, problem(n))))
        for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [t.stop for t in traces] == ["answered"] * 6


class Streaming(ScriptedChatModel):
    """A scripted model that writes its answer in pieces."""

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Any:
        message = self._say(messages)
        chunks = [AIMessageChunk(part) for part in str(message.text)]
        for one in chunks or [AIMessageChunk("", tool_calls=message.tool_calls)]:
            part = ChatGenerationChunk(message=one)
            if run_manager:
                run_manager.on_llm_new_token(str(one.text), chunk=part)
            yield part


def test_a_run_as_it_happens(toolkit: Toolkit) -> None:
    wrong = AIMessage("", tool_calls=[{"name": "calc", "args": {}, "id": None}])
    agent = build_agent(Streaming([wrong, HALF, ANSWER]), toolkit)
    events = list(stream_steps(agent, problem(0)))
    kinds = [kind for kind, _ in events]
    repaired = ["piece", "call", "repair", "piece", "call", "result", "step"]
    assert kinds == [*repaired, "token", "token", "trace"]
    assert events[-1][1].answer.value == "24"  # type: ignore[union-attr]

    async def collected() -> list[Event]:
        return [event async for event in astream_steps(agent, problem(0))]

    assert [kind for kind, _ in asyncio.run(collected())] == kinds


def test_ctrl_c_goes_through(toolkit: Toolkit) -> None:
    class Interrupted(ScriptedChatModel):
        def _generate(self, *args: Any, **kwargs: Any) -> ChatResult:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solve(build_agent(Interrupted([]), toolkit), problem(0))
