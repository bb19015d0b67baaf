"""The store of a run: problems, traces, verdicts and pairs in one SQLite file, `run.sqlite`.

Guarantees one writer, that a row is on the disk when the call that added it returns, and that a
rollout is stored once for each (problem, model, settings, sample). Rows are read as streams, so a
run may be larger than memory. Does not judge or build anything.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self

from corollary_agent.problem import Problem
from corollary_agent.trace import Sampling, Trace
from corollary_datagen.configuration import Settings, keep_configuration
from corollary_datagen.database import explained, lock_writer, open_database, transaction
from corollary_datagen.pair import PreferencePair
from corollary_datagen.verdict import Graded, Verdict


class TraceKey(NamedTuple):
    """What makes a rollout the same one: its settings are the hash of `settings_key`."""

    problem_id: str
    model: str
    settings: str
    sample: int


_PAIR = (
    "INSERT INTO pairs (kind, problem_id, family, chosen_trace, rejected_trace, tools, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
# A person's verdict outranks every grader's, however new that one is.
_NEWEST = (
    "SELECT number FROM verdicts WHERE trace_id = t.id"
    " ORDER BY grader LIKE 'person:%' DESC, number DESC LIMIT 1"
)
_GRADED = (
    "SELECT p.id, p.body, t.body, v.body FROM problems p"
    " CROSS JOIN traces t ON t.problem_id = p.id"
    f" LEFT JOIN verdicts v ON v.number = ({_NEWEST}) ORDER BY p.number, t.number"
)
_JUDGED = (
    "SELECT v.judgement, count(*) FROM traces t"
    f" JOIN verdicts v ON v.number = ({_NEWEST}) GROUP BY v.judgement"
)


def settings_key(toolkit: str, prompt: str, sampling: Sampling) -> str:
    """Hash what a rollout was made with: toolkit and prompt hashes, sampling without its seed."""
    parts = [toolkit, prompt, sampling.temperature, sampling.top_p, sampling.max_tokens]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def open_store(run_dir: Path, *, write: bool = True) -> Store:
    """Open the store of a run, making it where it is new.

    write=False reads beside a running writer and changes nothing. Raises CorollaryError for a
    second writer, a file that is no run, and a damaged one.
    """
    if not write:
        return Store(run_dir, open_database(run_dir / "run.sqlite", write=False), None)
    run_dir.mkdir(parents=True, exist_ok=True)
    lock = lock_writer(run_dir / "run.lock")
    try:
        return Store(run_dir, open_database(run_dir / "run.sqlite", write=True), lock)
    except BaseException:
        lock.close()
        raise


class Store:
    """An open run. A context manager; made by `open_store`."""

    def __init__(self, run_dir: Path, connection: sqlite3.Connection, lock: IO[str] | None) -> None:
        self.run_dir = run_dir
        self._connection = connection
        self._lock = lock
        self._turn = threading.RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and let the next writer in."""
        self._connection.close()
        if self._lock:
            self._lock.close()

    def configure(self, stage: str, settings: Settings) -> None:
        """Keep the settings of a stage beside the rows; CorollaryError where they changed."""
        keep_configuration(self.run_dir, stage, settings)

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """Add problems, all or none; one that is there already stays as it is."""
        self._insert(
            "INSERT OR IGNORE INTO problems (id, source, split, family, body)"
            " VALUES (?, ?, ?, ?, ?)",
            ((p.id, p.source, p.split, p.family, p.model_dump_json()) for p in problems),
        )

    def problems(self) -> Iterator[Problem]:
        """Read the problems in the order in which they were added."""
        for (body,) in self._read("SELECT body FROM problems ORDER BY number"):
            yield Problem.model_validate_json(body)

    def add_trace(self, trace: Trace, sample: int) -> bool:
        """Add one trace; False where its key is there. A stored error gives way to a success."""
        return self.add_traces([(trace, sample)]) == 1

    def add_traces(self, traces: Iterable[tuple[Trace, int]]) -> int:
        """Add traces with their sample numbers, all or none; return how many were new."""
        return self._insert(
            "INSERT INTO traces (id, problem_id, model, settings, sample, stop, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (problem_id, model, settings, sample) DO UPDATE"
            " SET id = excluded.id, stop = excluded.stop, body = excluded.body"
            " WHERE traces.stop = 'error' AND excluded.stop <> 'error'",
            (_trace_row(trace, sample) for trace, sample in traces),
        )

    def done(self, *, errors: bool = True) -> set[TraceKey]:
        """The keys of the stored rollouts; errors=False leaves out those that ended in an error."""
        where = "" if errors else " WHERE stop <> 'error'"
        rows = self._read(f"SELECT problem_id, model, settings, sample FROM traces{where}")
        return {TraceKey(*row) for row in rows}

    def traces(self, *, model: str | None = None) -> Iterator[Trace]:
        """Read the traces in the order in which they were stored, of one model where given."""
        where = "" if model is None else " WHERE model = ?"
        values = () if model is None else (model,)
        for (body,) in self._read(f"SELECT body FROM traces{where} ORDER BY number", values):
            yield Trace.model_validate_json(body)

    def rolled(self, model: str, settings: str) -> Iterator[tuple[int, Trace]]:
        """Read the traces of a model with these settings (`settings_key`), with sample numbers."""
        query = "SELECT sample, body FROM traces WHERE model = ? AND settings = ? ORDER BY number"
        for sample, body in self._read(query, (model, settings)):
            yield sample, Trace.model_validate_json(body)

    def graded(self) -> Iterator[Graded]:
        """Read every trace with its problem and newest verdict, problem by problem."""
        problem: Problem | None = None
        for problem_id, problem_body, body, verdict in self._read(_GRADED):
            if problem is None or problem.id != problem_id:
                problem = Problem.model_validate_json(problem_body)
            trace = Trace.model_validate_json(body)
            yield Graded(problem, trace, verdict and Verdict.model_validate_json(verdict))

    def add_verdicts(self, verdicts: Iterable[Verdict]) -> None:
        """Add verdicts, all or none; one by the same grader on the same trace is replaced."""
        self._insert(
            "INSERT OR REPLACE INTO verdicts (trace_id, grader, judgement, reason, body)"
            " VALUES (?, ?, ?, ?, ?)",
            ((v.trace_id, v.grader, v.judgement, v.reason, v.model_dump_json()) for v in verdicts),
        )

    def verdicts(self, *, grader: str | None = None) -> Iterator[Verdict]:
        """Read the newest verdict of each stored trace, or those of one grader."""
        query = "SELECT v.body FROM traces t JOIN verdicts v ON v.trace_id = t.id WHERE "
        where = "v.grader = ?" if grader else f"v.number = ({_NEWEST})"
        values = (grader,) if grader else ()
        for (body,) in self._read(f"{query}{where} ORDER BY t.number", values):
            yield Verdict.model_validate_json(body)

    def add_pairs(self, pairs: Iterable[PreferencePair]) -> int:
        """Add pairs, all or none; return how many."""
        with self._turn, explained(self._file), transaction(self._connection):
            return self._add_pairs(pairs)

    def replace_pairs(self, pairs: Iterable[PreferencePair]) -> int:
        """Put these pairs in the place of all stored ones; the old stay if this fails."""
        with self._turn, explained(self._file), transaction(self._connection):
            self._connection.execute("DELETE FROM pairs")
            return self._add_pairs(pairs)

    def pairs(self) -> Iterator[PreferencePair]:
        """Read the pairs in the order in which they were added."""
        rows = self._read("SELECT number, body FROM schemas")
        schemas = {number: tuple(json.loads(body)) for number, body in rows}
        for tools, body in self._read("SELECT tools, body FROM pairs ORDER BY number"):
            pair = PreferencePair.model_validate({**json.loads(body), "tools": ()})
            yield pair.model_copy(update={"tools": schemas[tools]})  # One copy for all.

    def counts(self) -> dict[str, int]:
        """How many rows there are: problems, traces, pairs, and verdicts by judgement."""
        tables = ("problems", "traces", "pairs")
        found = {t: next(self._read(f"SELECT count(*) FROM {t}"))[0] for t in tables}
        errors = next(self._read("SELECT count(*) FROM traces WHERE stop = 'error'"))[0]
        judged = dict.fromkeys(("CORRECT", "INCORRECT", "UNDECIDED"), 0)
        judged.update(self._read(_JUDGED))
        return {**found, "errors": errors, **judged}

    @property
    def _file(self) -> Path:
        return self.run_dir / "run.sqlite"

    def _read(self, query: str, values: tuple[object, ...] = ()) -> Iterator[tuple[Any, ...]]:
        with explained(self._file):
            yield from self._connection.execute(query, values)

    def _insert(self, statement: str, rows: Iterable[tuple[object, ...]]) -> int:
        with self._turn, explained(self._file), transaction(self._connection):
            return self._connection.executemany(statement, rows).rowcount

    def _add_pairs(self, pairs: Iterable[PreferencePair]) -> int:
        schemas: dict[str, int] = {}
        rows = (self._pair_row(pair, schemas) for pair in pairs)
        return self._connection.executemany(_PAIR, rows).rowcount

    def _pair_row(self, pair: PreferencePair, schemas: dict[str, int]) -> tuple[object, ...]:
        tools = json.dumps(pair.tools)
        if tools not in schemas:
            self._connection.execute("INSERT OR IGNORE INTO schemas (body) VALUES (?)", (tools,))
            query = "SELECT number FROM schemas WHERE body = ?"
            schemas[tools] = self._connection.execute(query, (tools,)).fetchone()[0]
        where = (pair.kind, pair.problem_id, pair.family, pair.chosen_trace, pair.rejected_trace)
        return (*where, schemas[tools], pair.model_dump_json(exclude={"tools"}))


def _trace_row(trace: Trace, sample: int) -> tuple[object, ...]:
    settings = settings_key(trace.toolkit, trace.prompt, trace.sampling)
    key = (trace.problem_id, trace.model, settings, sample)
    return (trace.id, *key, trace.stop, trace.model_dump_json())
