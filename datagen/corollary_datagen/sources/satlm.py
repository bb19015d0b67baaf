"""SatLM rows: {"id", "question", "label"}; systems of equations and algebra in words."""

from __future__ import annotations

from corollary_agent.problem import Problem
from corollary_datagen.sources.families import text_family
from corollary_datagen.sources.row import Format, Row
from corollary_tools.answer import Answer


def _read(row: Row) -> Problem:
    question = row.text("question")
    return Problem(
        id=row.identifier(row.get("id")),
        source=row.source,
        split=row.split,
        family=text_family(question),
        domain="math",
        question=question,
        asks="number",
        answer=Answer(kind="number", value=row.numeral("label")),
        licence="MIT",
    )


FORMAT = Format(_read)
