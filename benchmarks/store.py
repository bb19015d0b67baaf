"""The store at size: inserts, grading, pairing, splitting and export, in time and in memory.

Each stage runs in a fresh process, so that its peak of memory is its own, at a quarter, a half and
the whole of the traces; the ratio of the processor's time that a trace takes at the whole and at a
quarter says whether a stage is linear (1 is; fixed costs make it less). `make bench` takes a few
thousand.

    python -m benchmarks.store --traces 1000000 --folder DIR
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from benchmarks.__main__ import _table
from benchmarks.figure import Figure

SHORT = True
_TRACES, _THREADED = 4000, 4000
_STAGES = {
    "batches": "inserted in batches",
    "counts": "counted",
    "again": "graded again from what is stored",
    "pairs": "paired, and the pairs stored",
    "export": "split and exported",
}
_INSERTS, _MEMORY = 5000.0, 2e9


class Took(NamedTuple):
    """What a stage took: rows in seconds, of which busy, and its process's peak in bytes."""

    rows: int
    seconds: float
    busy: float
    peak: int


def run(traces: int = _TRACES, folder: Path | None = None) -> Iterator[Figure]:
    """Yield rates, times, memory and sizes. folder: where the runs are made, and left."""
    with tempfile.TemporaryDirectory() as temporary:
        place = folder or Path(temporary)
        _stage("originals", place, 0)
        yield from _threads(place, min(traces, _THREADED))
        sizes = (traces // 4, traces // 2, traces)
        yield from _sizes(place, {size: _all_stages(place, size) for size in sizes})


def _threads(place: Path, traces: int) -> Iterator[Figure]:
    added = _stage("threads", place, traces)
    rate = added.rows / added.seconds
    yield _figure("inserts by 64 threads, one at a time", rate, "a second", added.rows, _INSERTS)
    rate = added.rows / added.busy
    yield _figure("inserts by 64 threads, by processor time", rate, "a second", added.rows)
    graded = _stage("afresh", place, traces)
    cost = 1e6 * graded.seconds / max(1, graded.rows)
    yield _figure("graded afresh, by the solvers", cost, "us a trace", graded.rows)


def _all_stages(place: Path, traces: int) -> dict[str, Took]:
    for name in ("run", "pairs"):
        shutil.rmtree(place / name, ignore_errors=True)
    print(f"store: {traces} traces ...", file=sys.stderr)
    return {name: _stage(name, place, traces) for name in _STAGES}


def _sizes(place: Path, taken: dict[int, dict[str, Took]]) -> Iterator[Figure]:
    first, whole = min(taken), max(taken)
    stored = taken[whole]["batches"]
    rate = stored.rows / stored.seconds
    yield _figure("inserts in batches of 500", rate, "a second", whole, _INSERTS)
    rate = stored.rows / stored.busy
    yield _figure("inserts in batches of 500, by processor time", rate, "a second", whole)
    for stage, words in _STAGES.items():
        for size, stages in taken.items():
            yield _figure(words, stages[stage].seconds, "s", size)
            yield _figure(f"{words}, processor", stages[stage].busy, "s", size)
        slope = _cost(taken[whole][stage], whole) / _cost(taken[first][stage], first)
        yield _figure(f"{words}: a trace at the whole over at a quarter", slope, "times", whole)
        peak = taken[whole][stage].peak
        yield _figure(f"{words}: peak of memory", peak / 1e6, "MB", whole, _MEMORY / 1e6)
    yield _figure("run on disk", _bytes(place / "run") / whole, "bytes a trace", whole)
    rows = max(1, taken[whole]["export"].rows)
    for form in ("data", "disk"):
        size = _bytes(place / "pairs" / form) / rows
        yield _figure(f"export on disk, {form}", size, "bytes a pair", rows)


def _cost(took: Took, traces: int) -> float:
    return took.busy / traces


def _stage(name: str, place: Path, traces: int) -> Took:
    words = [sys.executable, "-m", "benchmarks.stored", name, str(place), str(traces)]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True)
    return Took(**json.loads(done.stdout.splitlines()[-1]))


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _figure(figure: str, value: float, unit: str, n: int, goal: float | None = None) -> Figure:
    better: Literal["lower", "higher"] = "higher" if unit == "a second" else "lower"
    return Figure(figure, value, unit, goal, better, n, value, value)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run at the size that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.store", description=__doc__)
    parser.add_argument("--traces", type=int, default=_TRACES, help="how many; default %(default)s")
    parser.add_argument("--folder", type=Path, help="where to make the runs; default: aside")
    asked = parser.parse_args(arguments)
    print(_table("store", list(run(asked.traces, asked.folder))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
