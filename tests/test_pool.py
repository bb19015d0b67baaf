"""The pool: one line for threads and coroutines, cancelled calls, kills, growth, forks, orphans."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from stopping import stop_next

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError, ToolTimeout
from corollary_tools.tool import OpenDesk, Outcome
from corollary_tools.toolkit import Toolkit, load_toolkit
from corollary_tools.turns import Turns
from corollary_tools.worker import SolverBug, Work, Workers


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(size=2, seconds=20) as started:
        yield started


async def calculate(workers: Workers, expression: str, seconds: float = 20) -> str:
    request = {"arguments": {"expression": expression}}
    return str((await workers.acall("calculate", request, seconds=seconds))["text"])


async def begin_hanging(workers: Workers, seconds: float = 20) -> tuple[asyncio.Task[str], int]:
    """A call that hangs and has its worker, and the process id of that."""
    pid = stop_next(workers)
    task = asyncio.create_task(calculate(workers, "1+1", seconds))
    while pid in workers.pool.idle:
        await asyncio.sleep(0)
    return task, pid


def test_a_coroutine_gets_results_and_errors_as_a_thread_does(workers: Workers) -> None:
    async def run() -> None:
        assert await calculate(workers, "48/2") == "24"
        with pytest.raises(ToolError, match="Division by zero"):
            await calculate(workers, "1/0")
        with pytest.raises(SolverBug, match="KeyError"):
            await workers.acall("os.system", {})
        with pytest.raises(ToolTimeout, match=r"Stopped after 0\.1 s"):
            await (await begin_hanging(workers, 0.1))[0]
        assert await calculate(workers, "2+2") == "4"

    asyncio.run(run())


def test_the_event_loop_runs_on_while_a_call_does(workers: Workers) -> None:
    async def run() -> int:
        (call, _), ticks = await begin_hanging(workers, 0.3), 0
        while not call.done():
            await asyncio.sleep(0.001)
            ticks += 1
        assert isinstance(call.exception(), ToolTimeout)
        return ticks

    assert asyncio.run(run()) > 20


def test_a_hundred_calls_at_once_and_a_hanging_one(workers: Workers) -> None:
    async def run() -> list[str]:
        slow, _ = await begin_hanging(workers)
        found = await asyncio.gather(*(calculate(workers, f"{n}+1") for n in range(100)))
        assert not slow.done()
        slow.cancel()
        return found

    assert asyncio.run(run()) == [str(n + 1) for n in range(100)]


def test_a_cancelled_call_frees_its_worker() -> None:
    async def run(own: Workers) -> str:
        task, _ = await begin_hanging(own)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await calculate(own, "6*7")

    with Workers(size=1) as own:
        assert asyncio.run(run(own)) == "42"
        assert len(own.pool.idle) == 1


def test_calls_cancelled_at_any_moment_lose_no_worker() -> None:
    """Cancelled in line, while a worker is forked, while it works: each place comes back."""

    async def one(own: Workers, number: int) -> None:
        task = asyncio.create_task(calculate(own, "2^9"))
        await asyncio.sleep(number % 7 * 0.0005)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def run(own: Workers) -> list[str]:
        await asyncio.gather(*(one(own, number) for number in range(60)))
        return await asyncio.gather(*(calculate(own, "6*7") for _ in range(4)))

    with Workers(size=2) as own:
        assert asyncio.run(run(own)) == ["42"] * 4
        assert len(own.pool.idle) <= 2


def test_a_worker_killed_from_outside_costs_its_own_call_only(workers: Workers) -> None:
    async def run() -> tuple[BaseException | None, list[str]]:
        task, busy = await begin_hanging(workers)
        others = asyncio.gather(*(calculate(workers, f"{n}*2") for n in range(20)))
        os.kill(busy, signal.SIGKILL)
        await asyncio.wait([task])
        return task.exception(), await others

    error, others = asyncio.run(run())
    assert isinstance(error, ToolTimeout)
    assert "killed from outside. Send this again" in str(error)
    assert others == [str(n * 2) for n in range(20)]


def test_a_process_that_has_grown_is_replaced_between_two_calls() -> None:
    request = {"arguments": {"expression": "(x^9 - 1)/(x - 1) + sin(x)^2 + cos(x)^2"}}
    with Workers(size=1, growth=0) as own:
        first = own.call("simplify", request)
        assert own.pool.idle == ()
        assert own.call("simplify", request) == first


def test_places_are_handed_over_in_the_order_of_asking() -> None:
    async def run() -> list[int]:
        turns, served = Turns(1), []

        async def one(number: int) -> None:
            await turns.atake()
            served.append(number)
            await asyncio.sleep(0)
            turns.give()

        await asyncio.gather(*(one(number) for number in range(9)))
        return served

    assert asyncio.run(run()) == list(range(9))


def test_who_stops_waiting_keeps_no_place() -> None:
    async def run() -> None:
        turns = Turns(1)
        await turns.atake()
        first, second = (asyncio.create_task(turns.atake()) for _ in range(2))
        await asyncio.sleep(0)
        turns.give()
        first.cancel()  # it has been handed the place and does not know yet
        await asyncio.wait([first])
        await asyncio.wait_for(second, 5)
        turns.give()
        turns.take()

    asyncio.run(run())


def test_no_change_of_a_shared_desk_is_lost() -> None:
    shared = OpenDesk(Desk())
    slow = {"go": asyncio.Event()}

    async def record(desk: Desk, number: int) -> Outcome:
        if number == 1 and not desk.premises:
            await slow["go"].wait()
        return Outcome("", desk.record(number, f"p{number}"))

    async def run() -> None:
        first = asyncio.create_task(shared.aadvance(lambda desk: record(desk, 1)))
        await asyncio.sleep(0)
        await shared.aadvance(lambda desk: record(desk, 2))
        slow["go"].set()
        await first

    asyncio.run(run())
    assert {row.label for row in shared.desk.premises} == {"1", "2"}


def test_tools_of_a_foreign_graph_do_not_wait_for_each_other(toolkit: Toolkit) -> None:
    async def run() -> str:
        tools = {tool.name: tool for tool in toolkit.open(Desk())}
        pid = stop_next(toolkit.workers)
        slow = asyncio.create_task(tools["simplify"].ainvoke({"expression": "x/x"}))
        while pid in toolkit.workers.pool.idle:
            await asyncio.sleep(0)
        quick = await tools["calculate"].ainvoke({"expression": "6*7"})
        assert not slow.done()
        slow.cancel()
        return str(quick)

    assert asyncio.run(run()) == "42"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform has no fork")
def test_a_fork_while_threads_call_is_safe(workers: Workers) -> None:
    def ask(number: int) -> str:
        return str(workers.call("calculate", {"arguments": {"expression": f"{number}+1"}})["text"])

    with ThreadPoolExecutor(4) as threads:
        answers = [threads.submit(ask, number) for number in range(400)]
        children = [_forked_child(workers) for _ in range(3)]
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        assert [answer.result() for answer in answers] == [str(n + 1) for n in range(400)]
    assert codes == [0, 0, 0]


def _forked_child(workers: Workers) -> int:
    child = os.fork()
    if child == 0:
        signal.alarm(30)
        found = workers.call("calculate", {"arguments": {"expression": "3*4"}})["text"]
        workers.close()
        os._exit(0 if found == "12" else 1)
    return child


FORKING = """
import os, time
from corollary_tools.worker import Workers
workers = Workers(size=1)
workers.call("calculate", {"arguments": {"expression": "6*7"}})
child = os.fork()
if child == 0:
    time.sleep(60)
