"""SVAMP rows: {"ID", "Body", "Question", "Equation", "Answer"}.

meta["equations"] holds the row's gold equation, meta["chain"] the same as one calculation where it
gives the answer exactly.
"""

from __future__ import annotations

from pydantic import JsonValue

from corollary_agent.problem import Problem
from corollary_datagen.sources.chains import is_exact
from corollary_datagen.sources.equations import tidy_equations
from corollary_datagen.sources.families import text_family
from corollary_datagen.sources.row import Format, Hub, Row
from corollary_tools.answer import Answer


def _read(row: Row) -> Problem:
    body, question = row.text("Body"), row.text("Question")
    # Every third body ends in an open clause: "If there is a discount of 25 dollars".
    joined = f"{body} {question}" if body[-1] in ".?!" else f"{body}, {_lowered(question)}"
    answer = row.numeral("Answer")
    return Problem(
        id=row.identifier(row.text("ID")),
        source=row.source,
        split=row.split,
        family=text_family(joined),
        domain="math",
        question=joined,
        asks="number",
        answer=Answer(kind="number", value=answer),
        licence="MIT",
        meta=_gold(row.text("Equation"), answer),
    )


def _gold(expression: str, answer: str) -> dict[str, JsonValue]:
    (equation,) = tidy_equations([f"x = {expression}"])
    step = f"{equation.removeprefix('x = ').replace(' ', '')}={answer}"
    gold: dict[str, JsonValue] = {"equations": [equation]}
    return gold | {"chain": [step]} if is_exact(step) else gold


def _lowered(question: str) -> str:
    return question[0].lower() + question[1:]


FORMAT = Format(_read, Hub("ChilleD/SVAMP"))
