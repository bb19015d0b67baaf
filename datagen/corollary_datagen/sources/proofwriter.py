"""ProofWriter rows in the Logic-LLM format: {"id", "context", "question", "options", "answer"}.

The answer letters stand for True, False and Unknown; the family is the theory, which several
questions share.
"""

from __future__ import annotations

import re

from corollary_agent.problem import Problem
from corollary_agent.sentences import split_sentences
from corollary_datagen.sources.families import digest
from corollary_datagen.sources.row import Format, Hub, Row
from corollary_tools.answer import Answer

_LETTERS = {"A": "True", "B": "False", "C": "Unknown"}
_THEORY = re.compile(r"^ProofWriter_(.+)_Q\d+$")


def _read(row: Row) -> Problem:
    context, own = row.text("context"), row.text("id")
    theory = _THEORY.match(own)
    return Problem(
        id=row.identifier(own),
        source=row.source,
        split=row.split,
        family=f"proofwriter:{theory[1] if theory else digest(context)}",
        domain="logic",
        statements=split_sentences(context),
        question=row.text("question"),
        asks="truth",
        answer=Answer(kind="truth", value=row.word("answer", _LETTERS)),
        licence="MIT",
    )


FORMAT = Format(_read, Hub("renma/ProofWriter", splits=(("dev", None, "validation"),)))
