"""What a tool call costs: the worker, a hang, memory over many calls, parsing, a crowd of calls.

Both sides of each comparison run in turn in this process, on the same calls. A call that hangs is
one whose worker process is stopped by a signal: nothing but the limit ends it. Quick calls stand
beside it in the same pool. Memory is what is no file's: libraries' code is shared by all.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

import sympy

from benchmarks.figure import Figure, count_figure, median_figure, milliseconds, ratio_figure
from corollary_tools.errors import ToolTimeout
from corollary_tools.expression import parse_expression
from corollary_tools.operations import find_operation
from corollary_tools.worker import Workers

SHORT = True
_CALLS, _FRESH, _HANGS, _MANY, _SETTLED, _CROWD, _CROWDS = 1000, 7, 15, 10_000, 20, 100, 7
_TICK = 0.002  # seconds
_REQUEST = {"arguments": {"expression": "48/2 + 15% of 80"}, "desk": None}
_FRESH_CALL = (
    "from corollary_tools.operations import find_operation; "
    f"find_operation('calculate')({_REQUEST!r})"
)
_TEXTS = (
    "48/2 + 3*7",
    "x**2 - 5*x + 6",
    "(x + 1)*(x - 1)/(x**2 + 2*x + 1)",
    "sqrt(x**2 + y**2) + 3*x*y/7",
    "sin(x)**2 + cos(x)**2",
    "2*a*b + 4*a*c - 6*b*c + 11",
    "((x + 1)**3 - (x - 1)**3)/(6*x**2 + 2)",
    "log(x*y) + exp(-x**2/2)",
)


def run() -> Iterator[Figure]:
    """Yield the figures of the tools, about a minute on two free cores."""
    with Workers(size=2) as workers:
        yield from _round_trip(workers)
        yield from _hangs(workers)
    yield _growth()
    yield from _parsing()
    yield from asyncio.run(_crowd())


def _round_trip(workers: Workers) -> Iterator[Figure]:
    operation = find_operation("calculate")
    near, far = [], []
    for _ in range(_CALLS):
        near.append(milliseconds(partial(operation, _REQUEST)))
        far.append(milliseconds(partial(workers.call, "calculate", _REQUEST)))
    near, far = near[50:], far[50:]
    yield median_figure("call in this process", near, "ms")
    yield median_figure("call in a worker", far, "ms")
    added = [there - here for here, there in zip(near, far, strict=True)]
    yield median_figure("worker over this process", added, "ms", goal=0.1)
    fresh = [milliseconds(_fresh_call) for _ in range(_FRESH)]
    yield median_figure("call in a fresh process", fresh, "ms")
    ratios = [one / median(far) for one in fresh]
    yield ratio_figure("a fresh process over a worker", ratios, goal=200)


def _fresh_call() -> None:
    subprocess.run([sys.executable, "-c", _FRESH_CALL], check=True)


def _hangs(workers: Workers) -> Iterator[Figure]:
    gone, after = [], []
    for _ in range(_HANGS):
        _ask(workers)
        pid = workers.pool.idle[-1]
        os.kill(pid, signal.SIGSTOP)
        began = perf_counter()
        try:
            workers.call("calculate", _REQUEST, seconds=0.1)
        except ToolTimeout:
            _wait_for_end(pid)
        gone.append((perf_counter() - began - 0.1) * 1000)
        after.append(milliseconds(partial(_ask, workers)))
    yield median_figure("a hung call is gone after its limit", gone, "ms", goal=50)
    yield median_figure("the next call is answered", after, "ms", goal=30)


def _ask(workers: Workers) -> None:
    workers.call("calculate", _REQUEST)


def _wait_for_end(pid: int) -> None:
    while True:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        sleep(0.001)


def _growth() -> Figure:
    """The most memory at any time after the first calls, over that after the first calls."""
    with Workers(size=1) as workers:
        sizes = []
        for number in range(_MANY):
            operation, arguments = _varied(number)
            workers.call(operation, {"arguments": arguments, "desk": None})
            if number % 10 == 9:
                sizes.append(_own_memory(workers))
    added = (max(sizes) - sizes[_SETTLED // 10]) / 2**20
    name = f"memory that {_MANY} different calls add after the first {_SETTLED}, in MB"
    return count_figure(name, round(added), goal=20)


def _varied(number: int) -> tuple[str, dict[str, object]]:
    kinds: tuple[tuple[str, dict[str, object]], ...] = (
        ("calculate", {"expression": f"{number}/7 + {number % 90}% of 80"}),
        ("simplify", {"expression": f"(x + {number})*(x - {number}) + {number}*x"}),
        ("solve", {"equations": [f"{number}*x + y = 7", f"x - y = {number}"]}),
        ("equal", {"left": f"(a + {number})^2", "right": f"a^2 + {2 * number}*a + {number**2}"}),
        ("prove", {"conclusion": f"p{number}(a)", "premises": [f"forall x. p{number}(x)"]}),
    )
    return kinds[number % len(kinds)]


def _own_memory(workers: Workers) -> int:
    """Bytes of memory that are no file's, in the idle workers; none where one is being replaced."""
    texts = [Path(f"/proc/{pid}/statm").read_text("ascii") for pid in workers.pool.idle]
    pages = [[int(word) for word in text.split()] for text in texts]
    return sum(row[1] - row[2] for row in pages) * os.sysconf("SC_PAGE_SIZE")