print(workers.pool.idle[0], child, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot watch a parent")
def test_no_worker_outlives_a_killed_parent_even_if_a_forked_child_does() -> None:
    parent = subprocess.Popen([sys.executable, "-c", FORKING], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker, child = (int(word) for word in parent.stdout.readline().split())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    try:
        assert any(_ended(worker) or time.sleep(0.05) for _ in range(1200))
    finally:
        os.kill(child, signal.SIGKILL)


def _ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_the_time_of_a_call_is_the_workers_own(workers: Workers) -> None:
    """A loop that is held up until the reply lies there adds nothing to what the call took."""
    request = {"arguments": {"expression": "1+1"}}

    async def run() -> tuple[float, float]:
        await workers.acall("calculate", request)
        calls = [asyncio.create_task(workers.arun("calculate", request)) for _ in range(4)]
        held, start = 0.3, time.perf_counter()
        await asyncio.sleep(0)
        time.sleep(held)
        works = await asyncio.gather(*calls)
        assert time.perf_counter() - start >= held
        return held, min(work.seconds for work in works)

    held, least = asyncio.run(run())
    assert 0 < least < held


def test_the_time_that_is_told_is_what_the_worker_told() -> None:
    """Whatever the clock here says, the outcome has the seconds that stand in the reply."""
    told = Work(1.25, {"text": "2", "desk": None, "certificate": None})

    class Telling(Workers):
        def run(self, *_: object, **__: object) -> Work:
            return told

        async def arun(self, *_: object, **__: object) -> Work:
            return told

    with load_toolkit("arithmetic", Telling()) as kit:
        call = ("calculate", {"expression": "1+1"})
        assert kit.call(*call).milliseconds == 1250
        assert asyncio.run(kit.acall(*call)).milliseconds == 1250


def test_a_stopped_call_took_its_limit_and_no_more(workers: Workers) -> None:
    async def run() -> Work:
        pid = stop_next(workers)
        request = {"arguments": {"expression": "1+1"}}
        call = asyncio.create_task(workers.arun("calculate", request, seconds=0.05))
        while pid in workers.pool.idle:
            await asyncio.sleep(0)
        time.sleep(0.2)
        return await call

    work = asyncio.run(run())
    assert isinstance(work.error, ToolTimeout)
    assert work.seconds == 0.05


def test_a_reply_in_time_counts_though_the_loop_was_held_up_past_the_limit(
    workers: Workers,
) -> None:
    request = {"arguments": {"expression": "1+1"}}

    async def run() -> Work:
        await workers.acall("calculate", request)
        call = asyncio.create_task(workers.arun("calculate", request, seconds=0.2))
        pids = workers.pool.idle
        while workers.pool.idle == pids:
            await asyncio.sleep(0)
        time.sleep(1)
        return await call

    assert asyncio.run(run()).result()["text"] == "2"
