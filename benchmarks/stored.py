"""Traces for the benchmark of the store, and its stages, each run in a process of its own.

The traces are the expert's real rollouts on three generated families, copied under other names: in
each copy the words that its formulas are made of are other words, so that nothing repeats but what
repeats in a real run. Copies keep the verdict of their original.

    python -m benchmarks.stored STAGE FOLDER TRACES

prints one JSON object: how many rows, in how many seconds, of the processor too, at what peak of
memory.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import count, groupby, islice
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

from corollary_agent.graph import build_agent
from corollary_agent.models.load import load_model
from corollary_agent.problem import Problem
from corollary_agent.trace import Sampling, Trace
from corollary_datagen.grading.judging import grade_all
from corollary_datagen.rollouts import RolloutSettings, run_rollouts
from corollary_datagen.sources import load_problems
from corollary_datagen.store import Store, open_store
from corollary_datagen.verdict import Graded, Verdict
from corollary_tools.toolkit import load_toolkit

SAMPLES = 4
_PROBLEMS, _BATCH, _THREADS, _SHARE = 90, 500, 64, 0.1
_WORD = re.compile(r"[a-z]{3,}")
_KEPT = {
    "forall", "exists", "and", "not", "distinct", "true", "false", "logic", "math", "constraints",
    "truth", "choice", "number", "assignment", "user", "tool", "system", "assistant", "answered",
}  # fmt: skip


class Original(NamedTuple):
    """A problem and its rollouts as JSON, and the verdict of each."""

    problem: str
    traces: list[tuple[str, int, Verdict]]
    words: re.Pattern[str]


class Stage(NamedTuple):
    """What a stage did: rows in seconds, of which this process's processor was busy so many."""

    rows: int
    seconds: float
    busy: float


class Clock:
    """Measures what runs inside `with`, which may be entered again."""

    def __init__(self) -> None:
        self.seconds = self.busy = 0.0

    def __enter__(self) -> None:
        self._began = perf_counter(), process_time()

    def __exit__(self, *_: object) -> None:
        self.seconds += perf_counter() - self._began[0]
        self.busy += process_time() - self._began[1]

    def stage(self, rows: int) -> Stage:
        """What was done in the time so far."""
        return Stage(rows, self.seconds, self.busy)


def main(arguments: list[str]) -> None:
    """Run one stage and print what it took."""
    name, folder, traces = arguments
    done = _STAGES[name](Path(folder), int(traces))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({**done._asdict(), "peak": peak}))


def make_originals(folder: Path, _: int) -> Stage:
    """Roll the expert out and grade it, into `folder`/originals."""
    problems = list(load_problems("generated:theories,orderings,knights", limit=_PROBLEMS))
    settings = RolloutSettings(samples=SAMPLES, sampling=Sampling(temperature=0.7))
    clock = Clock()
    with clock, open_store(folder / "originals") as store, load_toolkit("all") as toolkit:
        agent = build_agent(load_model("expert:0.5"), toolkit)
        run_rollouts(store, agent, problems, settings=settings)
        grade_all(store, toolkit.workers)
        rows = store.counts()["traces"]
    return clock.stage(rows)


def insert_batches(folder: Path, traces: int) -> Stage:
    """Add copies in batches, with their problems; only the store's own time counts."""
    clock, rows = Clock(), 0
    with open_store(folder / "run") as store:
        for problems, group, verdicts in _groups(folder, traces):
            store.add_problems(problems)
            with clock:
                rows += store.add_traces(group)
            store.add_verdicts(verdicts)
    return clock.stage(rows)


def insert_one_by_one(folder: Path, traces: int) -> Stage:
    """Add copies from many threads, each its own; what a copy takes to make does not count."""
    with open_store(folder / "threads") as store:
        made = list(_groups(folder, traces))
        for problems, _, _ in made:
            store.add_problems(problems)
        rows = [row for _, group, _ in made for row in group]
        workers = [
            threading.Thread(target=_add_each, args=(store, rows[n::_THREADS]))
            for n in range(_THREADS)
        ]
        clock = Clock()
        with clock:
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
        return clock.stage(store.counts()["traces"])


def count_rows(folder: Path, _: int) -> Stage:
    """Count everything."""
    with open_store(folder / "run") as store:
        clock = Clock()
        with clock:
            counts = store.counts()
        return clock.stage(counts["traces"])


def grade_again(folder: Path, _: int) -> Stage:
    """Grade a run whose traces are all graded."""
    with open_store(folder / "run") as store, load_toolkit("all") as toolkit:
        clock = Clock()
        with clock:
            grade_all(store, toolkit.workers)
        return clock.stage(store.counts()["traces"])


