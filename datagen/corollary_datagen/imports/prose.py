"""Prose reasoning with an answer: `She sells 16 - 7 = 9 eggs. ...`, answer 18.

Each equation is one `calculate` step; its content is what was written up to it, with the value that
the model gave it, right or wrong. Guarantees that nothing is corrected: the next steps use the
model's own numbers and its own answer ends the trace. The same calculation is made once.
Reads rows with `output` (or `response`, ...) whose text is {"reasoning", "answer"} or marks its
answer, or with `pred` beside it; an `answer` beside it is the problem's and never the model's.
`_questions.jsonl` in the same folder may hold the problems by id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from corollary_datagen.imports.equations import Equation, read_equations
from corollary_datagen.imports.recorded import Move, Recorded, Refused, Turn
from corollary_datagen.imports.rows import Row, read_each, read_rows
from corollary_datagen.imports.stated import Stated, build_problem, stem_model
from corollary_datagen.imports.texts import output_texts, texts_in

QUESTIONS = "_questions.jsonl"
_STRING = r'"((?:[^"\\]|\\.)*)"'
_REASONING = re.compile(rf'"reasoning"\s*:\s*{_STRING}', re.S)
_ANSWER = re.compile(rf'"answer"\s*:\s*(?:{_STRING}|(-?[\d.,]+))', re.S)
_BOXED = re.compile(r"\\boxed\s*\{((?:[^{}]|\{[^{}]*\})*)\}|####\s*([^\n]+)")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_LATEX = re.compile(r"(?<!\\)\\(times|text|frac|right|boxed|neq|approx|cdot|div|left)(?![a-z])")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n|$")


def matches(values: dict[str, Any]) -> bool:
    """Whether a row is of this format."""
    return bool(texts_in(values)) and "messages" not in values and "code" not in values


def source(path: Path) -> str | None:
    """The problem source of these rows, as far as the file says."""
    first = next((row for row in read_rows(path) if isinstance(row, Row)), None)
    return "gsm8k" if first and first.first("id", "session_id").startswith("gsm8k") else None


def read(path: Path) -> Iterator[Recorded | Refused]:
    """The outputs of a file."""
    questions = _questions(path.with_name(QUESTIONS))
    return read_each(path, lambda row: _read_row(row, questions))


def _read_row(row: Row, questions: dict[str, Row]) -> Iterator[Recorded | Refused]:
    asked = questions.get(row.first("id"), row)
    question = asked.first("question", "problem", "prompt")
    problem = _problem(row, question, asked.first("answer", "gold", "gt"))
    texts = output_texts(row)
    if not texts:
        yield Refused(row.place, "no text of a model", "no output, response or completion")
    for text in texts:
        reasoning, answer = _parts(text)
        answer = answer or (row.first("pred") if len(texts) == 1 else "")
        turns = read_prose(reasoning)
        if not answer:
            yield Refused(row.place, "no answer can be found in the text")
        elif not turns:
            yield Refused(row.place, "no equation in the reasoning")
        else:
            yield Recorded(
                place=row.place,
                model=row.first("model", "generator") or stem_model(row.path),
                origin=row.path.resolve().parent.name,
                turns=turns,
                answer=answer,
                key=row.first("id"),
                question=question,
                problem=problem,
            )


def read_prose(text: str) -> tuple[Turn, ...]:
    """The steps of a reasoning."""
    turns: list[Turn] = []
    found = _distinct(read_equations(text))
    begun = 0
    for number, equation in enumerate(found):
        ends = _SENTENCE_END.search(text, equation.end)
        end = ends.end() if ends else len(text)
        if number + 1 < len(found):
            end = min(end, max(equation.end, found[number + 1].start))
        content = text[begun:end].strip()
        turns.append(Turn(content, (Move("calculate", {"expression": equation.expression}),)))
        begun = end
    return tuple(turns)


def _distinct(equations: Iterable[Equation]) -> list[Equation]:
    """The equations without those whose left side was there before."""
    first: dict[str, Equation] = {}
    for equation in equations:
        first.setdefault(equation.expression, equation)
    return list(first.values())


def _parts(text: str) -> tuple[str, str]:
    """The reasoning and the answer of an output; the answer is "" where none is marked."""
    reasoning, answer = _REASONING.search(text), _ANSWER.search(text)
    if reasoning and answer:
        return _unquoted(reasoning[1]), _unquoted(answer[1] or answer[2] or "")
    boxed = list(_BOXED.finditer(text))
    if boxed:
        return text[: boxed[-1].start()], (boxed[-1][1] or boxed[-1][2]).strip()
    return text, ""


def _unquoted(text: str) -> str:
    """A JSON string's text; models leave line ends and backslashes in it as they are."""
    text = _LATEX.sub(r"\\\\\1", text)
    for written in (text, re.sub(r'\\(?!["\\/bfnrtu])', r"\\\\", text)):
        try:
            return str(json.loads(f'"{written}"', strict=False))
        except ValueError:
            continue
    return text


def _problem(row: Row, question: str, gold: str) -> Any:
    if not question:
        return None
    number = _NUMBER.findall(gold)
    answer = number[-1].replace(",", "") if number else None
    return build_problem(row, Stated(question, answer, "number"))


def _questions(path: Path) -> dict[str, Row]:
    if not path.is_file():
        return {}
    rows = (row for row in read_rows(path) if isinstance(row, Row))
    return {row.first("id"): row for row in rows}
