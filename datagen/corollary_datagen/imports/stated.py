"""What a row itself states: its problem with the answer, and the model that wrote it.

Guarantees one id for one text, so that what several models wrote on a problem comes together where
no problem source is at hand. Such problems are of the source and split `imported`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corollary_agent.problem import Problem
from corollary_datagen.imports.rows import Row
from corollary_datagen.sources import row as problem_row
from corollary_datagen.sources.families import digest
from corollary_datagen.sources.own import read_own
from corollary_tools.answer import AnswerKind
from corollary_tools.errors import CorollaryError

IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Stated:
    """A problem in a row's own words. answer: None where the row does not say it."""

    question: str
    answer: str | None = None
    asks: AnswerKind | None = None
    options: tuple[str, ...] = ()


def own_problem(row: Row, answer: str | None) -> Problem | None:
    """The problem that a row of numbers states; None where it has no question."""
    question = row.first("question", "problem")
    return build_problem(row, Stated(question, answer, "number")) if question else None


def build_problem(row: Row, stated: Stated) -> Problem | None:
    """The problem of these words; None where the answer is not of its kind."""
    values = {"question": stated.question, "answer": stated.answer, "id": digest(stated.question)}
    if stated.asks:
        values["asks"] = stated.asks
    whole = {**values, "options": list(stated.options)} if stated.options else values
    place = problem_row.Row(whole, IMPORTED, IMPORTED, str(row.path), IMPORTED, row.number)
    try:
        return read_own(place)
    except CorollaryError:
        return None


def stem_model(path: Path) -> str:
    """The model that a file is named after."""
    return path.stem
