"""How many requests are under way, and how many may wait.

Guarantees that whoever is let in leaves again, whatever happens, and that a full queue is refused
at once with the seconds after which a place is likely. Works in one event loop. Does not time out.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from corollary_agent.serving.errors import ApiError

_LONGEST = 60


class Slots:
    """`active` requests at once and `waiting` behind them."""

    def __init__(self, active: int, waiting: int) -> None:
        self.active = active
        self.waiting = waiting
        self._turns = asyncio.Semaphore(active)
        self._inside = 0
        self._running = 0
        self._seconds = 1.0

    @property
    def running(self) -> int:
        """Requests that the model is at work on."""
        return self._running

    @property
    def queued(self) -> int:
        """Requests that wait for their turn."""
        return self._inside - self._running

    def enter(self) -> None:
        """Take a place in the queue, to be given back by `leave`. Raises ApiError (429)."""
        if self._inside >= self.active + self.waiting:
            said = f"{self._inside} requests are under way or waiting already; try again later"
            raise ApiError(429, said, code="queue_full", retry_after=self._patience())
        self._inside += 1

    def leave(self) -> None:
        """Give the place back."""
        self._inside -= 1

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it."""
        async with self._turns:
            self._running += 1
            began = time.monotonic()
            try:
                yield
            finally:
                self._running -= 1
                self._seconds = 0.8 * self._seconds + 0.2 * (time.monotonic() - began)

    def _patience(self) -> int:
        """Seconds until a place is likely: one request's time for each round of the queue."""
        rounds = self.waiting / self.active + 1
        return max(1, min(_LONGEST, round(self._seconds * rounds)))
