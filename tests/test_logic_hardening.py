"""The logic and constraints tools with wrong, hostile, contradictory and undecidable input."""

from __future__ import annotations

import time
from typing import Any

import pytest

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.solvers.constraints.calls import find
from corollary_tools.solvers.constraints.declaring import declare
from corollary_tools.solvers.logic.calls import premise, prove
from corollary_tools.toolkit import Toolkit

COLOURS = declare({"names": ["car", "van"], "values": ["red", "blue"]}, Desk()).desk or Desk()
MIXED = declare({"names": ["place"], "values": ["1..3"]}, COLOURS).desk or Desk()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (("premise", {"n": 0, "formula": "a"}), "Send n from 1 to 2"),
        (("premise", {"n": 3, "formula": "a"}), "There is no statement 3"),
        (("premise", {"n": 2, "formula": "blue(cow, dog)"}), "in formula 1 with 1 argument"),
        (("premise", {"n": 2, "formula": "blue(x)"}), "no quantifier binds"),
        (("premise", {"n": 2, "formula": "p & blue(p)"}), "p is used in two ways"),
        (("prove", {"conclusion": "blue(cow) &"}), "Position 12"),
        (("prove", {"conclusion": "a", "premises": ["b", "c("]}), "Formula 2: Position 2"),
        (("option", {"letter": "C", "formula": "a"}), "from A to B"),
        (("choose", {}), "No option is recorded"),
    ],
)
def test_faults_are_explained(
    toolkit: Toolkit, call: tuple[str, dict[str, Any]], says: str
) -> None:
    desk = Desk(statements=("One.", "Two."), question="What?", options=("This.", "That."))
    desk = desk.record(1, "blue(cow)")
    outcome = toolkit.call(*call, desk)
    assert outcome.fault == "tool_error"
    assert says in outcome.text
    assert outcome.desk == desk


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("car == green", "green was not declared"),
        ("cra == red", "Did you mean car?"),
        ("car == place", "one of the declared words"),
        ("car == 1", "one of the declared words"),
        ("place == red", "in the declaration"),
        ("car + 1 == van", "one of the declared words"),
        ("place", "a statement that is true or false"),
        ("near(car, van)", "says nothing of what was declared"),
    ],
)
def test_formulas_must_fit_the_declaration(formula: str, says: str) -> None:
    with pytest.raises(ToolError, match=says.replace("(", r"\(").replace("?", r"\?")):
        premise({"n": 1, "formula": formula}, MIXED)


@pytest.mark.parametrize(
    "arguments",
    [
        {"names": []},
        {"names": ["blue book"]},
        {"names": ["and"]},
        {"names": ["a"], "values": ["1", "none"]},
        {"names": ["a"], "values": ["a", "b"]},
        {"names": ["a"], "values": ["dark red"]},
        {"names": ["a"], "values": ["5..1"]},
        {"names": ["a"], "values": ["1..99999999999"]},
        {"names": ["a", "b", "c"], "values": ["1..2"], "distinct": True},
        {"names": ["red"]},
        {"names": [f"n{i}" for i in range(201)]},
    ],
)
def test_declarations_that_cannot_be(arguments: dict[str, Any]) -> None:
    with pytest.raises(ToolError):
        declare(arguments, COLOURS)


@pytest.mark.parametrize(
    ("constraints", "text"),
    [
        (["car < van"], "unique: car = red, van = blue"),
        (["car != van", "car == blue"], "unique: car = blue, van = red"),
        (["car in [red, blue]"], "several: car = red or blue; van = red or blue"),
    ],
)
def test_words_are_values(constraints: list[str], text: str) -> None:
    assert find({"constraints": constraints}, COLOURS).text == text


@pytest.mark.parametrize(
    ("constraints", "text"),
    [
        (["a + b == 10", "a - b == 4"], "unique: a = 7, b = 3"),
        (["a / 2 == 1.5"], "unique: a = 3"),
        (["3 * a == 0.5"], "unique: a = 1/6"),
        (["a % 3 == 1", "3 < a < 8"], "several: a = 4 or 7"),
        (["abs(a) == 2"], "several: a = -2 or 2"),
        (["a > 3"], "several: a = 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 or ..."),
        (["likes(ann, bob) xor likes(bob, ann)", "~likes(ann, bob)"], "several: likes(ann, ann)"),
        (["age(cat) - age(dog) == 1", "age(dog) == 3"], "unique: age(cat) = 4, age(dog) = 3"),
        (["a & ~a"], "none (1 contradicts itself or the declaration)"),
    ],
)
def test_things_found_without_a_declaration(constraints: list[str], text: str) -> None:
    assert find({"constraints": constraints}, Desk()).text.startswith(text)


