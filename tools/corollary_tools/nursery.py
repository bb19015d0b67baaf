"""The nursery: one helper process that has sympy and z3 loaded and forks workers on request.

multiprocessing's forkserver would import the caller's main program again, which breaks scripts
without a guard, notebooks and `python -`; this one imports `worker_process` and nothing else. It is
in a session of its own, so that Ctrl-C reaches only the caller, and it ends with the caller,
however that ends. Safe to use from many threads. Does not know calls or limits of time (`worker`).
"""

from __future__ import annotations

import os
import re
import select
import socket
import subprocess
import sys
import weakref
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from threading import Lock

from corollary_tools.errors import CorollaryError

_COMMAND = (sys.executable, "-P", "-m", "corollary_tools.worker_process")
_AWAKE = 0.0001
_YIELD = getattr(os, "sched_yield", lambda: None)
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker process: what its nursery calls it, the pipe to it, and which start that was."""

    pid: int
    connection: Connection
    start: int

    def readable(self, seconds: float) -> bool:
        """Wait until something can be read, or the pipe is at its end; False at the limit."""
        watch = select.poll()  # a tenth of the work that Connection.poll does
        watch.register(self.connection.fileno(), select.POLLIN)
        return bool(watch.poll(seconds * 1000))


class Nursery:
    """Starts itself at the first fork; `close` ends it with all its workers.

    megabytes: address space of one worker; growth: how many of them it may gain before it ends
    itself after a call. After `close` a fork starts the nursery again.
    """

    def __init__(self, megabytes: int, growth: int) -> None:
        self.megabytes = megabytes
        self.growth = growth
        self._lock = Lock()
        self._control: socket.socket | None = None
        self._starts = 0
        self._end: (
            weakref.finalize[[subprocess.Popen[bytes], socket.socket, int], Nursery] | None
        ) = None

    def fork(self) -> Worker:
        """Return a fresh worker (about 3 ms; the first one some 0.5 s for loading)."""
        ours, theirs = Pipe()
        with theirs:
            try:
                return self._forked(ours, theirs)
            except ConnectionError:  # the nursery was killed from outside: start another
                return self._forked(ours, theirs)

    def end(self, worker: Worker) -> int:
        """Kill the worker and return its exit code: -9, or what it had died of before."""
        worker.connection.close()
        with self._lock:
            if self._control is None or worker.start != self._starts:
                return -9  # its nursery is gone, and it went with it
            try:
                return int(self._ask(self._control, f"reap {worker.pid}").split()[1])
            except ConnectionError:
                return -9

    def close(self) -> None:
        """End the nursery and every worker it forked."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._end is not None:
            self._end()
        self._control, self._end = None, None

    def _forked(self, ours: Connection, theirs: Connection) -> Worker:
        with self._lock:
            if self._control is None:
                self._control = self._started()
                self._starts += 1
            answer = self._ask(
                self._control, f"fork {self.megabytes} {self.growth}", theirs.fileno()
            )
            return Worker(int(answer.split()[0]), ours, self._starts)

    def _ask(self, control: socket.socket, request: str, *descriptors: int) -> str:
        """Send a request and read its answer; after an interrupt between the two nobody could
        tell whose answer comes next, so that the nursery has to go."""
        try:
            socket.send_fds(control, [request.encode()], list(descriptors))
            return _line(control)
        except BaseException:
            self._drop()
            raise

    def _started(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            process = _launched(theirs.fileno())
        self._end = weakref.finalize(self, _finish, process, ours, os.getpid())
        try:
            _line(ours)
        except ConnectionError:
            raise CorollaryError(
                "the worker processes could not start",
                because=f"their nursery ended with code {process.wait()}; its message is above",
                remedy=f"{sys.executable} -c 'import corollary_tools.worker_process'",
                exit_code=3,
            ) from None
        return ours


def _launched(descriptor: int) -> subprocess.Popen[bytes]:
    """Start the process. Hash seed 0: sympy's results must not depend on the run."""
    path = os.pathsep.join(entry or os.curdir for entry in sys.path)
    kept = {name: value for name, value in os.environ.items() if not _SECRET.search(name)}
    environment = {**kept, "PYTHONPATH": path, "PYTHONHASHSEED": "0"}
    return subprocess.Popen(
        [*_COMMAND, str(descriptor), str(os.getpid())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=[descriptor],
        env=environment,
        start_new_session=True,
    )


def _finish(process: subprocess.Popen[bytes], control: socket.socket, owner: int) -> None:
    """End the nursery. A forked child of its owner only lets go of what it inherited."""
    control.close()
    if os.getpid() != owner:
        return
    try:
        process.wait(timeout=2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _line(control: socket.socket) -> str:
    """Read one line. ConnectionError where the other side is gone."""
    text = b""
    while not text.endswith(b"\n"):
        part = control.recv(64)
        if not part:
            raise ConnectionResetError("the nursery is gone")
        text += part
    return text.decode()
