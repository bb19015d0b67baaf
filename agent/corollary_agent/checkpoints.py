"""Where the states of interrupted runs are kept: a SQLite file, or this process's memory.

Guarantees that what was stored before a kill can be gone on with by another process. Opened and
used in one event loop. Does not store traces of finished runs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver

from corollary_agent.graph import Agent
from corollary_agent.trace import Step

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


async def astored_steps(agent: Agent, config: RunnableConfig) -> tuple[Step, ...] | None:
    """Return the finished steps of a thread's open run; None where nothing of it is stored."""
    state = await agent.aget_state(config)
    if not state.values:
        return None
    return tuple(Step.model_validate(step) for step in state.values.get("steps", ()))
