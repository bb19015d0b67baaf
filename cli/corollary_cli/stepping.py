"""Runs that can be stopped at once: the agent works in an event loop of its own thread.

Guarantees that Ctrl-C in the main thread comes through within moments, whatever the model or a
tool is doing; what cannot be cancelled (a tool call, a local model's message) ends by itself in
the background. Does not show anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corollary_agent.graph import Agent
    from corollary_agent.problem import Problem
    from corollary_agent.stream import Event


class Stepper:
    """One event loop for all runs of a session; a hosted model's connections belong to it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True, name="steps")

    def steps(self, agent: Agent, problem: Problem) -> Iterator[Event]:
        """Yield what happens, as `astream_steps` does. Leaving early cancels the run."""
        from corollary_agent.stream import astream_steps

        events: SimpleQueue[Event | None] = SimpleQueue()

        async def run() -> None:
            try:
                async for event in astream_steps(agent, problem):
                    events.put(event)
            finally:
                events.put(None)

        if not self._thread.is_alive():
            self._thread.start()
        future = asyncio.run_coroutine_threadsafe(run(), self._loop)
        try:
            while (event := events.get()) is not None:
                yield event
            future.result()
        finally:
            future.cancel()

    def close(self) -> None:
        """End the loop; what cannot be cancelled within a second is left behind."""
        if not self._thread.is_alive():
            return
        with suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(_cancel_all(), self._loop).result(timeout=1.0)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=1.0)


async def _cancel_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
