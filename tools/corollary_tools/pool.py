"""The pool: workers that are lent to one call at a time, to threads and coroutines alike.

Guarantees at most `size` workers in use, lent in the order of asking, and that a worker which is
not given back as healthy is killed before its place is lent again. Nothing that coroutines use
blocks their event loop. One process uses a pool; a forked child needs one of its own. Does not
know what a call is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from threading import Lock, Thread
from typing import TypeVar

from corollary_tools.nursery import Nursery, Worker
from corollary_tools.turns import Turns

T = TypeVar("T")


class Pool:
    """size: workers in use at once. nursery: where they come from; it is the pool's own."""

    def __init__(self, size: int, nursery: Nursery) -> None:
        self._turns = Turns(size)
        self._nursery = nursery
        self._lock = Lock()
        self._idle: list[Worker] = []

    @property
    def idle(self) -> tuple[int, ...]:
        """The process ids of the workers that wait for a call."""
        with self._lock:
            return tuple(worker.pid for worker in self._idle)

    def take(self) -> Worker:
        """Wait for a worker in this thread."""
        self._turns.take()
        try:
            return self._rested() or self._nursery.fork()
        except BaseException:
            self._turns.give()
            raise

    async def atake(self) -> Worker:
        """Wait for a worker in this coroutine."""
        await self._turns.atake()
        return self._rested() or await self._hired()

    def give(self, worker: Worker, healthy: bool) -> None:
        """Give a worker back; one that is not healthy is killed first."""
        try:
            if healthy:
                self._rest(worker)
            else:
                self._nursery.end(worker)
        finally:
            self._turns.give()

    def agive(self, worker: Worker, healthy: bool) -> None:
        """Give a worker back; the killing is done in a thread."""
        if healthy:
            self.give(worker, healthy)
        else:
            _in_thread(partial(self.give, worker, healthy))

    def end(self, worker: Worker) -> int:
        """Kill a worker that is lent, if it still lives, and return its exit code."""
        return self._nursery.end(worker)

    def close(self) -> None:
        """End all processes. A later `take` starts them again."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.connection.close()
        self._nursery.close()

    def _rest(self, worker: Worker) -> None:
        with self._lock:
            self._idle.append(worker)

    def _rested(self) -> Worker | None:
        """An idle worker that lives. A dead one shows as a pipe that is at its end."""
        while True:
            with self._lock:
                if not self._idle:
                    return None
                worker = self._idle.pop()
            if not worker.readable(0):
                return worker
            _in_thread(partial(self._nursery.end, worker))

    async def _hired(self) -> Worker:
        """Fork in a thread. Who is cancelled meanwhile leaves the fresh worker to the next."""
        hired = _in_thread(self._nursery.fork)
        try:
            return await asyncio.wrap_future(hired)
        except BaseException:
            hired.add_done_callback(self._left)
            raise

    def _left(self, hired: Future[Worker]) -> None:
        if hired.exception() is None:
            self._rest(hired.result())
        self._turns.give()


def _in_thread(work: Callable[[], T]) -> Future[T]:
    """Run `work` in a thread of its own; the future cannot be cancelled."""
    done: Future[T] = Future()
    done.set_running_or_notify_cancel()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 it raises where the future is read
            done.set_exception(error)

    Thread(target=run, name="corollary-worker", daemon=True).start()
    return done
