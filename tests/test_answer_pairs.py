"""Answers as people and models write them: every hand-written pair is judged as it should be."""

from __future__ import annotations

import pytest
from benchmarks.answer_pairs import PAIRS

from corollary_tools.answer import Answer
from corollary_tools.answers.forms import read_form
from corollary_tools.equivalence import Equivalence, equivalent
from corollary_tools.toolkit import Toolkit

ROWS = [
    pytest.param(*row, id=f"{kind}-{number}")
    for kind, rows in PAIRS.items()
    for number, row in enumerate(rows, start=1)
]


def judged(toolkit: Toolkit, known: str, given: str) -> Equivalence:
    left, right = (Answer(kind="expression", value=text) for text in (known, given))
    return equivalent(left, right, toolkit.workers)


@pytest.mark.parametrize(("known", "given", "same"), ROWS)
def test_pair(toolkit: Toolkit, known: str, given: str, same: bool | None) -> None:
    found = judged(toolkit, known, given)
    assert found.value is same, found.reason


@pytest.mark.parametrize(
    "text", sorted({t for rows in PAIRS.values() for r in rows for t in r[:2]})
)
def test_an_answer_is_itself_in_its_box(toolkit: Toolkit, text: str) -> None:
    assert judged(toolkit, text, f"$\\boxed{{{text.strip('$')}}}$").value is True


@pytest.mark.parametrize(
    "text",
    [
        "(" * 900 + "3",
        "\\frac{" * 300,
        "9**9**9",
        "factorial(10**6)",
        "{" * 2000,
        ",".join(["x"] * 600),
        "±" * 40,
        "\\begin{pmatrix}" + "1&" * 500 + "\\end{pmatrix}",
        "∪".join(["(1,2)"] * 300),
        "x>" * 500 + "y",
        "a -> " * 400 + "a",
        "\\sqrt" * 500,
        "1 " * 900,
        "‹" * 500,
        "_2",
        "\x00",
        "١٢",
    ],
)
def test_hostile_answers_are_undecided_in_time(toolkit: Toolkit, text: str) -> None:
    assert judged(toolkit, "5", text).value is not True
    assert judged(toolkit, text, "5").value is not True
    judged(toolkit, text, f"{text[:-1]}2")
    assert judged(toolkit, "1/2", "0.5").value is True


def test_brackets_alone_do_not_tell_a_point_from_an_interval() -> None:
    assert read_form("(1,2)") == read_form("\\left( 1, 2 \\right)")
