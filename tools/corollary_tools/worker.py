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
from multiprocessing.connection import Connection
from typing import Any, Self

from corollary_tools.advice import instead_of
from corollary_tools.errors import ToolError, ToolTimeout
from corollary_tools.nursery import Nursery, Worker
from corollary_tools.pool import Pool


class SolverBug(RuntimeError):
    """An operation failed in a way that nobody expected; the text is the worker's traceback."""


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
        request, limit = _request(operation, arguments), self._limit(seconds)
        pool, healthy = self.pool, False
        worker = pool.take()
        try:
            worker.connection.send_bytes(request)
            if not worker.readable(limit):
                raise _late(operation, limit)
            reply = _received(worker)
            healthy = "worn" not in reply
        except (EOFError, ConnectionError):
            raise _broken(pool.end(worker)) from None
        finally:
            pool.give(worker, healthy)
        return self._value(operation, reply)

    async def acall(
        self, operation: str, arguments: dict[str, Any], *, seconds: float | None = None
    ) -> dict[str, Any]:
        """Do what `call` does and never block the event loop. Cancelling it ends the worker."""
        request, limit = _request(operation, arguments), self._limit(seconds)
        pool, healthy = self.pool, False
        worker = await pool.atake()
        try:
            worker.connection.send_bytes(request)
            await _readable(worker.connection, operation, limit)
            reply = _received(worker)
            healthy = "worn" not in reply
        except (EOFError, ConnectionError):
            raise _broken(await asyncio.to_thread(pool.end, worker)) from None
        finally:
            pool.agive(worker, healthy)
        return self._value(operation, reply)

    def close(self) -> None:
        """End all processes. A later call starts them again."""
        self.pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _limit(self, seconds: float | None) -> float:
        return self.seconds if seconds is None else seconds

    def _value(self, operation: str, reply: dict[str, Any]) -> dict[str, Any]:
        if "memory" in reply:
            raise ToolTimeout(f"Stopped at {self.megabytes} MB of memory. {instead_of(operation)}")
        if "error" in reply:
            raise ToolError(reply["error"])
        if "bug" in reply:
            raise SolverBug(reply["bug"])
        value: dict[str, Any] = reply["value"]
        return value


def _request(operation: str, arguments: dict[str, Any]) -> bytes:
    try:
        return json.dumps({"operation": operation, "arguments": arguments}).encode()
    except ValueError:  # Python writes no longer whole number than this
        digits = sys.get_int_max_str_digits()
        raise ToolError(f"A number has more than {digits} digits. Send a smaller one.") from None


def _received(worker: Worker) -> dict[str, Any]:
    reply: dict[str, Any] = json.loads(worker.connection.recv_bytes())
    return reply


def _late(operation: str, seconds: float) -> ToolTimeout:
    return ToolTimeout(f"Stopped after {seconds:g} s. {instead_of(operation)}")


def _broken(code: int) -> ToolTimeout:
    """code: -9 is a kill from outside, by a person or by a machine that is short of memory."""
    cause = "was killed from outside" if code == -9 else f"broke off, exit code {code}"
    return ToolTimeout(f"The solver process {cause}. Send this again, or a smaller problem.")


async def _readable(connection: Connection, operation: str, seconds: float) -> None:
    """Wait until something can be read. Raises ToolTimeout at the limit."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    loop.add_reader(connection.fileno(), _settle, ready)
    try:
        async with asyncio.timeout(seconds):
            await ready
    except TimeoutError:
        raise _late(operation, seconds) from None
    finally:
        loop.remove_reader(connection.fileno())


def _settle(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
