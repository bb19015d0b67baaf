"""A run as it happens: calls, results, repairs and tokens, and its trace at the end.

Guarantees the order in which things happened, and exactly one trace, last. Tokens come only from
models that stream. Does not print.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, Literal

from langchain_core.messages import AIMessageChunk
from langchain_core.runnables import RunnableConfig

from corollary_agent.graph import Agent
from corollary_agent.problem import Problem
from corollary_agent.solve import agent_input
from corollary_agent.trace import Attempt, Observation, Sampling, ToolCall, Trace

Event = (
    tuple[Literal["call"], ToolCall]
    | tuple[Literal["result"], Observation]
    | tuple[Literal["repair"], Attempt]
    | tuple[Literal["token"], str]
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

    Kinds: call (before it runs), result, repair (an attempt that the model is asked to mend),
    token (a piece of the model's text), trace (the end).
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
    given = agent_input(problem, sampling)
    async for mode, part in agent.astream(given, config, stream_mode=_MODES):
        for event in _events(str(mode), part):
            yield event


def _events(mode: str, part: Any) -> Iterator[Event]:
    if mode == "messages":
        message = part[0]
        if isinstance(message, AIMessageChunk) and message.text:
            yield "token", str(message.text)
        return
    for node, update in part.items():
        yield from _node_events(node, update or {})
        if update and update.get("trace"):
            yield "trace", Trace.model_validate(update["trace"])


def _node_events(node: str, update: dict[str, Any]) -> Iterator[Event]:
    """The events of one node's update: what the model asked for, got, or did wrong."""
    if flaw := update.get("flaw"):
        yield "repair", Attempt.model_validate(flaw["attempt"])
    elif node == "act":
        for call in update.get("draft", {}).get("calls", ()):
            yield "call", ToolCall.model_validate(call)
    elif node == "tools" and update.get("steps"):
        for observation in update["steps"][-1]["observations"]:
            yield "result", Observation.model_validate(observation)
