"""The other side of `nursery`: loads sympy and z3 once and forks workers from then on.

Started with `python -P -m corollary_tools.worker_process FD PARENT`. It never imports the program
that uses it, runs one thread, and talks over one control socket: `fork` with a socket brings a
worker (about 5 ms), `reap` with its number ends one. When the control socket closes or the parent
is gone (a forked child of it may still hold the socket), it kills every worker and ends. A worker
whose memory has grown says so and ends. Does not know what the operations are (`operations` does).
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import gc
import json
import os
import resource
import select
import signal
import socket
import sys
import time
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from corollary_tools.errors import ToolError
from corollary_tools.operations import find_operation, load_operations

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    """Serve the control socket whose descriptor is given, until it closes or the parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=int(sys.argv[1]))
    load_operations()
    gc.collect()
    gc.freeze()
    control.sendall(b"ready\n")
    try:
        serve_control(control, int(sys.argv[2]))
    finally:
        os._exit(0)  # at once: taking the solvers down in order takes 0.2 s and serves nobody


def serve_control(control: socket.socket, parent: int) -> None:
    """Fork and reap on request. Ends the process's workers when the other side is gone."""
    workers: set[int] = set()
    watched = [control.fileno(), *_death_of(parent)]
    try:
        while True:
            ready, _, _ = select.select(watched, [], [])
            if control.fileno() not in ready:
                return
            request, descriptors, _, _ = socket.recv_fds(control, 64, 1)
            if not request:
                return
            word, *numbers = request.decode().split()
            if word == "fork":
                workers.add(pid := _fork(control, descriptors[0], [int(n) for n in numbers]))
                reply = f"{pid} 0"
            else:
                reply = f"{numbers[0]} {_reap(int(numbers[0]), workers)}"
            control.sendall(f"{reply}\n".encode())
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGKILL)


def _death_of(parent: int) -> list[int]:
    """A descriptor that can be read when the parent has ended, where the kernel has one (Linux)."""
    try:
        watch = [os.pidfd_open(parent)]
    except (AttributeError, OSError):
        return []
    return watch if os.getppid() == parent else []


def _fork(control: socket.socket, descriptor: int, limits: list[int]) -> int:
    """limits: address space, and growth of memory after which the worker ends, in megabytes."""
    pid = os.fork()
    if pid:
        os.close(descriptor)
        return pid
    try:
        control.close()
        _end_with_nursery()
        _confine(limits[0])
        serve_calls(Connection(descriptor), limits[1] * 2**20)
    finally:
        os._exit(0)


def _reap(pid: int, workers: set[int]) -> int:
    """Kill one of our workers, and no other process: its number is its own until it is reaped."""
    if pid not in workers:
        return -9
    workers.remove(pid)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _end_with_nursery() -> None:
    """Have the kernel kill this worker when the nursery dies, where it can (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _confine(megabytes: int) -> None:
    """Limit memory, forbid files and core dumps, and silence what libraries print."""
    _limit(resource.RLIMIT_AS, megabytes * 2**20)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)


def _limit(kind: int, size: int) -> None:
    """Set a limit, never above one that is in force already; macOS knows no limit of memory."""
    _, hard = resource.getrlimit(kind)
    size = size if hard == resource.RLIM_INFINITY else min(size, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(kind, (size, size))


def serve_calls(connection: Connection, growth: int) -> None:
    """Answer calls, one JSON text each way, until the other side closes or memory has grown.

    growth: bytes that may be added. The peak is asked first, because that costs next to nothing.
    """
    peak, own = _peak() + growth, _own() + growth
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            reply = _next_reply(connection)
            if "memory" in reply or (_peak() > peak and _own() > own):
                reply["worn"] = True
            connection.send_bytes(json.dumps(reply).encode())
            if "worn" in reply:
                return


def _next_reply(connection: Connection) -> dict[str, Any]:
    try:
        request = json.loads(connection.recv_bytes())
    except MemoryError:
        return {"memory": True, "seconds": 0.0}
    start = time.perf_counter()
    reply = answer_call(request["operation"], request["arguments"])
    return reply | {"seconds": time.perf_counter() - start}


def _peak() -> int:
    """The most memory that this process has had so far, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _own() -> int:
    """The memory in bytes that is no file's (z3's code alone is one of 25 MB, read as it is used).

    The peak of all memory where the system does not say.
    """
    try:
        pages = [int(word) for word in Path("/proc/self/statm").read_text("ascii").split()]
    except OSError:
        return _peak()
    return (pages[1] - pages[2]) * resource.getpagesize()


def answer_call(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Run one operation. Returns one of value, error, memory, bug with its content."""
    try:
        return {"value": find_operation(name)(arguments)}
    except ToolError as error:
        return {"error": str(error)}
    except RecursionError:
        return {"error": "This is nested too deeply. Send smaller parts, one at a time."}
    except Exception as error:  # noqa: BLE001 the parent raises it again with this text
        if isinstance(error, MemoryError) or getattr(error, "errno", 0) == errno.ENOMEM:
            return {"memory": True}
        return {"bug": traceback.format_exc()}


if __name__ == "__main__":
    main()
