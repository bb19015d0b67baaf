"""ToRA's outputs: {"idx", "question", "gt", "code": [text], "pred": [text]}.

A text is Python in a fence, what it printed in another, and a sentence with \\boxed{answer}. The
Python is read, not run, and what the tools make of it must be what it printed. Guarantees that code
which was not read in full is refused with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corollary_datagen.imports.python_moves import read_python
from corollary_datagen.imports.recorded import Recorded, Refused, Unreadable
from corollary_datagen.imports.rows import Row, read_each
from corollary_datagen.imports.stated import Stated, build_problem, stem_model

_CODE = re.compile(r"```python\s*\n(.*?)```", re.S)
_OUTPUT = re.compile(r"```output\s*\n(.*?)```", re.S)
_BOXED = re.compile(r"\\boxed\s*\{((?:[^{}]|\{[^{}]*\})*)\}")


def matches(values: dict[str, Any]) -> bool:
    """Whether a row is of this format."""
    code = values.get("code")
    return isinstance(code, list) and any("```python" in str(text) for text in code)


def source(path: Path) -> str | None:
    """The problem source of these rows."""
    return "gsm8k"


def read(path: Path) -> Iterator[Recorded | Refused]:
    """The outputs of a file."""
    return read_each(path, read_row)


def read_row(row: Row) -> Iterator[Recorded | Refused]:
    """The outputs of one row."""
    question = row.get("question", str)
    gold = row.first("gt", "answer") or None
    problem = build_problem(row, Stated(question, gold, "number"))
    for text in row.get("code", list):
        try:
            yield _recorded(row, str(text), question, problem)
        except Unreadable as error:
            yield Refused(row.place, error.reason, error.detail)


def _recorded(row: Row, text: str, question: str, problem: Any) -> Recorded:
    blocks, printed, boxed = _CODE.findall(text), _OUTPUT.findall(text), _BOXED.findall(text)
    if len(blocks) != 1:
        raise Unreadable(f"{len(blocks) or 'no'} blocks of code, not one")
    if not printed or not (boxed or printed[-1].strip()):
        raise Unreadable("the code printed nothing")
    turns = read_python(blocks[0])
    if not turns:
        raise Unreadable("the code calculates nothing")
    return Recorded(
        place=row.place,
        model=row.first("model") or stem_model(row.path),
        origin=row.path.resolve().parent.name,
        turns=turns,
        answer=(boxed or printed)[-1].strip(),
        question=question,
        problem=problem,
        printed=printed[-1].strip(),
    )
