"""Runs that can be stopped at once: the agent works in an event loop of its own thread.

Guarantees that Ctrl-C in the main thread comes through within moments, whatever the model or a
tool is doing; what cannot be cancelled (a tool call, a local model's message) ends by itself in
the background. Does not show anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from queue import SimpleQueue
from threading import Event as Flag
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from corollary_agent.graph import Agent
    from corollary_agent.problem import Problem
    from corollary_agent.stream import Event

_T = TypeVar("_T")
_PATIENCE = 2.0  # seconds until what was cancelled is left behind


class Stepper:
    """One event loop for all runs of a session; a hosted model's connections belong to it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True, name="steps")
        self._entered = AsyncExitStack()

    def steps(self, agent: Agent, problem: Problem) -> Iterator[Event]:
        """Yield what happens, as `astream_steps` does. Leaving early cancels the run."""
        from corollary_agent.stream import astream_steps

        return self.events(lambda: astream_steps(agent, problem))

    def events(self, begin: Callable[[], AsyncIterator[Event]]) -> Iterator[Event]:
        """Yield the events of a run that `begin` starts. Leaving early cancels it."""
        events: SimpleQueue[Event | None] = SimpleQueue()
        ended = Flag()

        async def run() -> None:
            try:
                async for event in begin():
                    events.put(event)
            finally:
                events.put(None)
                ended.set()

        future = asyncio.run_coroutine_threadsafe(run(), self._running())
        try:
            while (event := events.get()) is not None:
                yield event
            future.result()
        finally:
            if not future.done():
                future.cancel()
                ended.wait(_PATIENCE)

    def call(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Do `work` in the loop and return what it gives."""
        return asyncio.run_coroutine_threadsafe(work, self._running()).result()

    def enter(self, manager: AbstractAsyncContextManager[_T]) -> _T:
        """Enter a context in the loop; `leave` and `close` leave it."""
        return self.call(self._entered.enter_async_context(manager))

    def leave(self) -> None:
        """Leave every context that was entered."""
        self.call(self._entered.aclose())

    def close(self) -> None:
        """End the loop; what cannot be cancelled within a moment is left behind."""
        if not self._thread.is_alive():
            return
        with suppress(TimeoutError):
            ending = asyncio.run_coroutine_threadsafe(self._end(), self._loop)
            ending.result(timeout=_PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=1.0)

    def _running(self) -> asyncio.AbstractEventLoop:
        if not self._thread.is_alive():
            self._thread.start()
        return self._loop

    async def _end(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._entered.aclose()
