"""The tables of a run's SQLite file, and their version.

Each row keeps its record as JSON text in `body`, with the columns beside it that are searched by,
so that `sqlite3 run.sqlite` alone can answer questions. What many rows share stands once: the long
messages that traces begin with in `texts` (`head` names them by hash), tool schemas in `schemas`,
the histories that pairs of one problem share in `histories` (a prompt is the first `length`
messages of one). The view `messages` puts a trace's together again. Nothing here opens a file.
"""

from __future__ import annotations

from typing import Final

APPLICATION: Final = 0x434F524F
"""What marks the file as a run of this project (`PRAGMA application_id`, the letters CORO)."""

VERSION: Final = 2
"""The version of the tables (`PRAGMA user_version`)."""

_FIRST: Final = """
CREATE TABLE problems (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    split TEXT NOT NULL,
    family TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE traces (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    problem_id TEXT NOT NULL REFERENCES problems (id),
    model TEXT NOT NULL,
    settings TEXT NOT NULL,
    sample INTEGER NOT NULL,
    stop TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (problem_id, model, settings, sample)
);
CREATE TABLE verdicts (
    number INTEGER PRIMARY KEY,
    trace_id TEXT NOT NULL,
    grader TEXT NOT NULL,
    judgement TEXT NOT NULL,
    reason TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (trace_id, grader)
);
CREATE TRIGGER replaced AFTER UPDATE ON traces BEGIN
    DELETE FROM verdicts WHERE trace_id = old.id;
END;
CREATE TABLE schemas (
    number INTEGER PRIMARY KEY,
    body TEXT NOT NULL UNIQUE
);
CREATE TABLE pairs (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    problem_id TEXT NOT NULL,
    family TEXT NOT NULL,
    chosen_trace TEXT NOT NULL,
    rejected_trace TEXT NOT NULL,
    tools INTEGER NOT NULL REFERENCES schemas (number),
    body TEXT NOT NULL
);
"""
"""What version 1 had. A row that version 1 wrote is valid in version 2 as it is."""

_TABLES: Final = {
    "texts": "hash TEXT NOT NULL UNIQUE, body TEXT NOT NULL",
    "histories": "number INTEGER PRIMARY KEY, body TEXT NOT NULL",
    "unpaired": """
    number INTEGER PRIMARY KEY,
    problem_id TEXT NOT NULL,
    family TEXT NOT NULL,
    label INTEGER NOT NULL,
    trace TEXT NOT NULL,
    tools INTEGER NOT NULL REFERENCES schemas (number),
    head TEXT NOT NULL,
    body TEXT NOT NULL
""",
    "continuations": """
    number INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    model TEXT NOT NULL,
    settings TEXT NOT NULL,
    sample INTEGER NOT NULL,
    judgement TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (state, model, settings, sample)
""",
}
"""The tables that version 2 added."""

_SECOND: Final = f"""
{"".join(f"CREATE TABLE {name} ({columns});" for name, columns in _TABLES.items())}
ALTER TABLE traces ADD COLUMN head TEXT NOT NULL DEFAULT '[]';
ALTER TABLE pairs ADD COLUMN history INTEGER;
ALTER TABLE pairs ADD COLUMN length INTEGER NOT NULL DEFAULT 0;
CREATE INDEX failed_traces ON traces (number) WHERE stop = 'error';
CREATE INDEX counting_verdicts ON verdicts (trace_id, number, grader, judgement);
CREATE VIEW messages AS
    SELECT t.id AS trace_id, h.key AS place, x.body AS body
    FROM traces t, json_each(t.head) h JOIN texts x ON x.hash = h.value
    UNION ALL
    SELECT t.id, json_array_length(t.head) + m.key, m.value
    FROM traces t, json_each(t.body, '$.messages') m;
"""

_MARKS: Final = f"PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION};"

SCHEMA: Final = f"{_FIRST}{_SECOND}{_MARKS}"
"""What makes the tables of a new file."""

UPGRADES: Final = {1: f"{_SECOND}{_MARKS}"}
"""By version: what makes a file of that version one of this. No row is rewritten."""

SHOWN: Final = {
    1: f"""
{"".join(f"CREATE TEMP TABLE {name} ({columns});" for name, columns in _TABLES.items())}
CREATE TEMP VIEW traces AS SELECT *, '[]' AS head FROM main.traces;
CREATE TEMP VIEW pairs AS SELECT *, NULL AS history, 0 AS length FROM main.pairs;
"""
}
"""By version: what lets a connection that may not write read a file of that version as this one."""
