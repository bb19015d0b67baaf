"""Worker processes: every symbolic computation runs in one, under limits from outside.

Guarantees that a call ends: at its wall-clock limit or when it runs out of memory the process is
killed and a fresh one takes its place (about 5 ms), and no other call is lost. JSON text goes over
the pipe, so nothing that a model wrote is ever unpickled or executed. Safe to use from many
threads, and after a fork. Does not compute anything in the calling process.
"""

from __future__ import annotations

import json
import os
from threading import Condition, Lock
from typing import Any, Self

from corollary_tools.errors import ToolError, ToolTimeout
from corollary_tools.nursery import Nursery, Worker


class SolverBug(RuntimeError):
    """An operation failed in a way that nobody expected; the text is the worker's traceback."""


class Workers:
    """A few worker processes.

    size: how many calls run at once (further ones wait). seconds: wall-clock limit of one call.
    megabytes: address space of one process, its libraries included. Starts at the first call;
    `close` or leaving the context ends it, and so does the end of this process.
    """

    def __init__(self, size: int = 2, seconds: float = 10.0, megabytes: int = 2048) -> None:
        self.size = size
        self.seconds = seconds
        self.megabytes = megabytes
        self._begin()

    def _begin(self) -> None:
        self._owner = os.getpid()
        self._idle: list[Worker] = []
        self._busy = 0
        self._free = Condition(Lock())
        self._nursery = Nursery(self.megabytes)

    def call(
        self, operation: str, arguments: dict[str, Any], *, seconds: float | None = None
    ) -> dict[str, Any]:
        """Run one operation and return its result. Blocks; waiting for a worker costs no time.

        seconds: another limit for this call. Raises ToolError with the worker's message,
        ToolTimeout at a limit, SolverBug with the worker's traceback for anything else.
        """
        request = json.dumps({"operation": operation, "arguments": arguments}).encode()
        worker = self._take()
        healthy = False
        try:
            worker = self._sent(worker, request)
            reply = self._reply(worker, self.seconds if seconds is None else seconds)
            healthy = True
        finally:
            self._give(worker, healthy)
        return _value(reply)

    def close(self) -> None:
        """End all processes. A later call starts them again."""
        with self._free:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.connection.close()
        self._nursery.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take(self) -> Worker:
        if self._owner != os.getpid():  # after a fork the pipes still belong to the parent
            self._begin()
        with self._free:
            self._free.wait_for(lambda: self._busy < self.size)
            self._busy += 1
            if self._idle:
                return self._idle.pop()
        try:
            return self._nursery.fork()
        except BaseException:
            self._freed(None)
            raise

    def _give(self, worker: Worker, healthy: bool) -> None:
        try:
            if not healthy and not worker.connection.closed:
                self._nursery.end(worker)
        finally:
            self._freed(worker if healthy else None)

    def _freed(self, worker: Worker | None) -> None:
        with self._free:
            self._busy -= 1
            if worker is not None:
                self._idle.append(worker)
            self._free.notify()

    def _sent(self, worker: Worker, request: bytes) -> Worker:
        """Send the request; where an idle worker had died meanwhile, to a fresh one."""
        try:
            worker.connection.send_bytes(request)
        except ConnectionError:
            self._nursery.end(worker)
            worker = self._nursery.fork()
            worker.connection.send_bytes(request)
        return worker

    def _reply(self, worker: Worker, seconds: float) -> dict[str, Any]:
        try:
            if not worker.connection.poll(seconds):
                raise ToolTimeout(f"Stopped after {seconds:g} s. {_SMALLER}")
            reply: dict[str, Any] = json.loads(worker.connection.recv_bytes())
        except (EOFError, ConnectionError):
            code = self._nursery.end(worker)
            raise ToolTimeout(f"The solver broke off (exit code {code}). {_SMALLER}") from None
        if "memory" in reply:
            raise ToolTimeout(f"Stopped at {self.megabytes} MB of memory. {_SMALLER}")
        return reply


_SMALLER = "Send a smaller or simpler problem."


def _value(reply: dict[str, Any]) -> dict[str, Any]:
    if "error" in reply:
        raise ToolError(reply["error"])
    if "bug" in reply:
        raise SolverBug(reply["bug"])
    value: dict[str, Any] = reply["value"]
    return value
