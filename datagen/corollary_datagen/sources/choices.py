"""Multiple choice as the Logic-LLM files write it: options "A) ...", an answer letter."""

from __future__ import annotations

import re

from corollary_datagen.sources.row import Row
from corollary_tools.answer import Answer
from corollary_tools.desk import letter

_LABEL = re.compile(r"^\(?[A-Z][).:]\s*")


def read_options(row: Row, field: str = "options") -> tuple[str, ...]:
    """The options without their letters."""
    options = tuple(_LABEL.sub("", text) for text in row.texts(field))
    if len(options) < 2 or not all(options):
        raise row.error(field, "it should hold at least two options, none of them empty")
    return options


def read_choice(row: Row, options: tuple[str, ...], field: str = "answer") -> Answer:
    """The answer: the letter of one of the options."""
    letters = {letter(i): letter(i) for i in range(len(options))}
    return Answer(kind="choice", value=row.word(field, letters), options=options)
