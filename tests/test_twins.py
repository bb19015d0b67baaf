"""Twins: one change, another answer that the solvers computed, and the same family."""

from __future__ import annotations

import random

import pytest
from command import assert_told, run
from handmade import COW

from corollary_agent.problem import Problem
from corollary_datagen.exports.split import check_apart
from corollary_datagen.sources import load_problems
from corollary_datagen.twins import TwinSettings, make_twins, twin_of
from corollary_datagen.twins.amounts import is_plausible, with_other_numbers
from corollary_datagen.twins.wording import reworded
from corollary_tools.answer import Answer
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit

CLIPS = Problem(
    id="clips",
    source="hand",
    split="train",
    family="clips",
    domain="math",
    question="Ann sold 48 clips in April and half as many in May. How many in all?",
    asks="number",
    answer=Answer(kind="number", value="72"),
    meta={"chain": ["48/2=24", "48+24=72"]},
)


def only(problem: Problem, toolkit: Toolkit) -> Problem:
    (twin,) = make_twins([problem], toolkit)
    return twin


def test_a_story_gets_another_number_and_the_answer_that_follows(toolkit: Toolkit) -> None:
    twin = only(CLIPS, toolkit)
    was, now = twin.meta["changed"]  # type: ignore[misc,str-unpack]
    assert was == CLIPS.question
    assert now == twin.question
    number = int(twin.question.split()[2])
    assert number % 2 == 0, "half of it is whole, as it was"
    assert twin.answer == Answer(kind="number", value=str(number * 3 // 2))
    assert twin.meta["chain"] == [
        f"{number}/2={number // 2}",
        f"{number}+{number // 2}={number * 3 // 2}",
    ]
    assert twin.answer != CLIPS.answer


def test_a_twin_stays_in_the_family_of_its_problem(toolkit: Toolkit) -> None:
    twin = only(CLIPS, toolkit)
    assert (twin.family, twin.split, twin_of(twin), twin_of(CLIPS)) == (
        "clips",
        "train",
        "clips",
        None,
    )
    with pytest.raises(CorollaryError, match="also trained on"):
        check_apart([CLIPS], [twin])


def test_a_number_whose_place_is_in_doubt_is_left_alone(toolkit: Toolkit) -> None:
    def numbers(question: str, *chain: str) -> set[str]:
        problem = CLIPS.model_copy(update={"question": question, "meta": {"chain": list(chain)}})

        def calculate(expression: str) -> str:
            return toolkit.call("calculate", {"expression": expression}).text.split(" (")[0]

        made = list(with_other_numbers(problem, calculate, random.Random(0)))
        kept = {word for word in question.split() if word.isdigit()}
        return {word for word in kept for twin in made if word not in twin.question.split()}

    assert numbers("He has 5 and 5 more.", "5+5=10") == set(), "it stands twice in the text"
    assert numbers("He reads 12 pages a month.", "12*12=144") == set(), "one of them is a year"
    assert "24" not in numbers("He has 48 and 24.", "48/2=24", "24+24=48"), "a value of a step"
    assert numbers("He has 40 and 9 more.", "40+9=49") == {"40", "9"}


def test_a_theory_gets_one_changed_statement_and_another_truth(toolkit: Toolkit) -> None:
    twin = only(COW, toolkit)
    assert sum(a != b for a, b in zip(COW.statements, twin.statements, strict=True)) == 1
    assert twin.answer is not None
    assert twin.answer.value in ("False", "Unknown")
    assert twin.question == COW.question


@pytest.mark.parametrize("family", ["stories", "equations", "theories", "orderings", "knights"])
def test_generated_problems_have_twins_with_other_answers(family: str, toolkit: Toolkit) -> None:
    problems = {p.id: p for p in load_problems(f"generated:{family}@1", limit=6)}
    twins = list(make_twins(problems.values(), toolkit, TwinSettings(twins=2)))
    assert len(twins) >= 4
    assert len({twin.id for twin in twins}) == len(twins)
    for twin in twins:
        first = problems[str(twin.meta["twin_of"])]
        assert twin.answer != first.answer
        assert twin.text != first.text
        assert twin.options == first.options


def test_the_same_twins_are_made_again(toolkit: Toolkit) -> None:
    problems = load_problems("generated:knights@1", limit=3)
    assert list(make_twins(problems, toolkit)) == list(make_twins(problems, toolkit))


def test_what_is_not_read_or_has_no_answer_has_no_twin(toolkit: Toolkit) -> None:
    unanswered = CLIPS.model_copy(update={"answer": None})
    wrong = CLIPS.model_copy(update={"answer": Answer(kind="number", value="71")})
    unread = COW.model_copy(update={"statements": ("Colourless green ideas sleep furiously.",)})
    assert list(make_twins([unanswered, wrong, unread], toolkit)) == []


@pytest.mark.parametrize(
    ("known", "other", "fits"),
    [("4", "5", True), ("4", "5/2", False), ("4", "-1", False), ("1/2", "3/7", True)],
)
def test_whole_and_positive_stays_whole_and_positive(known: str, other: str, fits: bool) -> None:
    answers = (Answer(kind="number", value=value) for value in (known, other))
    assert is_plausible(*answers) is fits


def test_sentences_are_changed_in_one_place() -> None:
    assert list(reworded("The cow is not cold.", ["cow"])) == ["The cow is cold."]
    assert "The dog chases the cow." in reworded("The cow chases the dog.", ["cow", "dog"])
    assert "The owl is to the right of the ox." in reworded("The owl is to the left of the ox.", [])
    assert "The dog carries the cow." in reworded("The dog does not carry the cow.", [])


def test_twins_are_a_source_like_any_other() -> None:
    loaded = load_problems("twins:generated:stories", limit=3)
    assert 1 <= len(loaded) <= 3
    assert all(twin_of(problem) for problem in loaded)
    words = ("evaluate", "-m", "expert", "-n", "2", "--source")
    assert_told(run(*words, "twins:nowhere"), 2, 'unknown problem source "nowhere"')
