"""Certificates: answers checked by substitution, uniqueness and entailment; equivalent formulas."""

from __future__ import annotations

import pytest

from corollary_tools.answer import Answer, Truth
from corollary_tools.certificates import (
    Question,
    certify,
    certify_assignment,
    certify_solution,
    certify_truth,
)
from corollary_tools.desk import Desk, Variables
from corollary_tools.equivalence import formulas_equivalent
from corollary_tools.toolkit import Toolkit

RULES = ["blue(cow)", "forall x. blue(x) -> cold(x)", "nice(dog) | round(dog)"]


@pytest.mark.parametrize(
    ("answer", "conclusion", "value"),
    [
        ("True", "cold(cow)", True),
        ("False", "~cold(cow)", True),
        ("Unknown", "nice(dog)", True),
        ("Unknown", "cold(cow)", False),
        ("True", "nice(dog)", False),
    ],
)
def test_a_truth_is_certified(
    toolkit: Toolkit, answer: Truth, conclusion: str, value: bool
) -> None:
    assert certify_truth(answer, RULES, conclusion, workers=toolkit.workers).value is value


def test_contradicting_premises_certify_nothing(toolkit: Toolkit) -> None:
    found = certify_truth("True", [*RULES, "~cold(cow)"], "cold(cow)", workers=toolkit.workers)
    assert found.value is None
    assert found.uses == (1, 2, 4)


@pytest.mark.parametrize(
    ("assignment", "value"),
    [
        ({"ann": "true", "bob": "false"}, True),
        ({"ann": "true", "bob": "true"}, False),
        ({"ann": "false", "bob": "true"}, False),
        ({"bob": "false"}, True),
    ],
)
def test_an_assignment_is_substituted_and_unique(
    toolkit: Toolkit, assignment: dict[str, str], value: bool
) -> None:
    constraints = ["ann <-> ~bob", "bob <-> ann & bob"]
    found = certify_assignment(assignment, constraints, workers=toolkit.workers)
    assert found.value is value


def test_an_assignment_that_is_not_the_only_one_is_not_settled(toolkit: Toolkit) -> None:
    colours = Variables(names=("car", "van"), values=("red", "blue"), distinct=True)
    assignment = {"car": "red", "van": "blue"}
    workers = toolkit.workers
    loose = certify_assignment(assignment, [], workers=workers, variables=[colours])
    assert loose.value is None
    tight = certify_assignment(assignment, ["van == blue"], workers=workers, variables=[colours])
    assert tight.value is True


@pytest.mark.parametrize(
    ("values", "equations", "value"),
    [
        ({"m": "-21", "n": "-43"}, ["2*m - n = 1", "m + n = -64"], True),
        ({"m": "-21", "n": "-44"}, ["2*m - n = 1", "m + n = -64"], False),
        ({"x": "sqrt(2)"}, ["x^2 = 2", "x > 1"], True),
        ({"x": "-sqrt(2)"}, ["x^2 = 2", "x > 1"], False),
        ({"x": "1/3"}, ["3*x = 1", "x < 0.34"], True),
        ({"x": "2"}, ["1/(x - 2) = 5"], False),
        ({"x": "2"}, ["x + y = 5"], None),
        ({"x": "2 +"}, ["x = 2"], None),
    ],
)
def test_a_solution_is_substituted(
    toolkit: Toolkit, values: dict[str, str], equations: list[str], value: bool | None
) -> None:
    assert certify_solution(values, equations, workers=toolkit.workers).value is value


@pytest.mark.parametrize(
    ("left", "right", "value"),
    [
        ("p -> q", "~p | q", True),
        ("∀x (P(x) → Q(x))", "forall y. ~Q(y) -> ~P(y)", True),
        ("owl < raven", "raven > owl", True),
        ("a + 1 == b", "b - a == 1", True),
        ("cold(cow)", "cold(dog)", False),
        ("forall x. exists y. p(x, y)", "exists y. forall x. p(x, y)", False),
        ("p(a)", "p(a, b)", False),
        ("ann", "ann == 1", False),
        ("a != b", "true", False),
        ("p(a) &", "p(a)", None),
    ],
)
def test_formulas_are_compared(toolkit: Toolkit, left: str, right: str, value: bool | None) -> None:
    assert formulas_equivalent(left, right, toolkit.workers).value is value


READ = Desk().record(1, "blue(cow)").record(2, "forall x. blue(x) & ~nice(x) -> cold(x)")
ORDER = (
    Desk()
    .declare(Variables(names=("owl", "blue_jay"), values=("1..2",), distinct=True))
    .choose("A", "owl == 1")
    .choose("B", "owl == 2")
)
KNIGHTS = Desk().record(1, "ann <-> ~bob").record(2, "bob <-> ann & bob")


@pytest.mark.parametrize(
    ("desk", "answer", "question", "value"),
    [
        (READ, Answer(kind="truth", value="Unknown"), Question("cold(cow)"), True),
        (READ, Answer(kind="truth", value="True"), Question("cold(cow)"), False),
        (READ, Answer(kind="truth", value="True"), Question("cold(cow)", world="closed"), True),
        (READ, Answer(kind="truth", value="True"), Question(), None),
        (ORDER, Answer(kind="choice", value="A"), Question(), False),
        (ORDER, Answer(kind="choice", value="A"), Question(mode="could"), None),
        (ORDER.record(1, "owl < blue_jay"), Answer(kind="choice", value="A"), Question(), True),
        (ORDER.record(1, "owl > 2"), Answer(kind="choice", value="A"), Question(), None),
        (
            ORDER.record(1, "owl == 2"),
            Answer(kind="assignment", value={"Owl": "2", "Blue Jay": "1"}),
            Question(),
            True,
        ),
        (
            ORDER,
            Answer(kind="assignment", value={"Owl": "2", "Blue Jay": "1"}),
            Question(),
            None,
        ),
        (
            KNIGHTS,
            Answer(kind="assignment", value={"Ann": "knight", "Bob": "knave"}),
            Question(),
            True,
        ),
        (
            KNIGHTS,
            Answer(kind="assignment", value={"Ann": "knave", "Bob": "knave"}),
            Question(),
            False,
        ),
        (KNIGHTS, Answer(kind="number", value="3"), Question(), None),
    ],
)
def test_an_answer_is_certified_by_what_was_recorded(
    toolkit: Toolkit, desk: Desk, answer: Answer, question: Question, value: bool | None
) -> None:
    assert certify(answer, desk, question, workers=toolkit.workers).value is value
