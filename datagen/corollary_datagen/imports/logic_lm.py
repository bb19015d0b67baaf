"""Logic-LM outputs: [{id, context, question, options, answer, raw_logic_programs}].

One file a model and a set, named SET_SPLIT_MODEL.json. Each program becomes moves of its own, one
line one step, once its problem is known; the last result is the answer. Guarantees that a program
of none of the known dialects is refused with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corollary_agent.models.recorded_programs import read_program
from corollary_agent.problem import Problem
from corollary_agent.sentences import split_sentences
from corollary_datagen.imports.matching import stated_words
from corollary_datagen.imports.recorded import Recorded, Refused, Unreadable
from corollary_datagen.imports.rows import Row, read_each
from corollary_datagen.sources import row as problem_row
from corollary_datagen.sources.index import load_format
from corollary_tools.errors import CorollaryError

_NAME = re.compile(r"^(?P<set>.+?)_(?P<split>train|dev|test)_(?P<model>.+)$")
_SOURCES = {
    "proofwriter": "proofwriter",
    "prontoqa": "prontoqa",
    "folio": "folio",
    "logicaldeduction": "logical_deduction",
    "ar-lsat": "ar_lsat",
}


def matches(values: dict[str, Any]) -> bool:
    """Whether a row is of this format."""
    return "raw_logic_programs" in values


def source(path: Path) -> str | None:
    """The problem source that a file's name points to."""
    found = _NAME.match(path.stem)
    return _SOURCES.get(found["set"].lower()) if found else None


def read(path: Path) -> Iterator[Recorded | Refused]:
    """The programs of a file."""
    return read_each(path, read_row)


def read_row(row: Row) -> Iterator[Recorded]:
    """The programs of one row; most have one."""
    programs = row.get("raw_logic_programs", list)
    if not programs or not all(isinstance(text, str) for text in programs):
        raise Unreadable('field "raw_logic_programs" holds no program')
    name = _NAME.match(row.path.stem)
    for text in programs:
        _check(text)
        yield Recorded(
            place=row.place,
            model=name["model"] if name else row.path.stem,
            origin="/".join((row.path.resolve().parent.name, *((name["set"],) if name else ()))),
            key=row.first("id"),
            question=stated_words((row.get("context", str),), row.get("question", str)),
            problem=_problem(row, name),
            program=text,
        )


def _check(text: str) -> None:
    try:
        read_program(text)
    except ValueError as error:
        told = str(error)
        known = "none of the known dialects" in told or "do not all ask the same" in told
        reason = told if known else "its options ask for what no tool decides"
        raise Unreadable(f"the program cannot be read: {reason}", told) from None
    except (RecursionError, IndexError, KeyError) as error:
        raise Unreadable("the program cannot be read", type(error).__name__) from None


def _problem(row: Row, name: re.Match[str] | None) -> Problem | None:
    """The problem as the row states it, under the id that its source would give it."""
    kind = _SOURCES.get(name["set"].lower()) if name else None
    if kind is None or name is None:
        return None
    values = dict(row.values)
    if kind == "folio":
        values = _folio(row)
    as_row = problem_row.Row(values, kind, name["split"], str(row.path), name["split"], row.number)
    try:
        return load_format(kind).read(as_row)
    except CorollaryError:
        return None


def _folio(row: Row) -> dict[str, Any]:
    """A row in the fields of FOLIO itself."""
    labels = {"A": "True", "B": "False", "C": "Unknown"}
    return {
        "premises": list(split_sentences(row.get("context", str))),
        "conclusion": stated_words((), row.get("question", str)),
        "label": labels.get(row.first("answer"), ""),
        "example_id": row.first("id"),
    }
