"""Worker processes: every symbolic computation runs in one, under limits from outside.

Guarantees that a call ends: at its wall-clock limit or when it runs out of memory the process is
killed and a fresh one takes its place (about 5 ms), and no other call is lost. JSON text goes over
the pipe, so nothing that a model wrote is ever unpickled or executed. Threads and coroutines wait
in one line; a cancelled coroutine ends its worker. A process whose memory has grown is replaced
between two calls. Safe after a fork. Does not compute anything in the calling process.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass
from typing import Any, Self

from corollary_tools.advice import instead_of
from corollary_tools.errors import ToolError, ToolTimeout
from corollary_tools.nursery import Nursery, Worker
from corollary_tools.pool import Pool


class SolverBug(RuntimeError):
    """An operation failed in a way that nobody expected; the text is the worker's traceback."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a call came to. seconds: of the worker's own, without waiting for it or hearing of it.

    value: what the operation returned; error: why it returned nothing. One of them is None.
    """

    seconds: float
    value: dict[str, Any] | None = None
    error: ToolError | None = None

    def result(self) -> dict[str, Any]:
        """The value; raises the error where there is none."""
        if self.error is not None:
            raise self.error
        assert self.value is not None
        return self.value


class Workers:
    """A few worker processes.

    size: how many calls run at once (further ones wait). seconds: wall-clock limit of one call.
    megabytes: address space of one process, its libraries included. growth: megabytes that one
    may gain before a fresh one takes its place (z3 takes 17 of them at its second proof). Starts
    at the first call; `close` or leaving the context ends it, and so does the end of this process.
    """

    def __init__(
        self, size: int = 2, seconds: float = 10.0, megabytes: int = 2048, *, growth: int = 32
    ) -> None:
        self.size = size
        self.seconds = seconds
        self.megabytes = megabytes
        self.growth = growth
        self._pools: dict[int, Pool] = {}

    @property
    def pool(self) -> Pool:
        """The pool of this process: after a fork the parent's pipes are not ours to use."""
        process = os.getpid()
        known = self._pools.get(process)
        if known is not None:
            return known
        fresh = Pool(self.size, Nursery(self.megabytes, self.growth))
        return self._pools.setdefault(process, fresh)

    def call(
        self, operation: str, arguments: dict[str, Any], *, seconds: float | None = None
    ) -> dict[str, Any]:
        """Run one operation and return its result. Blocks; waiting for a worker costs no time.

        seconds: another limit for this call. Raises ToolError with the worker's message,
        ToolTimeout at a limit, SolverBug with the worker's traceback for anything else.
        """
        return self.run(operation, arguments, seconds=seconds).result()

    async def acall(
        self, operation: str, arguments: dict[str, Any], *, seconds: float | None = None
    ) -> dict[str, Any]:
        """Do what `call` does and never block the event loop. Cancelling it ends the worker."""
        return (await self.arun(operation, arguments, seconds=seconds)).result()

    def run(
        self, operation: str, arguments: dict[str, Any], *, seconds: float | None = None
    ) -> Work:
        """Do what `call` does and say how long the work took; a ToolError is in what it returns."""
        try:
            request, limit = _request(operation, arguments), self._limit(seconds)
        except ToolError as error:
            return Work(0.0, error=error)
        pool, healthy = self.pool, False
        worker = pool.take()
        start = time.perf_counter()
        try:
            worker.connection.send_bytes(request)
            if not worker.readable(limit):
                return _late(operation, limit)
            reply = _received(worker)
            healthy = "worn" not in reply
        except (EOFError, ConnectionError):
            return _broken(pool.end(worker), start, limit)
        finally:
            pool.give(worker, healthy)
        return self._work(operation, reply)

    async def arun(
        self, operation: str, arguments: dict[str, Any], *, seconds: float | None = None
    ) -> Work:
        """Do what `run` does and never block the event loop. Cancelling it ends the worker."""
        try:
            request, limit = _request(operation, arguments), self._limit(seconds)
        except ToolError as error:
            return Work(0.0, error=error)
        pool, healthy = self.pool, False
        worker = await pool.atake()
        start = time.perf_counter()
        try:
            worker.connection.send_bytes(request)
            if not await _readable(worker, limit):
                return _late(operation, limit)
            reply = _received(worker)
            healthy = "worn" not in reply
        except (EOFError, ConnectionError):
            return _broken(await asyncio.to_thread(pool.end, worker), start, limit)
        finally:
            pool.agive(worker, healthy)
        return self._work(operation, reply)

    def close(self) -> None:
        """End all processes. A later call starts them again."""
        self.pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _limit(self, seconds: float | None) -> float:
        return self.seconds if seconds is None else seconds

    def _work(self, operation: str, reply: dict[str, Any]) -> Work:
        if "bug" in reply:
            raise SolverBug(reply["bug"])
        error: ToolError | None = None
        if "memory" in reply:
            advice = instead_of(operation)
            error = ToolTimeout(f"Stopped at {self.megabytes} MB of memory. {advice}")
        elif "error" in reply:
            error = ToolError(reply["error"])
        return Work(reply["seconds"], reply.get("value"), error)


def _request(operation: str, arguments: dict[str, Any]) -> bytes:
    try:
        return json.dumps({"operation": operation, "arguments": arguments}).encode()
    except ValueError:  # Python writes no longer whole number than this
        digits = sys.get_int_max_str_digits()
        raise ToolError(f"A number has more than {digits} digits. Send a smaller one.") from None


def _received(worker: Worker) -> dict[str, Any]:
    reply: dict[str, Any] = json.loads(worker.connection.recv_bytes())
    return reply


def _late(operation: str, seconds: float) -> Work:
    error = ToolTimeout(f"Stopped after {seconds:g} s. {instead_of(operation)}")
    return Work(seconds, error=error)


def _broken(code: int, start: float, limit: float) -> Work:
    """code: -9 is a kill from outside, by a person or by a machine that is short of memory."""
    cause = "was killed from outside" if code == -9 else f"broke off, exit code {code}"
    error = ToolTimeout(f"The solver process {cause}. Send this again, or a smaller problem.")
    return Work(min(time.perf_counter() - start, limit), error=error)


async def _readable(worker: Worker, seconds: float) -> bool:
    """Wait until something can be read; False at the limit.

    A loop that was held up past the limit finds both at once: the reply came in time.
    """
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    descriptor = worker.connection.fileno()
    loop.add_reader(descriptor, _settle, ready)
    try:
        async with asyncio.timeout(seconds):
            await ready
    except TimeoutError:
        return worker.readable(0)
    finally:
        loop.remove_reader(descriptor)
    return True


def _settle(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
