"""PrOntoQA rows in the Logic-LLM format: {"id", "context", "question", "options", "answer"}.

The world is closed to two answers, True and False; the family is the theory's wording.
"""

from __future__ import annotations

from corollary_agent.problem import Problem
from corollary_agent.sentences import split_sentences
from corollary_datagen.sources.families import digest
from corollary_datagen.sources.row import Format, Hub, Row
from corollary_tools.answer import Answer

_LETTERS = {"A": "True", "B": "False"}


def _read(row: Row) -> Problem:
    context = row.text("context")
    return Problem(
        id=row.identifier(row.text("id")),
        source=row.source,
        split=row.split,
        family=f"prontoqa:{digest(context)}",
        domain="logic",
        statements=split_sentences(context),
        question=row.text("question"),
        asks="truth",
        answer=Answer(kind="truth", value=row.word("answer", _LETTERS)),
        licence="MIT",
    )


FORMAT = Format(_read, Hub("renma/ProntoQA", splits=(("dev", None, "validation"),)))
