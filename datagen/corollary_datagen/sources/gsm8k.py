"""GSM8K rows: {"question", "answer"}, the answer ending in "#### NUMBER".

meta["chain"]: the calculations of the row's own solution, where they are exact.
"""

from __future__ import annotations

import re
from fractions import Fraction

from corollary_agent.problem import Problem
from corollary_datagen.sources.chains import read_chain
from corollary_datagen.sources.families import text_family
from corollary_datagen.sources.numbers import number_text
from corollary_datagen.sources.row import Format, Hub, Row
from corollary_tools.answer import Answer

_FINAL = re.compile(r"####\s*(-?[\d,]*\.?\d+)\s*$")


def _read(row: Row) -> Problem:
    question, solution = row.text("question"), row.text("answer")
    final = _FINAL.search(solution)
    if final is None:
        raise row.error("answer", 'it should end in "#### NUMBER"')
    value = number_text(Fraction(final[1].replace(",", "")))
    chain = read_chain(solution, value)
    return Problem(
        id=row.identifier(),
        source=row.source,
        split=row.split,
        family=text_family(question),
        domain="math",
        question=question,
        asks="number",
        answer=Answer(kind="number", value=value),
        licence="MIT",
        meta={"chain": list(chain)} if chain else {},
    )


FORMAT = Format(_read, Hub("openai/gsm8k", config="main"))
