"""Workers: limits from outside, no lost calls, threads, forks, and the end of the parent."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from stopping import stop_all, stop_next

from corollary_tools.advice import instead_of
from corollary_tools.errors import ToolError, ToolTimeout
from corollary_tools.operations import SERVICES, TOOL_OPERATIONS, find_operation
from corollary_tools.worker import SolverBug, Workers


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(size=2, seconds=20) as started:
        yield started


linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def calculate(workers: Workers, expression: str, seconds: float | None = None) -> str:
    request = {"arguments": {"expression": expression}}
    return str(workers.call("calculate", request, seconds=seconds)["text"])


def hang(workers: Workers, seconds: float) -> None:
    stop_next(workers)
    calculate(workers, "1+1", seconds)


def test_a_call_returns_what_the_operation_says(workers: Workers) -> None:
    assert calculate(workers, "48/2") == "24"


def test_an_expected_failure_is_a_tool_error(workers: Workers) -> None:
    with pytest.raises(ToolError, match="Division by zero"):
        calculate(workers, "1/0")


def test_a_bug_raises_with_the_traceback_of_the_worker(workers: Workers) -> None:
    with pytest.raises(SolverBug, match="KeyError: 'expression'"):
        workers.call("calculate", {"arguments": {}})


def test_only_operations_of_the_table_can_be_called(workers: Workers) -> None:
    with pytest.raises(SolverBug, match="KeyError"):
        workers.call("os.system", {"arguments": {"command": "true"}})


def test_a_call_is_stopped_at_its_limit_and_the_next_one_runs(workers: Workers) -> None:
    with pytest.raises(ToolTimeout, match=r"Stopped after 0\.2 s"):
        hang(workers, seconds=0.2)
    assert calculate(workers, "1+1") == "2"


def test_a_killed_call_loses_no_other(workers: Workers) -> None:
    with ThreadPoolExecutor(8) as pool:
        hanging = range(stop_all(workers))
        stopped = [pool.submit(calculate, workers, "1+1", 0.2) for _ in hanging]
        while workers.pool.idle:
            time.sleep(0.001)
        others = [pool.submit(calculate, workers, f"{n}*2") for n in range(100)]
        assert [other.result() for other in others] == [str(n * 2) for n in range(100)]
        assert all(isinstance(call.exception(), ToolTimeout) for call in stopped)


def test_many_coroutines_share_the_workers(workers: Workers) -> None:
    async def run() -> list[str]:
        calls = (asyncio.to_thread(calculate, workers, f"{n}+1") for n in range(30))
        return await asyncio.gather(*calls)

    assert asyncio.run(run()) == [str(n + 1) for n in range(30)]


def test_too_little_memory_is_a_timeout_not_a_crash() -> None:
    with Workers(size=1, megabytes=1) as starved:
        with pytest.raises(ToolTimeout, match=r"Stopped at 1 MB of memory"):
            calculate(starved, "1 + " * 40_000)
        assert calculate(starved, "1+1") == "2"


def test_a_worker_that_died_while_idle_is_replaced(workers: Workers) -> None:
    calculate(workers, "1+1")
    idle = workers.pool.idle
    for pid in idle:
        os.kill(pid, signal.SIGKILL)
    for pid in idle:
        wait_for_end(pid)
    assert [calculate(workers, "2+2") for _ in range(4)] == ["4"] * 4


@linux
def test_a_nursery_that_died_is_started_again() -> None:
    with Workers(size=1) as own:
        calculate(own, "1+1")
        worker = own.pool.idle[0]
        os.kill(_parent_of(worker), signal.SIGKILL)
        wait_for_end(worker)
        with pytest.raises(ToolTimeout):
            hang(own, seconds=0.2)
        assert calculate(own, "2+2") == "4"


def _parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", maxsplit=1)[1].split()[1])


def test_close_ends_a_call_that_runs_in_another_thread() -> None:
    own = Workers(size=1)
    worker = stop_next(own)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(calculate, own, "1+1")
        while own.pool.idle:
            time.sleep(0.001)
        own.close()
        assert isinstance(running.exception(timeout=60), ToolTimeout)
    wait_for_end(worker)


def test_closed_workers_start_again_at_the_next_call() -> None:
    own = Workers(size=1)
    assert calculate(own, "1+1") == "2"
    own.close()
    assert calculate(own, "1+2") == "3"
    own.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform has no fork")
def test_a_forked_child_gets_workers_of_its_own(workers: Workers) -> None:
    calculate(workers, "1+1")
    child = os.fork()
    if child == 0:
        os._exit(0 if calculate(workers, "3*4") == "12" else 1)
    answers = [calculate(workers, "2*5") for _ in range(20)]
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert answers == ["10"] * 20


SCRIPT = """
from corollary_tools.worker import Workers
print("main program")
workers = Workers(size=1)
print(workers.call("calculate", {"arguments": {"expression": "6*7"}})["text"])
print(workers.pool.idle[0], flush=True)
"""
WAITING = SCRIPT + "import time\ntime.sleep(60)\n"


def test_the_main_program_is_never_imported_again(tmp_path: Path) -> None:
    unguarded = tmp_path / "unguarded.py"
    unguarded.write_text(SCRIPT)
    piped = subprocess.run(
        [sys.executable, "-"], input=SCRIPT, capture_output=True, text=True, check=True
    )
    run = subprocess.run(
        [sys.executable, str(unguarded)], capture_output=True, text=True, check=True
    )
    for done in (piped, run):
        assert done.stdout.splitlines()[:2] == ["main program", "42"]
        assert done.stderr == ""


def test_workers_end_with_a_parent_that_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", WAITING], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = int([parent.stdout.readline() for _ in range(3)][-1])
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_for_end(worker)


def wait_for_end(pid: int) -> None:
    for _ in range(1200):
        if not _alive(pid):
            return
        time.sleep(0.05)
    pytest.fail(f"worker {pid} is still there")


def _alive(pid: int) -> bool:
    """Whether the process runs; one that ended and was not yet collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rsplit(")", maxsplit=1)[1].split()[0] != "Z"