def grade_afresh(folder: Path, _: int) -> Stage:
    """Grade the traces that the threads added, by the solvers."""
    with open_store(folder / "threads") as store, load_toolkit("all") as toolkit:
        clock = Clock()
        with clock:
            graded = grade_all(store, toolkit.workers)
        return clock.stage(graded)


def build_all_pairs(folder: Path, traces: int) -> Stage:
    """Build the pairs and store them."""
    from corollary_datagen.pairs import PairSettings, build_pairs

    with open_store(folder / "run") as store, load_toolkit("all") as toolkit:
        clock = Clock()
        with clock:
            store.replace_pairs(build_pairs(store, PairSettings(), toolkit=toolkit))
        return clock.stage(traces)


def split_and_export(folder: Path, _: int) -> Stage:
    """Split the stored pairs by family and export both parts; imports do not count."""
    import_module("datasets")
    from corollary_datagen.exports.export import export_dataset
    from corollary_datagen.exports.manifest import Census
    from corollary_datagen.exports.split import split_pairs
    from corollary_datagen.pairs import PairSettings

    clock = Clock()
    with clock, open_store(folder / "run", write=False) as store:
        training, held_out = split_pairs(store, share=_SHARE)
        census = Census(store)
        parts = census.watched({"train": training, "validation": held_out})
        made = export_dataset(
            parts, folder / "pairs", lambda: census.manifest(PairSettings(), toolkit="all")
        )
    return clock.stage(sum(made.parts.values()))


_STAGES: dict[str, Callable[[Path, int], Stage]] = {
    "originals": make_originals,
    "batches": insert_batches,
    "threads": insert_one_by_one,
    "counts": count_rows,
    "again": grade_again,
    "afresh": grade_afresh,
    "pairs": build_all_pairs,
    "export": split_and_export,
}


class Copy(NamedTuple):
    """A problem with its traces, their sample numbers and their verdicts."""

    problem: Problem
    traces: list[tuple[Trace, int]]
    verdicts: list[Verdict]


class Group(NamedTuple):
    """The rows of some copies."""

    problems: list[Problem]
    traces: list[tuple[Trace, int]]
    verdicts: list[Verdict]


def _groups(folder: Path, traces: int) -> Iterator[Group]:
    """Copies of the originals, a batch of traces at a time."""
    originals = _originals(folder)
    endless = (_copy(original, number) for number in count() for original in originals)
    copies = islice(endless, traces // SAMPLES)
    while some := list(islice(copies, _BATCH // SAMPLES)):
        yield Group(
            [copy.problem for copy in some],
            [trace for copy in some for trace in copy.traces],
            [verdict for copy in some for verdict in copy.verdicts],
        )


def _copy(original: Original, number: int) -> Copy:
    ending = f"q{''.join(chr(ord('a') + int(digit)) for digit in str(number))}"

    def renamed(text: str) -> str:
        return original.words.sub(lambda found: found[0] + ending, text)

    problem = Problem.model_validate_json(renamed(original.problem))
    names = {"id": f"{problem.id}/{number}", "family": f"{problem.family}/{number}"}
    copy = Copy(problem.model_copy(update=names), [], [])
    for body, sample, verdict in original.traces:
        trace = Trace.model_validate_json(renamed(body))
        own = {"id": f"{trace.id}-{number}", "problem_id": names["id"]}
        copy.traces.append((trace.model_copy(update=own), sample))
        copy.verdicts.append(verdict.model_copy(update={"trace_id": own["id"]}))
    return copy


def _originals(folder: Path) -> list[Original]:
    with open_store(folder / "originals", write=False) as store:
        return [
            _original(list(rows)) for _, rows in groupby(store.graded(), lambda row: row.problem.id)
        ]


def _original(rows: list[Graded]) -> Original:
    calls = [call for row in rows for step in row.trace.steps for call in step.calls]
    words = {word for call in calls for word in _WORD.findall(json.dumps(call.arguments))}
    fixed = {name for call in calls for name in (call.name, *call.arguments)}
    names = sorted(words - _KEPT - fixed)
    return Original(
        problem=rows[0].problem.model_dump_json(),
        traces=[(r.trace.model_dump_json(), n, r.verdict) for n, r in enumerate(rows) if r.verdict],
        words=re.compile(rf'\b(?:{"|".join(names)})\b(?!":)'),  # Keys of JSON stay.
    )


def _add_each(store: Store, rows: list[tuple[Trace, int]]) -> None:
    for trace, sample in rows:
        store.add_trace(trace, sample)


if __name__ == "__main__":
    main(sys.argv[1:])
