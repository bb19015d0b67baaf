"""Families: what is too alike to be parted, splits by family, and decontamination."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corollary_agent.problem import Problem
from corollary_datagen.sources import Report, decontaminate, family_split
from corollary_datagen.sources.families import text_family
from corollary_datagen.sources.roles import knights_family, read_speeches


def problem(id_: str, question: str, family: str = "") -> Problem:
    return Problem(
        id=id_,
        source="test",
        split="train",
        family=family or id_,
        domain="math",
        question=question,
        asks="number",
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (
            "Joan found 70 shells. She gave Sam 27. How many has she?",
            "Tom found 1,400 shells. He gave Ann five. How many has he?",
            True,
        ),
        ("A store had 27 books on 3 shelves.", "a store had 8 books on 2 shelves", True),
        ("Sam's dog eats 3 bones.", "Ann's dog eats 4 bones.", True),
        ("A store sold 27 books.", "A store bought 27 books.", False),
        ("What is 3 + 4?", "What is 3 - 4?", False),
    ],
)
def test_names_numbers_and_case_do_not_make_a_problem(one: str, other: str, same: bool) -> None:
    assert (text_family(one) == text_family(other)) is same


SPEECHES = (
    ("and", ("lying", 1), ("telling-truth", 2)),
    ("->", ("lying", 0), ("not", ("telling-truth", 2))),
    ("not", ("lying", 0)),
)


@settings(deadline=None)
@given(st.permutations(range(3)))
def test_renaming_people_leaves_the_puzzle(order: list[int]) -> None:
    def moved(part: object) -> object:
        if isinstance(part, tuple):
            return tuple(moved(item) for item in part)
        return order[part] if isinstance(part, int) else part

    speeches = [moved(SPEECHES[order.index(place)]) for place in range(3)]
    assert knights_family(speeches) == knights_family(SPEECHES)


def test_other_speeches_are_another_puzzle() -> None:
    swapped = (("and", ("telling-truth", 2), ("lying", 1)), *SPEECHES[1:])
    turned = (SPEECHES[0], ("->", ("lying", 2), ("lying", 0)), SPEECHES[2])
    assert knights_family(swapped) == knights_family(SPEECHES)
    assert knights_family(turned) != knights_family(SPEECHES)


@pytest.mark.parametrize("text", ["x(1)", "3", "(", "__import__('os').system('true')"])
def test_speeches_are_literals(text: str) -> None:
    with pytest.raises(ValueError, match="it is not a"):
        read_speeches(text)


@settings(deadline=None)
@given(st.integers(0, 99), st.floats(0.05, 0.9))
def test_a_family_stands_on_one_side(seed: int, fraction: float) -> None:
    rng = random.Random(seed)
    problems = [problem(f"p{i}", "?", f"f{rng.randrange(30)}") for i in range(200)]
    rest, held = family_split(problems, fraction, seed)
    assert sorted(p.id for p in [*rest, *held]) == sorted(p.id for p in problems)
    assert not {p.family for p in rest} & {p.family for p in held}
    largest = max(sum(p.family == f for p in problems) for f in {p.family for p in problems})
    assert abs(len(held) - fraction * 200) <= largest
    assert family_split(problems, fraction, seed) == (rest, held)


LONG = (
    "A farmer with {} hens collects eggs every morning and sells each dozen of them at the old "
    "market near the river for four dollars. How much is that in a week?"
)


def test_decontamination_names_its_reasons() -> None:
    evaluation = [problem("e1", LONG.format(12)), problem("e2", "What is 2 + 2?", "sums")]
    train = [
        problem("t1", "Something else entirely, of which nothing is known at all here."),
        problem("t2", "What is 3 + 9?", "sums"),
        problem("t3", LONG.format(12).upper().replace(".", " ;")),
        problem("t4", LONG.format(99)),
        problem("t5", "A farmer with hens collects eggs every morning, and he is glad of that."),
    ]
    kept, report = decontaminate(train, evaluation)
    assert [p.id for p in kept] == ["t1", "t5"]
    assert [(d.train, d.evaluation, d.reason) for d in report.dropped] == [
        ("t2", "e2", "family"),
        ("t3", "e1", "text"),
        ("t4", "e1", "words"),
    ]
    assert report.kept == 2
    assert report.counts == {"family": 1, "text": 1, "words": 1}


def test_what_stands_everywhere_is_the_sources_own_wording() -> None:
    frame = "Based on all of the above information, is the following statement true or false? "
    train = [problem(f"t{i}", frame + f"The cow number {i} is red.") for i in range(20)]
    kept, _ = decontaminate(train, [problem("e", frame + "No bird ever sings to a blue horse.")])
    assert kept == train


def test_the_same_structure_in_another_source_is_dropped() -> None:
    story = problem("a", "Ann has 3 red pens and buys 4 more. How many pens has she?")
    alike = problem("b", "Bob has 5 red pens and buys 9 more. How many pens has he?")
    elsewhere = alike.model_copy(update={"source": "another"})
    kept, report = decontaminate([story], [elsewhere])
    assert (kept, report.counts) == ([], {"structure": 1})
    assert decontaminate([story], [alike])[0] == [story], "in one source the family says it"


def test_decontamination_of_nothing() -> None:
    assert decontaminate([], []) == ([], Report(0, ()))
    only = [problem("t", "one two three")]
    assert decontaminate(only, [])[0] == only
    assert decontaminate(only, [problem("e", "four")])[0] == only
