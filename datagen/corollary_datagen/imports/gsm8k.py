"""GSM8K chains: text with `48/2 = <<48/2=24>>24`, ending in `#### 24`.

Each annotation is one `calculate` step with the words before it as its content. The set's own rows
({"question", "answer"}) are by the model `gold`; rows of a model name it and hold its text in
`output`, `response`, `completion` or `solution`. Guarantees that what stands in an annotation is
sent as it is, without signs for money.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from corollary_datagen.imports.prose import read_prose
from corollary_datagen.imports.recorded import Move, Recorded, Refused, Turn
from corollary_datagen.imports.rows import Row, read_each
from corollary_datagen.imports.stated import own_problem, stem_model
from corollary_datagen.imports.texts import output_texts

_ANNOTATION = re.compile(r"<<([^<>]*)>>")
_VALUE = re.compile(r"\s*\$?[\d,./]*\d[\w%]*")
_FINAL = re.compile(r"####\s*([^\n]*)")
GOLD = "gold"


def matches(values: dict[str, Any]) -> bool:
    """Whether a row is of this format."""
    texts = (value for value in values.values() if isinstance(value, str))
    texts_of_lists = (
        item for v in values.values() if isinstance(v, list) for item in v if isinstance(item, str)
    )
    return any(_ANNOTATION.search(text) for text in (*texts, *texts_of_lists))


def source(path: Path) -> str | None:
    """The problem source of these rows."""
    return "gsm8k"


def read(path: Path) -> Iterator[Recorded | Refused]:
    """The chains of a file."""
    return read_each(path, read_row)


def read_row(row: Row) -> Iterator[Recorded | Refused]:
    """The chains of one row."""
    texts, own = _texts(row)
    for text in texts:
        turns, answer = read_chain(text)
        if not turns:
            yield Refused(row.place, "no annotation like <<48/2=24>> and no equation")
        elif not answer:
            yield Refused(row.place, 'it does not end in "#### NUMBER"')
        else:
            yield Recorded(
                place=row.place,
                model=GOLD if own else row.first("model", "generator") or stem_model(row.path),
                origin=row.path.resolve().parent.name,
                turns=turns,
                answer=answer,
                key=row.first("id"),
                question=row.first("question", "problem"),
                problem=own_problem(row, _gold(row) if own else None),
            )


def read_chain(text: str) -> tuple[tuple[Turn, ...], str]:
    """The steps of a chain and its final answer, "" where it has none.

    A line without an annotation is read as prose.
    """
    final = _FINAL.search(text)
    body = text[: final.start()] if final else text
    turns: list[Turn] = []
    words = ""
    for line in body.split("\n"):
        found = _of_line(line) if _ANNOTATION.search(line) else list(read_prose(line))
        words += "" if found else f"{line}\n"
        if found and words.strip():
            found[0] = replace(found[0], content=f"{words}{found[0].content}".strip())
            words = ""
        turns += found
    if turns and words.strip():
        turns[-1] = replace(turns[-1], content=f"{turns[-1].content}\n{words}".strip())
    return _distinct(turns), final[1].strip() if final else ""


def _of_line(line: str) -> list[Turn]:
    """One turn for each annotation of a line, with the words up to the value after it."""
    turns, begun = [], 0
    for found in _ANNOTATION.finditer(line):
        expression = found[1].rpartition("=")[0] or found[1]
        end = _value_end(line, found.end())
        content = _ANNOTATION.sub("", line[begun:end]).strip().lstrip(",;. ")
        move = Move("calculate", {"expression": expression.replace("$", "").strip()})
        turns.append(Turn(content, (move,)))
        begun = end
    rest = _ANNOTATION.sub("", line[begun:])
    turns[-1] = replace(turns[-1], content=(turns[-1].content + rest).strip())
    return turns


def _distinct(turns: list[Turn]) -> tuple[Turn, ...]:
    """The turns without those that calculate what one before them did."""
    first: dict[str, Turn] = {}
    for turn in turns:
        first.setdefault(str(turn.moves[0].arguments), turn)
    return tuple(first.values())


def _value_end(text: str, start: int) -> int:
    """Where the value that is written after an annotation ends; the line, where no other comes."""
    if _ANNOTATION.search(text, start) is None:
        return len(text)
    value = _VALUE.match(text, start)
    return value.end() if value else start


def _texts(row: Row) -> tuple[list[str], bool]:
    """The chains of a row, and whether they are the set's own."""
    said = output_texts(row)
    if said:
        return said, False
    return [row.get("answer", str)], True


def _gold(row: Row) -> str | None:
    final = _FINAL.search(row.first("answer"))
    return final[1].strip().replace(",", "") if final else None