@linux
def test_no_secret_reaches_a_worker() -> None:
    script = SCRIPT + "print(open(f'/proc/{workers.pool.idle[0]}/environ').read())"
    environment = {**os.environ, "OPENAI_API_KEY": "sk-123", "HF_TOKEN": "hf-123"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    assert "PYTHONHASHSEED=0" in done.stdout
    assert (
        "123" not in done.stdout.replace("PYTHONHASHSEED", "").split("42\n", 1)[1].split("\n", 1)[1]
    )


INTERRUPTED = """
from stopping import stop_next
from corollary_tools.worker import Workers
workers = Workers(size=1, seconds=60)
request = {"arguments": {"expression": "6*7"}}
stop_next(workers)
try:
    print("ready", flush=True)
    workers.call("calculate", request)
except KeyboardInterrupt:
    print(workers.call("calculate", request)["text"], flush=True)
"""


def test_ctrl_c_stops_the_call_and_leaves_no_noise() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=Path(__file__).parent,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    time.sleep(0.2)
    os.killpg(parent.pid, signal.SIGINT)
    out, err = parent.communicate(timeout=600)
    assert (out, err) == ("42\n", "")


@pytest.mark.parametrize("name", [*TOOL_OPERATIONS, *SERVICES])
def test_every_operation_of_the_table_exists(name: str) -> None:
    assert callable(find_operation(name))


def test_a_calculation_starts_no_process(workers: Workers) -> None:
    times = []
    for _ in range(200):
        start = time.perf_counter()
        calculate(workers, "48/2 + 15% of 80")
        times.append(time.perf_counter() - start)
    assert min(times) < 0.1  # a new process takes a second; the figure is in benchmarks


def test_a_call_that_is_stopped_says_what_to_send_instead() -> None:
    for operation in TOOL_OPERATIONS:
        assert instead_of(operation).endswith(".")
    assert "numbers in place of letters" in instead_of("matrix")
    with Workers(size=1, megabytes=1) as starved, pytest.raises(ToolTimeout, match="lower powers"):
        starved.call("simplify", {"arguments": {"expression": "1 + " * 40_000}, "desk": None})
