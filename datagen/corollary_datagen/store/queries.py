"""The SQL of the store. Queries that end in `LIMIT ?` are read in pages, after a row's number.

Guarantees that each finds its rows through an index or the table's own order; the tests ask SQLite.
"""

from __future__ import annotations

from typing import Final

ADD_PROBLEM: Final = (
    "INSERT OR IGNORE INTO problems (id, source, split, family, body) VALUES (?, ?, ?, ?, ?)"
)
ADD_TRACE: Final = (
    "INSERT INTO traces (id, problem_id, model, settings, sample, stop, body, head)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (problem_id, model, settings, sample) DO UPDATE"
    " SET id = excluded.id, stop = excluded.stop, body = excluded.body, head = excluded.head"
    " WHERE traces.stop = 'error' AND excluded.stop <> 'error'"
)
ADD_VERDICT: Final = (
    "INSERT OR REPLACE INTO verdicts (trace_id, grader, judgement, reason, body)"
    " VALUES (?, ?, ?, ?, ?)"
)
ADD_HISTORY: Final = "INSERT INTO histories (body) VALUES (?)"
ADD_PAIR: Final = (
    "INSERT INTO pairs (kind, problem_id, family, chosen_trace, rejected_trace, body,"
    " tools, history, length) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
ADD_UNPAIRED: Final = (
    "INSERT INTO unpaired (problem_id, family, label, trace, tools, head, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
ADD_CONTINUATION: Final = (
    "INSERT OR REPLACE INTO continuations (state, model, settings, sample, judgement, body)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
CONTINUATIONS: Final = (
    "SELECT body FROM continuations WHERE state = ? AND model = ? AND settings = ? ORDER BY sample"
)
RUNS: Final = "SELECT body FROM continuations WHERE state = ? ORDER BY model, settings, sample"
ANY_RUN: Final = "SELECT 1 FROM continuations LIMIT 1"
RUNNERS: Final = "SELECT DISTINCT model FROM continuations ORDER BY model"
TWINS: Final = "SELECT id FROM problems WHERE id > ? AND id < ? ORDER BY id"

_PAGED: Final = "{table}.number > ? ORDER BY {table}.number LIMIT ?"
# A person's verdict outranks every grader's, however new that one is.
_IS_PERSONS: Final = "grader LIKE 'person:%'"
_COUNTING: Final = (
    "SELECT number FROM verdicts WHERE trace_id = t.id"
    f" ORDER BY {_IS_PERSONS} DESC, number DESC LIMIT 1"
)

PROBLEMS: Final = f"SELECT number, body FROM problems WHERE {_PAGED.format(table='problems')}"
PROBLEM: Final = "SELECT body FROM problems WHERE id = ?"
PLACE: Final = (
    "SELECT number, source, split, coalesce(json_extract(body, '$.licence'), 'unknown')"
    " FROM problems WHERE id = ?"
)
ORIGIN: Final = "SELECT model, settings FROM traces WHERE id = ?"
TRACE: Final = "SELECT head, body FROM traces WHERE id = ?"
FAILED: Final = "SELECT count(*) FROM traces WHERE stop = 'error'"
GRADED: Final = (
    "SELECT t.head, t.body, v.body FROM traces t"
    f" LEFT JOIN verdicts v ON v.number = ({_COUNTING}) WHERE t.problem_id = ?"
    " ORDER BY t.model, t.settings, t.sample"
)
ROLLED: Final = (
    "SELECT t.number, t.sample, t.head, t.body FROM traces t"
    f" WHERE t.model = ? AND t.settings = ? AND {_PAGED.format(table='t')}"
)
# Beside max() stand the other columns of the same row: one pass over an index.
_OF_EACH: Final = (
    "SELECT trace_id, judgement, grader,"
    f" max(({_IS_PERSONS}) * 4611686018427387904 + number) FROM verdicts GROUP BY trace_id"
)
_STORED: Final = "EXISTS (SELECT 1 FROM traces t WHERE t.id = v.trace_id)"
JUDGED: Final = f"SELECT judgement, count(*) FROM ({_OF_EACH}) v WHERE {_STORED} GROUP BY judgement"
MODELS: Final = "SELECT DISTINCT model FROM traces ORDER BY model"
GRADERS: Final = f"SELECT DISTINCT grader FROM ({_OF_EACH}) v WHERE {_STORED} ORDER BY grader"
PERSONS: Final = f"SELECT DISTINCT grader FROM verdicts WHERE {_IS_PERSONS} ORDER BY grader"
FAMILIES: Final = (
    "SELECT p.source, p.family, v.judgement, count(*) FROM verdicts v"
    " JOIN traces t ON t.id = v.trace_id JOIN problems p ON p.id = t.problem_id"
    " WHERE v.grader = ? GROUP BY p.source, p.family, v.judgement"
)
PAIRS: Final = (
    "SELECT p.number, p.family, p.tools, p.length, h.body, p.body FROM pairs p"
    " LEFT JOIN histories h ON h.number = p.history"
    f" WHERE p.number <= ? AND {_PAGED.format(table='p')}"
)
UNPAIRED: Final = (
    "SELECT number, tools, head, body FROM unpaired"
    f" WHERE number <= ? AND {_PAGED.format(table='unpaired')}"
)


def traces(model: str | None) -> tuple[str, tuple[str, ...]]:
    """The traces, of one model where given."""
    where, values = ("", ()) if model is None else ("t.model = ? AND ", (model,))
    paged = _PAGED.format(table="t")
    return f"SELECT t.number, t.head, t.body FROM traces t WHERE {where}{paged}", values


def problems_to_grade(without: str | None) -> tuple[str, tuple[str, ...]]:
    """The problems that have traces which a grader has not judged; all without a grader."""
    paged = _PAGED.format(table="p")
    query = "SELECT p.number, p.id, p.body FROM problems p WHERE "
    if without is None:
        return f"{query}{paged}", ()
    judged = "SELECT 1 FROM verdicts v WHERE v.trace_id = t.id AND v.grader = ?"
    left = f"SELECT 1 FROM traces t WHERE t.problem_id = p.id AND NOT EXISTS ({judged})"
    return f"{query}EXISTS ({left}) AND {paged}", (without,)


def verdicts(grader: str | None) -> tuple[str, tuple[str, ...]]:
    """The newest verdict of each trace, or those of one grader."""
    query = "SELECT t.number, v.body FROM traces t JOIN verdicts v ON v.trace_id = t.id WHERE "
    paged = _PAGED.format(table="t")
    if grader is None:
        return f"{query}v.number = ({_COUNTING}) AND {paged}", ()
    return f"{query}v.grader = ? AND {paged}", (grader,)
