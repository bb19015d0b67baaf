"""Tables of version 1: upgraded whole on the first opening for writing, read as they are before."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from pathlib import Path

import pytest
from test_store import make_pair, make_problem, make_trace, make_verdict
from version_one import write_version_one

from corollary_datagen.store import Store, open_store
from corollary_datagen.unpaired import UnpairedRow
from corollary_tools.errors import CorollaryError

PROBLEMS = [make_problem(n) for n in range(5)]
TRACES = [
    (make_trace(n, s, "error" if n == 4 else "answered"), s) for s in range(3) for n in range(5)
]
VERDICTS = [
    make_verdict("t0-0"),
    make_verdict("t1-1", "INCORRECT"),
    make_verdict("t0-0", grader="2"),
]
PAIRS = [make_pair(n).model_copy(update={"margin": n / 3}) for n in range(7)]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    write_version_one(tmp_path / "old", PROBLEMS, TRACES, VERDICTS, PAIRS)
    return tmp_path / "old"


def everything(store: Store) -> list[object]:
    counts = store.counts()
    streams = (store.problems(), store.traces(), store.graded(), store.verdicts(), store.pairs())
    return [counts, *(list(rows) for rows in streams), sorted(store.done())]


def version(run_dir: Path) -> int:
    connection = sqlite3.connect(run_dir / "run.sqlite")
    try:
        found: int = connection.execute("PRAGMA user_version").fetchone()[0]
        return found
    finally:
        connection.close()


def test_a_reader_shows_a_run_of_version_1_and_leaves_it_so(old: Path) -> None:
    with open_store(old, write=False) as store:
        assert [trace for trace, _ in TRACES] == list(store.traces())
        assert list(store.pairs()) == PAIRS
        assert list(store.unpaired()) == []
        assert store.counts()["errors"] == 3
        assert len(store.done(errors=False)) == 12
    assert version(old) == 1


def test_a_writer_upgrades_it_and_nothing_is_lost(old: Path) -> None:
    with open_store(old, write=False) as store:
        before = everything(store)
    with open_store(old) as store:
        assert everything(store) == before
        assert list(store.graders()) == ["1", "2"]
        assert store.add_trace(make_trace(0, 9), 9)
        assert not store.add_trace(make_trace(0, 0, note="again"), 0)
        assert store.replace_pairs(store.pairs()) == 7, "the new may be made from the old"
        assert list(store.pairs()) == PAIRS
    assert version(old) == 2
    with open_store(old) as store:
        assert len(list(store.traces())) == 16


def test_a_new_file_and_an_upgraded_one_have_the_same_tables(old: Path, tmp_path: Path) -> None:
    open_store(old).close()
    open_store(tmp_path / "new").close()
    found = [shape(folder / "run.sqlite") for folder in (old, tmp_path / "new")]
    assert found[0] == found[1]
    assert {"texts", "histories", "unpaired", "messages"} <= {name for name, *_ in found[0]}


def shape(path: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    names = connection.execute("SELECT name FROM sqlite_master WHERE sql NOT NULL ORDER BY name")
    tables = [
        (name, *connection.execute(f"PRAGMA table_info({name})").fetchall()) for (name,) in names
    ]
    connection.close()
    return tables


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(old: Path) -> None:
    connection = sqlite3.connect(old / "run.sqlite")
    connection.execute("CREATE INDEX failed_traces ON traces (stop)")  # In the upgrade's way.
    connection.close()
    with pytest.raises(CorollaryError, match="cannot use"):
        open_store(old)
    assert version(old) == 1
    with open_store(old, write=False) as store:
        assert list(store.pairs()) == PAIRS
    assert "texts" not in {name for name, *_ in shape(old / "run.sqlite")}


def test_a_kill_while_it_is_upgraded_leaves_version_1_or_2_whole(tmp_path: Path) -> None:
    traces = [(make_trace(n % 5, n), n) for n in range(2000)]
    verdicts = [make_verdict(trace.id) for trace, _ in traces]
    draw, seen = random.Random(5), set()
    for number in range(6):
        folder = tmp_path / str(number)
        write_version_one(folder, PROBLEMS, traces, verdicts, PAIRS)
        child = os.fork()
        if child == 0:
            open_store(folder)
            os._exit(0)
        time.sleep(draw.uniform(0, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        seen.add(version(folder))
        with open_store(folder) as store:
            assert store.counts()["CORRECT"] == 2000
            assert list(store.pairs()) == PAIRS
    assert seen <= {1, 2}


def test_unpaired_rows_come_back_and_share_what_they_begin_with(tmp_path: Path) -> None:
    tools = (
        {"type": "function", "function": {"name": "calculate", "parameters": {"z": 1, "a": 2}}},
    )
    rows = [
        UnpairedRow(
            problem_id=f"p{n}",
            family="f",
            tools=tools if n % 2 else (),
            prompt=({"role": "system", "content": "long " * 100}, {"role": "user", "content": "?"}),
            completion=({"role": "assistant", "content": str(n)},),
            label=n % 3 == 0,
            trace=f"t{n}",
            weight=0.5 + n,
        )
        for n in range(6)
    ]
    with open_store(tmp_path) as store:
        assert store.replace_unpaired(rows) == 6
        assert list(store.unpaired()) == rows
        assert store.replace_unpaired(row for row in store.unpaired() if row.label) == 2
    with open_store(tmp_path, write=False) as store:
        assert list(store.unpaired()) == [rows[0], rows[3]]
    connection = sqlite3.connect(tmp_path / "run.sqlite")
    assert connection.execute("SELECT count(*) FROM texts").fetchone() == (1,)
    connection.close()