def _parsing() -> Iterator[Figure]:
    ours: list[float] = []
    theirs: list[float] = []
    for number in range(60):
        texts = [f"{text} + {number}*z" for text in _TEXTS]  # no text twice
        for times, parse in ((ours, parse_expression), (theirs, sympy.sympify)):
            times.append(milliseconds(partial(_parse_all, parse, texts)))
    per_text = len(_TEXTS)
    yield median_figure("parse, ours", [t / per_text for t in ours[5:]], "ms")
    yield median_figure("parse, sympify", [t / per_text for t in theirs[5:]], "ms")
    pairs = zip(theirs[5:], ours[5:], strict=True)
    yield ratio_figure("sympify over ours", [there / here for there, here in pairs], goal=5)


def _parse_all(parse: Callable[[str], object], texts: Sequence[str]) -> None:
    for text in texts:
        parse(text)


async def _crowd() -> list[Figure]:
    """A hundred calls at once, alone and beside one that hangs and so takes a worker away."""
    alone, beside, stalls, calm = [], [], [], []
    with Workers(size=2) as workers:
        for turn in range(_CROWDS):
            await _together(workers, 3 * turn)  # so that both workers are warm
            took, stall = await _together(workers, 3 * turn + 1)
            alone.append(took)
            stalls.append(stall)
            calm.append(await _watched(asyncio.sleep(took / 1000)))
            hanging = await _begin_hanging(workers)
            beside.append((await _together(workers, 3 * turn + 2))[0])
            hanging.cancel()
            await asyncio.wait([hanging])
    demanded = workers.size / (workers.size - 1)
    delays = [late / (soon * demanded) for soon, late in zip(alone, beside, strict=True)]
    return [
        median_figure(f"{_CROWD} calls at once", alone, "ms"),
        median_figure(f"{_CROWD} calls beside one that hangs", beside, "ms"),
        median_figure("delay over what a pool of two demands", delays, "times", goal=1.0),
        median_figure("longest stall of the event loop meanwhile", stalls, "ms"),
        median_figure("longest stall of an event loop at rest", calm, "ms"),
    ]


async def _together(workers: Workers, turn: int) -> tuple[float, float]:
    """How long a hundred calls take together, and how long at most the loop stood still."""
    began = perf_counter()
    numbers = range(turn * _CROWD, (turn + 1) * _CROWD)
    calls = asyncio.gather(*(workers.acall(*_slower(number)) for number in numbers))
    stall = await _watched(calls)
    return (perf_counter() - began) * 1000, stall


async def _watched(work: Awaitable[object]) -> float:
    """The longest stall of the loop while `work` is awaited, in milliseconds."""
    watch = asyncio.create_task(_longest_stall())
    await asyncio.sleep(0)
    await work
    watch.cancel()
    return await watch


async def _longest_stall() -> float:
    longest, last = 0.0, perf_counter()
    try:
        while True:
            await asyncio.sleep(_TICK)
            now = perf_counter()
            longest, last = max(longest, now - last - _TICK), now
    except asyncio.CancelledError:
        return longest * 1000


def _slower(number: int) -> tuple[str, dict[str, object]]:
    sides = {"left": f"(x + {number})^2", "right": f"x^2 + {2 * number}*x + {number**2}"}
    return "equal", {"arguments": sides, "desk": None}


async def _begin_hanging(workers: Workers) -> asyncio.Task[dict[str, object]]:
    pid = workers.pool.idle[-1]
    os.kill(pid, signal.SIGSTOP)
    task = asyncio.create_task(workers.acall("calculate", _REQUEST))
    while pid in workers.pool.idle:
        await asyncio.sleep(0)
    return task