@pytest.mark.parametrize(
    ("premises", "conclusion", "text"),
    [
        (["exists x. x != luke & jedi(x)"], "jedi(luke)", "Unknown"),
        (["jedi(luke)", "exists x. x != luke & jedi(x)"], "jedi(leia)", "Unknown"),
        (
            ["forall x. x == ann | x == bob", "p(ann) & p(bob)"],
            "forall x. p(x)",
            "True (from 1, 2)",
        ),
        (["mark == samuel", "wrote(mark)"], "wrote(samuel)", "True (from 1, 2)"),
        (["p(ann)"], "ann != bob", "True (it always holds)"),
        (["mother(ann) == eve", "kind(eve)"], "kind(mother(ann))", "True (from 1, 2)"),
        (["age(ann) > age(bob)", "age(bob) >= 7"], "age(ann) > 6", "True (from 1, 2)"),
        (["tie(cup, 6)"], "tie(cup, 7)", "Unknown"),
        (["forall x. exists y. sees(x, y)"], "exists y. sees(ann, y)", "True (from 1)"),
        (["forall x. f(f(x)) == x"], "f(ann) == ann", "Unknown"),
        ([], "rain | ~rain", "True (it always holds)"),
        ([], "rain & ~rain", "False (it never holds)"),
    ],
)
def test_first_order_logic_with_equality(premises: list[str], conclusion: str, text: str) -> None:
    result = prove({"conclusion": conclusion, "premises": premises}, Desk())
    assert result.text.startswith(text)


HARD = [
    ("find", {"constraints": ["a*a*a + b*b*b + c*c*c == 42"]}),
    ("find", {"constraints": ["a * b == 998244353 * 1000000007", "a > 1", "b > 1"]}),
    (
        "prove",
        {
            "conclusion": "q(a)",
            "premises": [
                "forall x. exists y. before(x, y)",
                "forall x, y, z. before(x, y) & before(y, z) -> before(x, z)",
                "forall x. ~before(x, x)",
            ],
        },
    ),
]


@pytest.mark.parametrize(("name", "arguments"), HARD, ids=range(len(HARD)))
def test_giving_up_is_said_and_never_guessed(
    toolkit: Toolkit, name: str, arguments: dict[str, Any]
) -> None:
    outcome = toolkit.call(name, arguments)
    assert outcome.fault is None
    assert outcome.text == "Undecided (the solver gave up)"
    assert outcome.certificate is not None
    assert outcome.certificate["value"].lower() == "undecided"


def test_the_same_question_gets_the_same_words() -> None:
    premises = [f"p{i} | p{i + 1}" for i in range(12)] + [f"~p{i}" for i in range(0, 12, 2)]
    results = [prove({"conclusion": "p1 & p3", "premises": premises}, Desk()) for _ in range(5)]
    assert len({result.text for result in results}) == 1
    assert all(result.certificate == results[0].certificate for result in results)


def test_many_names_are_answered_in_time_and_in_few_words() -> None:
    names = [f"n{i}" for i in range(200)]
    desk = declare({"names": names, "values": ["1..1000"]}, Desk()).desk
    start = time.process_time()
    result = find({"constraints": ["n0 == 1"]}, desk or Desk())
    assert time.process_time() - start < 5
    assert result.text.startswith("several: n0 = 1 in all; n1 = ")
    assert result.text.endswith("and 170 more names")


def test_recording_is_fast() -> None:
    desk = Desk(statements=("Rule.",) * 25, question="?")
    rule = "forall x. cold(x) & nice(x) & visits(x, tiger) -> ~young(x)"
    start = time.process_time()
    for number in range(1, 26):
        desk = premise({"n": number, "formula": rule}, desk).desk or desk
    assert time.process_time() - start < 2.5  # of work for all; a solver would take longer


def test_a_desk_is_replayed_from_its_text(toolkit: Toolkit) -> None:
    desk = Desk(statements=("A.", "B."), question="C?")
    for number, formula in enumerate(["∀x (Blue(x) → Cold(x))", "Blue($x, True)"], start=1):
        desk = toolkit.call("premise", {"n": number, "formula": formula}, desk).desk
    copy = Desk.model_validate_json(desk.model_dump_json())
    assert [row.formula for row in copy.premises] == [
        "forall x. Blue(x) -> Cold(x)",
        "forall x. Blue(x)",
    ]
    results = [toolkit.call("prove", {"conclusion": "Cold(cow)"}, d) for d in (desk, copy)]
    assert [r.text for r in results] == ["True (from 1, 2)"] * 2
    again = toolkit.call("premise", {"n": 2, "formula": "~Cold(cow)"}, copy)
    assert toolkit.call("prove", {"conclusion": "Blue(cow)"}, again.desk).text == (
        "False (its negation follows from 1, 2)"
    )
