"""The tables of a run's SQLite file, and their version.

Each row keeps its record as JSON text in `body`, with the columns beside it that are searched by,
so that `sqlite3 run.sqlite` alone can answer questions. Nothing here opens a file.
"""

from __future__ import annotations

from typing import Final

APPLICATION: Final = 0x434F524F
"""What marks the file as a run of this project (`PRAGMA application_id`, the letters CORO)."""

VERSION: Final = 1
"""The version of the tables (`PRAGMA user_version`)."""

SCHEMA: Final = f"""
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
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
"""
