"""Calls that hang whatever the solvers learn: their worker process is stopped by a signal."""

from __future__ import annotations

import os
import signal

from corollary_tools.worker import Workers


def stop_next(workers: Workers) -> int:
    """Stop the worker that the next call will get, and return its process id."""
    workers.call("calculate", {"arguments": {"expression": "1+1"}})
    pid = workers.pool.idle[-1]
    os.kill(pid, signal.SIGSTOP)
    return pid


def stop_all(workers: Workers) -> int:
    """Stop every idle worker, one at least, and return how many: so many calls will hang."""
    stop_next(workers)
    idle = workers.pool.idle
    for pid in idle:
        os.kill(pid, signal.SIGSTOP)
    return len(idle)
