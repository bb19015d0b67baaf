"""Equation word problems: ALG514 and DRAW rows, and MAWPS rows, told apart by their fields.

Gold answers are rounded in the files; where the exact solution of the gold equations rounds to
them, the exact one is the answer. meta["equations"]: the gold equations as they go to `solve`, of
rows where they do lead to the answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from corollary_agent.problem import Problem
from corollary_datagen.sources.families import text_family
from corollary_datagen.sources.linear import NotLinear, solve_linear
from corollary_datagen.sources.numbers import number_text, read_number, rounds_to
from corollary_datagen.sources.row import Format, Row, shown
from corollary_tools.answer import Answer

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
# More digits than anybody writes: a fraction that went through a float.
_FLOAT_DIGITS = 10


def _read(row: Row) -> Problem:
    mawps = "sQuestion" in row.values
    question = row.text("sQuestion" if mawps else "original_text")
    equations = _mawps(row) if mawps else tidy_equations(row.text("equation").split(";"))
    exact = _exact(equations)
    answers = _answers(row, "lSolutions" if mawps else "ans", exact)
    led = sorted(map(number_text, exact)) == sorted(answers)
    own = row.get("iIndex" if mawps else "id")
    return Problem(
        id=row.identifier(own),
        source=row.source,
        split=row.split,
        family=text_family(question),
        domain="math",
        question=question,
        asks="number" if len(answers) == 1 else "set",
        answer=_answer(answers),
        licence="MIT",
        meta={"equations": list(equations)} if led else {},
    )


def _mawps(row: Row) -> list[str]:
    texts = [text.lower() for text in row.texts("lEquations")]
    return tidy_equations([text if "=" in text else f"x={text}" for text in texts])


def tidy_equations(equations: Sequence[str]) -> list[str]:
    """The equations with spaces round their signs and numbers as short as they can be."""
    texts = [_NUMBER.sub(lambda match: _short(match[0]), text) for text in equations]
    packed = [re.sub(r"\s+", "", text) for text in texts]
    spaced = [re.sub(r"(?<=[\w)])([-+])", r" \1 ", text) for text in packed]
    return [text.replace("=", " = ") for text in spaced]


def _short(written: str) -> str:
    exact = Fraction(written)
    if len(written.partition(".")[2]) >= _FLOAT_DIGITS:
        near = exact.limit_denominator(1000)
        return f"({near})" if near.denominator != 1 else str(near)
    return number_text(exact)


def _answers(row: Row, field: str, exact: list[Fraction]) -> list[str]:
    """The gold answers, exact where the equations say so."""
    given = row.get(field)
    if not isinstance(given, list) or not given:
        raise row.error(field, f"it should be a list of numbers, but is {shown(given)}")
    return [_answered(row, field, (value, exact)) for value in given]


def _answered(row: Row, field: str, made: tuple[object, list[Fraction]]) -> str:
    value, exact = made
    number = read_number(value)
    if number is None:
        raise row.error(field, f"{shown(value)} is not a number")
    near = [one for one in exact if rounds_to(one, str(value))]
    return number_text(near[0] if near else number)


def _exact(equations: list[str]) -> list[Fraction]:
    try:
        return list((solve_linear(equations) or {}).values())
    except NotLinear:
        return []


def _answer(answers: list[str]) -> Answer:
    if len(answers) == 1:
        return Answer(kind="number", value=answers[0])
    return Answer(kind="set", value=answers)


FORMAT = Format(_read)
