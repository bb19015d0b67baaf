"""A run as it happens: words, calls, results, repairs, questions to a person, and its trace.

Guarantees the order in which things happened, and exactly one trace, last, unless the run stops to
ask. Pieces come only from models that stream. Does not print.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, Literal

from langchain_core.messages import AIMessageChunk
from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from corollary_agent.approval import Decision
from corollary_agent.graph import Agent
from corollary_agent.problem import Problem
from corollary_agent.solve import agent_input
from corollary_agent.trace import Attempt, Observation, Sampling, Step, ToolCall, Trace

Event = (
    tuple[Literal["token", "piece", "said"], str]
    | tuple[Literal["call"], ToolCall]
    | tuple[Literal["ask"], tuple[ToolCall, ...]]
    | tuple[Literal["result"], Observation]
    | tuple[Literal["step"], Step]
    | tuple[Literal["repair"], Attempt]
    | tuple[Literal["trace"], Trace]
)
_MODES: list[Literal["updates", "messages"]] = ["updates", "messages"]
_SAMPLING = Sampling()


def stream_steps(
    agent: Agent,
    problem: Problem,
    sampling: Sampling = _SAMPLING,
    *,
    config: RunnableConfig | None = None,
) -> Iterator[Event]:
    """Solve `problem` and yield (kind, value) for each thing that happens.

    Kinds: token (a piece of the model's text), piece (of a call that it is writing), said (its
    words before a call, whole), call (before it runs), ask (calls that wait for a Decision; nothing
    follows), result, step (once its results are there), repair (an attempt that the model is asked
    to mend), trace (the end).
    """
    given = agent_input(problem, sampling)
    for mode, part in agent.stream(given, config, stream_mode=_MODES):
        yield from _events(str(mode), part)


async def astream_steps(
    agent: Agent,
    problem: Problem,
    sampling: Sampling = _SAMPLING,
    *,
    config: RunnableConfig | None = None,
) -> AsyncIterator[Event]:
    """Do as `stream_steps`, without blocking the event loop."""
    async for event in _astream(agent, agent_input(problem, sampling), config):
        yield event


async def acontinue_steps(
    agent: Agent, config: RunnableConfig, decision: Decision | None = None
) -> AsyncIterator[Event]:
    """Go on with the run of a thread that was stopped or that asks, with the same kinds of events.

    decision: the answer where it asks; without one it asks again.
    """
    given: Any = None
    if decision is not None:
        given = Command(resume=decision.model_dump(mode="json"))
    async for event in _astream(agent, given, config):
        yield event


async def _astream(agent: Agent, given: Any, config: RunnableConfig | None) -> AsyncIterator[Event]:
    kept: dict[str, Any] = {"durability": "sync"} if agent.checkpointer else {}
    async for mode, part in agent.astream(given, config, stream_mode=_MODES, **kept):
        for event in _events(str(mode), part):
            yield event


def _events(mode: str, part: Any) -> Iterator[Event]:
    if mode == "messages":
        yield from _pieces(part[0])
        return
    for node, update in part.items():
        if node == "__interrupt__":
            calls = update[0].value["calls"]
            yield "ask", tuple(ToolCall.model_validate(call) for call in calls)
            return
        yield from _node_events(node, update or {})
        if update and update.get("trace"):
            yield "trace", Trace.model_validate(update["trace"])


def _pieces(message: Any) -> Iterator[Event]:
    if not isinstance(message, AIMessageChunk):
        return
    if message.text:
        yield "token", str(message.text)
    for chunk in message.tool_call_chunks:
        if piece := f"{chunk['name'] or ''}{chunk['args'] or ''}":
            yield "piece", piece


def _node_events(node: str, update: dict[str, Any]) -> Iterator[Event]:
    """The events of one node's update: what the model said, asked for, got, or did wrong."""
    if flaw := update.get("flaw"):
        yield "repair", Attempt.model_validate(flaw["attempt"])
    elif node == "act":
        draft = update.get("draft", {})
        if draft.get("calls") and draft.get("content", "").strip():
            yield "said", draft["content"]
        for call in draft.get("calls", ()):
            yield "call", ToolCall.model_validate(call)
    elif node == "tools" and update.get("steps"):
        step = Step.model_validate(update["steps"][-1])
        for observation in step.observations:
            yield "result", observation
        yield "step", step
