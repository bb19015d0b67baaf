"""Requests that arrive together are decoded together.

One thread owns the model; callers, in threads or in asyncio, put a request and get a future.
Guarantees that every request is answered or fails with the cause. While several are under way a
batch waits `gap` seconds for the next arrival; a lone request never waits. Does not know models.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")

Waiting = tuple[Asked, "Future[Answered]"]


class Batcher(Generic[Asked, Answered]):
    """Runs `work` on batches of at most `size`; `gap` seconds without an arrival close one."""

    def __init__(
        self, work: Callable[[list[Asked]], list[Answered]], *, size: int = 32, gap: float = 0.015
    ) -> None:
        self._work = work
        self._size = size
        self._gap = gap
        self._queue: queue.SimpleQueue[Waiting[Asked, Answered]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._last = 1

    def submit(self, asked: Asked) -> Future[Answered]:
        """Queue one request; its future holds the answer or the exception."""
        future: Future[Answered] = Future()
        self._queue.put((asked, future))
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="decoder")
                self._thread.start()
        return future

    def _run(self) -> None:
        while True:
            batch = [w for w in self._collect() if w[1].set_running_or_notify_cancel()]
            if batch:
                self._answer(batch)

    def _collect(self) -> list[Waiting[Asked, Answered]]:
        """Take what has arrived; wait for more only where the last batch had company."""
        batch = [self._queue.get()]
        gap = self._gap if self._last > 1 else 0.0
        while len(batch) < self._size:
            try:
                batch.append(self._queue.get(block=gap > 0, timeout=gap))
            except queue.Empty:
                break
        self._last = len(batch)
        return batch

    def _answer(self, batch: list[Waiting[Asked, Answered]]) -> None:
        try:
            answers = self._work([asked for asked, _ in batch])
        except Exception as error:  # noqa: BLE001 - whoever waits must learn of any failure
            for _, future in batch:
                future.set_exception(error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            future.set_result(answer)
