"""A run as version 1 of the tables wrote it: the schema and the statements of that time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from corollary_agent.problem import Problem
from corollary_agent.trace import Trace
from corollary_datagen.pair import PreferencePair
from corollary_datagen.store.rows import settings_key
from corollary_datagen.verdict import Verdict

SCHEMA = """
CREATE TABLE problems (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
    split TEXT NOT NULL, family TEXT NOT NULL, body TEXT NOT NULL
);
CREATE TABLE traces (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    problem_id TEXT NOT NULL REFERENCES problems (id), model TEXT NOT NULL,
    settings TEXT NOT NULL, sample INTEGER NOT NULL, stop TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (problem_id, model, settings, sample)
);
CREATE TABLE verdicts (
    number INTEGER PRIMARY KEY, trace_id TEXT NOT NULL, grader TEXT NOT NULL,
    judgement TEXT NOT NULL, reason TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (trace_id, grader)
);
CREATE TRIGGER replaced AFTER UPDATE ON traces BEGIN
    DELETE FROM verdicts WHERE trace_id = old.id;
END;
CREATE TABLE schemas (number INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE);
CREATE TABLE pairs (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, problem_id TEXT NOT NULL,
    family TEXT NOT NULL, chosen_trace TEXT NOT NULL, rejected_trace TEXT NOT NULL,
    tools INTEGER NOT NULL REFERENCES schemas (number), body TEXT NOT NULL
);
PRAGMA application_id = 1129271887;
PRAGMA user_version = 1;
"""


def write_version_one(
    run_dir: Path,
    problems: Sequence[Problem],
    traces: Sequence[tuple[Trace, int]],
    verdicts: Sequence[Verdict],
    pairs: Sequence[PreferencePair],
) -> Path:
    """Write `run_dir`/run.sqlite and return its path."""
    run_dir.mkdir(parents=True, exist_ok=True)
    path = run_dir / "run.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(SCHEMA)
    with connection:
        connection.executemany(
            "INSERT INTO problems (id, source, split, family, body) VALUES (?, ?, ?, ?, ?)",
            [(p.id, p.source, p.split, p.family, p.model_dump_json()) for p in problems],
        )
        connection.executemany(
            "INSERT INTO traces (id, problem_id, model, settings, sample, stop, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [_trace_row(trace, sample) for trace, sample in traces],
        )
        connection.executemany(
            "INSERT INTO verdicts (trace_id, grader, judgement, reason, body)"
            " VALUES (?, ?, ?, ?, ?)",
            [(v.trace_id, v.grader, v.judgement, v.reason, v.model_dump_json()) for v in verdicts],
        )
        for pair in pairs:
            _add_pair(connection, pair)
    connection.close()
    return path


def _trace_row(trace: Trace, sample: int) -> tuple[object, ...]:
    settings = settings_key(trace.toolkit, trace.prompt, trace.sampling)
    key = (trace.id, trace.problem_id, trace.model, settings, sample)
    return (*key, trace.stop, trace.model_dump_json())


def _add_pair(connection: sqlite3.Connection, pair: PreferencePair) -> None:
    tools = json.dumps(pair.tools)
    connection.execute("INSERT OR IGNORE INTO schemas (body) VALUES (?)", (tools,))
    query = "SELECT number FROM schemas WHERE body = ?"
    (number,) = connection.execute(query, (tools,)).fetchone()
    where = (pair.kind, pair.problem_id, pair.family, pair.chosen_trace, pair.rejected_trace)
    connection.execute(
        "INSERT INTO pairs (kind, problem_id, family, chosen_trace, rejected_trace, tools, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*where, number, pair.model_dump_json(exclude={"tools"})),
    )
