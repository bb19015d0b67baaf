"""Turns: who may use one of a few places next; threads and coroutines wait in one line.

Guarantees that nobody overtakes somebody who waits, and that one who stops waiting (a cancelled
coroutine, Ctrl-C) neither keeps a place nor loses one. Does not know what a place is for.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import Future
from threading import Lock


class Turns:
    """`size` places. Each `take` or `atake` that returns is followed by one `give`."""

    def __init__(self, size: int) -> None:
        self._lock = Lock()
        self._free = size
        self._waiting: deque[Future[None]] = deque()

    def take(self) -> None:
        """Wait for a place in this thread."""
        turn = self._turn()
        try:
            if turn is not None:
                turn.result()
        except BaseException:
            self._decline(turn)
            raise

    async def atake(self) -> None:
        """Wait for a place in this coroutine; the event loop runs on."""
        turn = self._turn()
        try:
            if turn is not None:
                await asyncio.wrap_future(turn)
        except BaseException:
            self._decline(turn)
            raise

    def give(self) -> None:
        """Hand a place to whoever has waited longest."""
        with self._lock:
            turn = self._next()
            if turn is None:
                self._free += 1
                return
        turn.set_result(None)

    def _turn(self) -> Future[None] | None:
        """A turn to wait for; None where a place was free and is now taken."""
        with self._lock:
            if self._free:
                self._free -= 1
                return None
            turn: Future[None] = Future()
            self._waiting.append(turn)
            return turn

    def _next(self) -> Future[None] | None:
        while self._waiting:
            turn = self._waiting.popleft()
            if turn.set_running_or_notify_cancel():
                return turn
        return None

    def _decline(self, turn: Future[None] | None) -> None:
        """Stop waiting; a place that was handed over meanwhile goes to the next."""
        if turn is None or not turn.cancel():
            self.give()
