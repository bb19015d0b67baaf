"""The time of a model's turn, without the waits that its server asked for.

A run that was told to come back in a minute has not been slow: its limit in seconds is for model
and tools. Guarantees that a noted wait neither counts nor cuts the turn off. Waits nowhere.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Stopwatch:
    """The time since it was started, less the pauses. clock: a timeout that they put off."""

    def __init__(self, clock: asyncio.Timeout | None = None) -> None:
        self._start = time.perf_counter()
        self._paused = 0.0
        self._clock = clock

    @property
    def milliseconds(self) -> float:
        """The model's share."""
        return (time.perf_counter() - self._start - self._paused) * 1000

    def pause(self, seconds: float) -> None:
        """Leave out what comes now."""
        self._paused += seconds
        until = self._clock.when() if self._clock is not None else None
        if self._clock is not None and until is not None and not self._clock.expired():
            self._clock.reschedule(until + seconds)


_CURRENT: ContextVar[Stopwatch | None] = ContextVar("stopwatch", default=None)


@contextmanager
def timed_turn(clock: asyncio.Timeout | None = None) -> Iterator[Stopwatch]:
    """Time a model's turn."""
    watch = Stopwatch(clock)
    token = _CURRENT.set(watch)
    try:
        yield watch
    finally:
        _CURRENT.reset(token)


def note_pause(seconds: float) -> None:
    """Tell the turn under way, if there is one, that a wait of so many seconds begins."""
    watch = _CURRENT.get()
    if watch is not None and seconds > 0:
        watch.pause(seconds)
