"""LogicalDeduction rows in the Logic-LLM format: orderings of 3, 5 or 7 objects.

Statement 1 is the sentence that names the objects; the preamble about paragraphs is dropped.
"""

from __future__ import annotations

from corollary_agent.problem import Problem
from corollary_agent.sentences import split_sentences
from corollary_datagen.sources.choices import read_choice, read_options
from corollary_datagen.sources.families import digest
from corollary_datagen.sources.row import Format, Row


def _read(row: Row) -> Problem:
    body = row.text("context").split("\n\n")[-1]
    options = read_options(row)
    return Problem(
        id=row.identifier(row.text("id")),
        source=row.source,
        split=row.split,
        family=f"ordering:{digest(body)}",
        domain="constraints",
        statements=split_sentences(body),
        question=row.text("question"),
        options=options,
        asks="choice",
        answer=read_choice(row, options),
        licence="MIT",
    )


FORMAT = Format(_read)
