"""FOLIO rows: {"premises", "conclusion", "label"}, with gold formulas where the row has them.

The published test files say Uncertain for Unknown; the Hub's rows hold their premises as lines of
one text. meta["formulas"] and meta["conclusion"]: the gold formulas, in FOLIO's notation.
"""

from __future__ import annotations

from pydantic import JsonValue

from corollary_agent.problem import Problem
from corollary_datagen.sources.families import digest
from corollary_datagen.sources.row import Format, Hub, Row
from corollary_tools.answer import Answer

_LABELS = {"True": "True", "False": "False", "Unknown": "Unknown", "Uncertain": "Unknown"}
_ASK = "Based on the above information, is the following statement true, false, or unknown? {}"


def _read(row: Row) -> Problem:
    premises = _lines(row, "premises")
    story = row.values.get("story_id")
    return Problem(
        id=row.identifier(row.values.get("example_id")),
        source=row.source,
        split=row.split,
        family=f"folio:{digest(' '.join(premises)) if story is None else story}",
        domain="logic",
        statements=premises,
        question=_ASK.format(row.text("conclusion")),
        asks="truth",
        answer=Answer(kind="truth", value=row.word("label", _LABELS)),
        licence="CC-BY-SA-4.0",
        meta=_formulas(row),
    )


def _lines(row: Row, field: str) -> tuple[str, ...]:
    """A list of texts, or one text with a line for each; without blank ones."""
    one = isinstance(row.get(field), str)
    texts = tuple(row.text(field).split("\n")) if one else row.texts(field)
    lines = tuple(" ".join(text.split()) for text in texts if text.strip())
    if not lines:
        raise row.error(field, "it holds no text")
    return lines


def _formulas(row: Row) -> dict[str, JsonValue]:
    meta: dict[str, JsonValue] = {}
    if row.values.get("premises-FOL"):
        meta["formulas"] = list(_lines(row, "premises-FOL"))
    if row.values.get("conclusion-FOL"):
        meta["conclusion"] = row.text("conclusion-FOL")
    return meta


FORMAT = Format(_read, Hub("yale-nlp/FOLIO"))
