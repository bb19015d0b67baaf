"""The store of a run: problems, traces, verdicts and pairs in one SQLite file, `run.sqlite`.

Guarantees one writer, that a row is on the disk when the call that added it returns, and that a
rollout is stored once for each (problem, model, settings, sample). Reading is `reading`'s. Does not
judge or build anything.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from corollary_agent.problem import Problem
from corollary_agent.trace import Trace
from corollary_datagen.chains.continuation import Continuation
from corollary_datagen.pair import PreferencePair
from corollary_datagen.store import queries
from corollary_datagen.store.commits import Commits
from corollary_datagen.store.configuration import Settings, keep_configuration
from corollary_datagen.store.database import lock_writer, open_database, transaction
from corollary_datagen.store.done import TraceKey
from corollary_datagen.store.failures import explained, unusable
from corollary_datagen.store.reading import Reader
from corollary_datagen.store.rows import (
    History,
    TraceRow,
    settings_key,
    to_pair_rows,
    to_pair_values,
    to_trace_row,
    to_unpaired_row,
)
from corollary_datagen.unpaired import UnpairedRow
from corollary_datagen.verdict import Verdict

__all__ = ["Store", "TraceKey", "open_store", "settings_key"]


def open_store(run_dir: Path, *, write: bool = True) -> Store:
    """Open the store of a run, making it where it is new; an older version's is upgraded.

    write=False reads beside a running writer and changes nothing. Raises CorollaryError for a
    second writer, a file that is no run, and a damaged one.
    """
    if not write:
        return Store(run_dir, open_database(run_dir / "run.sqlite", write=False), None)
    try:
        run_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unusable(run_dir, error) from error
    lock = lock_writer(run_dir / "run.lock")
    try:
        return Store(run_dir, open_database(run_dir / "run.sqlite", write=True), lock)
    except BaseException:
        lock.close()
        raise


class Store(Reader):
    """An open run. A context manager; made by `open_store`. Threads may share it."""

    def __init__(self, run_dir: Path, connection: sqlite3.Connection, lock: IO[str] | None) -> None:
        super().__init__(run_dir, connection, paged=lock is not None)
        self._lock = lock
        self._turn = threading.RLock()
        self._commits = Commits[TraceRow](self._write_traces, self._turn)

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
            queries.ADD_PROBLEM,
            ((p.id, p.source, p.split, p.family, p.model_dump_json()) for p in problems),
        )

    def add_trace(self, trace: Trace, sample: int) -> bool:
        """Add one trace; False where its key is there. A stored error gives way to a success.

        Threads that add at the same time share transactions.
        """
        return self._commits.add(to_trace_row(trace, sample)) == 1

    def add_traces(self, traces: Iterable[tuple[Trace, int]]) -> int:
        """Add traces with their sample numbers, all or none; return how many were new."""
        with self._writing():
            return sum(self._write_trace(to_trace_row(trace, number)) for trace, number in traces)

    def add_verdicts(self, verdicts: Iterable[Verdict]) -> None:
        """Add verdicts, all or none; one by the same grader on the same trace is replaced."""
        self._insert(
            queries.ADD_VERDICT,
            ((v.trace_id, v.grader, v.judgement, v.reason, v.model_dump_json()) for v in verdicts),
        )

    def add_continuation(self, run: Continuation) -> None:
        """Add one run from a state; one of the same key and number gives way to it."""
        key = (run.state, run.model, run.settings, run.sample, run.judgement)
        self._insert(queries.ADD_CONTINUATION, [(*key, run.model_dump_json())])

    def add_pairs(self, pairs: Iterable[PreferencePair]) -> int:
        """Add pairs, all or none; return how many."""
        with self._writing():
            return self._write_pairs(pairs)

    def replace_pairs(self, pairs: Iterable[PreferencePair]) -> int:
        """Put these pairs in the place of all stored ones; the old stay if this fails.

        The new ones may be made from the old ones while they are written.
        """
        with self._replacing("pairs", "histories"):
            return self._write_pairs(pairs)

    def replace_unpaired(self, rows: Iterable[UnpairedRow]) -> int:
        """Put these rows in the place of all stored ones; the old stay if this fails."""
        with self._replacing("unpaired"):
            values = (to_unpaired_row(row, self._texts) for row in rows)
            return self._connection.executemany(queries.ADD_UNPAIRED, values).rowcount

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._turn, explained(self._file):
            try:
                with transaction(self._connection):
                    yield
            except BaseException:
                self._texts.forget()
                raise

    @contextmanager
    def _replacing(self, *tables: str) -> Iterator[None]:
        with self._writing():
            old = {table: self._last(table) for table in tables}
            yield
            for table, last in old.items():
                self._connection.execute(f"DELETE FROM {table} WHERE number <= ?", (last,))

    def _insert(self, statement: str, rows: Iterable[tuple[object, ...]]) -> int:
        with self._writing():
            return self._connection.executemany(statement, rows).rowcount

    def _write_traces(self, rows: Sequence[TraceRow]) -> list[int]:
        with self._writing():
            return [self._write_trace(row) for row in rows]

    def _write_trace(self, row: TraceRow) -> int:
        head = self._texts.keep(row.heads) if row.heads else "[]"
        return self._connection.execute(queries.ADD_TRACE, (*row.values, head)).rowcount

    def _write_pairs(self, pairs: Iterable[PreferencePair]) -> int:
        count, latest = 0, 0
        for row in to_pair_rows(pairs):
            if isinstance(row, History):
                latest = self._connection.execute(queries.ADD_HISTORY, row).lastrowid or 0
                continue
            tools = self._texts.keep_schemas(row.pair.tools)
            values = (*to_pair_values(row.pair), tools, latest - row.back, row.length)
            self._connection.execute(queries.ADD_PAIR, values)
            count += 1
        return count
