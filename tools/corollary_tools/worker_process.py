"""The other side of `nursery`: loads sympy and z3 once and forks workers from then on.

Started with `python -P -m corollary_tools.worker_process FD`. It never imports the program
that uses it, runs one thread, and talks over one control socket: `fork` with a socket brings a
worker (about 5 ms), `reap PID` ends one. When the control socket closes, for whatever reason, it
kills every worker and ends. Does not know what the operations are (`operations` does).
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import signal
import socket
import sys
import traceback
from multiprocessing.connection import Connection
from typing import Any

from corollary_tools.errors import ToolError
from corollary_tools.operations import find_operation, load_operations


def main() -> None:
    """Serve the control socket whose descriptor is the only argument, until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=int(sys.argv[1]))
    load_operations()
    gc.collect()
    gc.freeze()
    control.sendall(b"ready\n")
    serve_control(control)


def serve_control(control: socket.socket) -> None:
    """Fork and reap on request. Ends the process's workers when the other side is gone."""
    workers: set[int] = set()
    try:
        while True:
            request, descriptors, _, _ = socket.recv_fds(control, 64, 1)
            if not request:
                return
            word, number = request.decode().split()
            reply = _fork(control, descriptors[0], int(number)) if word == "fork" else _reap(number)
            workers ^= {int(reply.split()[0])}
            control.sendall(f"{reply}\n".encode())
    finally:
        for pid in workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _fork(control: socket.socket, descriptor: int, megabytes: int) -> str:
    pid = os.fork()
    if pid:
        os.close(descriptor)
        return f"{pid} 0"
    try:
        control.close()
        _confine(megabytes)
        serve_calls(Connection(descriptor))
    finally:
        os._exit(0)


def _reap(number: str) -> str:
    pid = int(number)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return f"{pid} {os.waitstatus_to_exitcode(status)}"


def _confine(megabytes: int) -> None:
    """Limit memory, forbid files and core dumps, and silence what libraries print."""
    size = megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)


def serve_calls(connection: Connection) -> None:
    """Answer calls, one JSON text each way, until the other side closes."""
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            request = json.loads(connection.recv_bytes())
            reply = answer_call(request["operation"], request["arguments"])
            connection.send_bytes(json.dumps(reply).encode())
            if "memory" in reply:
                return


def answer_call(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Run one operation. Returns one of value, error, memory, bug with its content."""
    try:
        return {"value": find_operation(name)(arguments)}
    except ToolError as error:
        return {"error": str(error)}
    except RecursionError:
        return {"error": "This is nested too deeply. Send smaller parts, one at a time."}
    except MemoryError:
        return {"memory": True}
    except Exception:  # noqa: BLE001 the parent raises it again with this text
        return {"bug": traceback.format_exc()}


if __name__ == "__main__":
    main()
