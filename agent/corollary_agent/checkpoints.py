"""Where the states of interrupted runs are kept: a SQLite file, or this process's memory.

Guarantees that what was stored before a kill can be gone on with by another process. Opened and
used in one event loop. Does not store traces of finished runs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver

from corollary_agent.graph import Agent
from corollary_agent.trace import Step, ToolCall, Trace

Checkpoints = BaseCheckpointSaver[Any]


@asynccontextmanager
async def open_checkpoints(path: Path | None) -> AsyncIterator[Checkpoints]:
    """Open the file at `path`, made where it is new; None keeps the states in memory."""
    if path is None:
        from langgraph.checkpoint.memory import InMemorySaver

        yield InMemorySaver()
        return
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    async with AsyncSqliteSaver.from_conn_string(str(path)) as saver:
        await saver.setup()
        yield saver


def with_checkpoints(agent: Agent, checkpoints: Checkpoints) -> Agent:
    """Return the agent with its states kept in `checkpoints`."""
    return agent.copy({"checkpointer": checkpoints})


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored of a run: finished steps, the calls about to run, the trace if it ended."""

    steps: tuple[Step, ...]
    calls: tuple[ToolCall, ...]
    trace: Trace | None = None


async def astored_run(agent: Agent, config: RunnableConfig) -> Stored | None:
    """Return what a thread holds of its run; None where there is nothing of it."""
    state = await agent.aget_state(config)
    if not state.values:
        return None
    steps = tuple(Step.model_validate(step) for step in state.values.get("steps", ()))
    draft = Step.model_validate(state.values.get("draft") or {})
    ended = state.values.get("trace")
    trace = Trace.model_validate(ended) if ended else None
    return Stored(steps, draft.calls if "tools" in state.next else (), trace)
