"""Group commit: rows that many threads add at once share transactions.

Guarantees that `add` returns only after its row is committed, that rows are written in the order in
which they were given, and that a row which cannot be stored fails its own caller and no other.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Row = TypeVar("Row")

_MOST = 256
"""How many rows share a transaction at most."""


class Commits(Generic[Row]):
    """Adds rows one by one for each caller and by the group for the disk.

    write: stores rows in one transaction, all or none, and returns for each how many are new.
    turn: the lock of whoever writes.
    """

    def __init__(self, write: Callable[[Sequence[Row]], list[int]], turn: threading.RLock) -> None:
        self._write = write
        self._turn = turn
        self._queue: deque[_Waiting[Row]] = deque()

    def add(self, row: Row) -> int:
        """Store one row, with whatever else waits; return how many are new."""
        mine = _Waiting(row)
        self._queue.append(mine)
        with self._turn:  # Whoever comes first writes for all who wait.
            while not mine.ended:
                self._write_group(mine)
        if mine.failure:
            raise mine.failure
        return mine.new or 0

    def _write_group(self, mine: _Waiting[Row]) -> None:
        group = [self._queue.popleft() for _ in range(min(_MOST, len(self._queue)))]
        group = group or [mine]  # Whoever took it was broken off before he could put it back.
        try:
            self._store(group)
        except Exception as failure:  # noqa: BLE001  raised again where its row came from
            self._one_by_one(group, failure)
        except BaseException:  # Ctrl-C, here: the others write their own.
            self._queue.extendleft(row for row in reversed(group) if row is not mine)
            raise

    def _one_by_one(self, group: Sequence[_Waiting[Row]], failure: Exception) -> None:
        for waiting in group:
            if len(group) == 1:
                waiting.failure = failure
                return
            try:
                self._store([waiting])
            except Exception as own:  # noqa: BLE001  raised again where its row came from
                waiting.failure = own

    def _store(self, group: Sequence[_Waiting[Row]]) -> None:
        counts = self._write([waiting.row for waiting in group])
        for waiting, new in zip(group, counts, strict=True):
            waiting.new = new


class _Waiting(Generic[Row]):
    """A row on its way. new: how many rows it made, once it is stored."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.new: int | None = None
        self.failure: Exception | None = None

    @property
    def ended(self) -> bool:
        """Whether it is stored or has failed."""
        return self.new is not None or self.failure is not None
