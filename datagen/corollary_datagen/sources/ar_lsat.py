"""AR-LSAT rows in the Logic-LLM format: a passage, a question, five options, a letter.

The family is the passage, which several questions share.
"""

from __future__ import annotations

from corollary_agent.problem import Problem
from corollary_agent.sentences import split_sentences
from corollary_datagen.sources.choices import read_choice, read_options
from corollary_datagen.sources.families import digest
from corollary_datagen.sources.row import Format, Row


def _read(row: Row) -> Problem:
    passage, options = row.text("context"), read_options(row)
    return Problem(
        id=row.identifier(row.text("id")),
        source=row.source,
        split=row.split,
        family=f"ar_lsat:{digest(passage)}",
        domain="constraints",
        statements=split_sentences(passage),
        question=row.text("question"),
        options=options,
        asks="choice",
        answer=read_choice(row, options),
        licence="MIT",
    )


FORMAT = Format(_read)
