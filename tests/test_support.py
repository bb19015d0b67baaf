"""Support: what a guess cannot get past, and right chains that must pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from handmade import COW, GOOD_COW, GOOD_STORY, STORY, call, trace_of

from corollary_agent.problem import Problem
from corollary_datagen.grading.computed import compute
from corollary_datagen.grading.grounding import grounded_share, stated_numbers
from corollary_datagen.grading.judging import grade
from corollary_datagen.sources import load_problems
from corollary_tools.answer import Answer
from corollary_tools.toolkit import Toolkit

COUNTED = STORY.model_copy(
    update={
        "question": "A pen has 12 goats and some hens. Of its 34 legs, 24 are of hens. Hens?",
        "answer": Answer(kind="number", value="12"),
    }
)
UNKNOWN = COW.model_copy(
    update={
        "question": "Is it true that the cow is round?",
        "answer": Answer(kind="truth", value="Unknown"),
    }
)
PICKED = COW.model_copy(
    update={
        "domain": "constraints",
        "asks": "choice",
        "question": "Which must be true?",
        "options": ("The cow is nice.", "The cow is round.", "There are 5 cows."),
        "answer": Answer(kind="choice", value="A"),
    }
)
PLACED = COW.model_copy(
    update={
        "asks": "assignment",
        "question": "What are m and n?",
        "answer": Answer(kind="assignment", value={"m": "3", "n": "4"}),
    }
)
ROOT = STORY.model_copy(
    update={
        "question": "Simplify (x^2 - 1)/(x - 1).",
        "asks": "expression",
        "answer": Answer(kind="expression", value="x + 1"),
    }
)
EQUAL = STORY.model_copy(
    update={
        "question": "Is 17 * 23 equal to 391?",
        "asks": "truth",
        "answer": Answer(kind="truth", value="True"),
    }
)
WEEK = STORY.model_copy(
    update={
        "question": "How many hours has a week?",
        "answer": Answer(kind="number", value="168"),
    }
)
READ = GOOD_COW[:2]

FOOLS: dict[str, tuple[Problem, list[Any]]] = {
    "no call at all": (STORY, ["72"]),
    "an irrelevant call": (STORY, [call("calculate", expression="1+1"), "72"]),
    "the guess sent through": (STORY, [call("calculate", expression="72"), "72"]),
    "the guess times one": (STORY, [call("calculate", expression="72*1"), "72"]),
    "the guess and nothing": (STORY, [call("calculate", expression="72 + 0"), "72"]),
    "the guess as a fraction": (STORY, [call("calculate", expression="144*72/144"), "72"]),
    "a coincidence": (STORY, [call("calculate", expression="36*2"), "72"]),
    "the guess from numbers of nowhere": (STORY, [call("calculate", expression="79-7"), "72"]),
    "the guess from numbers that anybody knows": (
        STORY,
        [call("calculate", expression="60+12"), "72"],
    ),
    "those numbers, one by one": (
        STORY,
        [call("calculate", expression="12*3"), call("calculate", expression="36*2"), "72"],
    ),
    "the guess as an equation": (STORY, [call("solve", equations=["x = 72"]), "72"]),
    "the guess taken apart": (STORY, [call("factorise", number="72"), "72"]),
    "the guess checked": (STORY, [call("check_answer", answer="72", constraints=["72=72"]), "72"]),
    "a statement's number": (
        COUNTED,
        [call("prove", premises=["p"] * 12, conclusion="p"), "12"],
    ),
    "a number of the problem": (COUNTED, [call("calculate", expression="12"), "12"]),
    "a number of the problem, and another call": (
        COUNTED,
        [call("calculate", expression="34-24"), "12"],
    ),
    "the expression sent through": (ROOT, [call("simplify", expression="x + 1"), "x + 1"]),
    "Unknown from nothing": (UNKNOWN, [call("prove", conclusion="round(cow)"), "Unknown"]),
    "Unknown from a part": (UNKNOWN, [READ[0], call("prove", conclusion="round(cow)"), "Unknown"]),
    "Unknown of something else": (
        UNKNOWN,
        [*READ, call("prove", conclusion="purple(dog)"), "Unknown"],
    ),
    "True of something else": (COW, [*READ, call("prove", conclusion="cold(cow)"), "True"]),
    "True of what always holds": (COW, [*READ, call("prove", conclusion="p | ~p"), "True"]),
    "True by another tool": (COW, [*READ, call("equal", left="1", right="1"), "True"]),
    "True of the thing asked, whatever holds": (
        COW,
        [*READ, call("prove", conclusion="nice(cow) | ~nice(cow)"), "True"],
    ),
    "the conclusion as a premise": (
        COW,
        [call("prove", premises=["cold(cow)", "nice(cow)"], conclusion="nice(cow)"), "True"],
    ),
    "the conclusion read out of another statement": (
        COW,
        [call("premise", n=1, formula="nice(cow)"), call("prove", conclusion="nice(cow)"), "True"],
    ),
    "a rule of nowhere": (
        COW,
        [
            call("premise", n=1, formula="forall x. nice(x)"),
            call("prove", conclusion="nice(cow)"),
            "True",
        ],
    ),
    "premises that nobody read": (
        COW,
        [*READ, call("prove", premises=["nice(cow)", "cold(dog)"], conclusion="nice(cow)"), "True"],
    ),
    "premises beside a contradiction": (
        COW,
        [
            READ[0],
            call("premise", n=2, formula="~cold(cow)"),
            call("prove", premises=["nice(cow)"], conclusion="nice(cow)"),
            "True",
        ],
    ),
    "a letter without choosing": (PICKED, [*READ, "A"]),
    "a letter after another proof": (PICKED, [*READ, call("prove", conclusion="cold(cow)"), "A"]),
    "a letter after a proof of what always holds": (
        PICKED,
        [*READ, call("prove", conclusion="nice(cow) | ~nice(cow)"), "A"],
    ),
    "an option that always holds": (
        PICKED,
        [
            *READ,
            call("option", letter="A", formula="nice(cow) | ~nice(cow)"),
            call("option", letter="B", formula="round(cow)"),
            call("choose", mode="must"),
            "A",
        ],
    ),
    "what could be, from a part": (
        PICKED,
        [
            READ[0],
            call("option", letter="A", formula="nice(cow)"),
            call("choose", mode="could"),
            "A",
        ],
    ),
    "the values sent through": (
        PLACED,
        [call("solve", equations=["m = 3", "n = 4"]), "m = 3, n = 4"],
    ),
    "the values as sums": (
        PLACED,
        [call("solve", equations=["m = 2 + 1", "n = 4 * 1"]), "m = 3, n = 4"],
    ),
    "the values as statements": (
        PLACED,
        [
            call("declare", names=["m", "n"], values=["1", "2", "3", "4"]),
            call("premise", n=1, formula="m == 3"),
            call("premise", n=2, formula="n == 4"),
            call("find"),
            "m = 3, n = 4",
        ],
    ),
    "another equation": (EQUAL, [call("equal", left="1", right="1"), "True"]),
}
RIGHT: dict[str, tuple[Problem, list[Any]]] = {
    "a story": (STORY, GOOD_STORY),
    "a difference that the text states": (
        COUNTED,
        [call("calculate", expression="24/2"), "12"],
    ),
    "one call for all": (STORY, [call("calculate", expression="48 + 48/2"), "72"]),
    "a checked answer after a computation": (
        STORY,
        [*GOOD_STORY[:2], call("calculate", expression="72 - 24"), "72"],
    ),
    "what anybody knows, where nothing is stated": (
        WEEK,
        [call("calculate", expression="7*24"), "168"],
    ),
    "what anybody knows, where only one is stated": (
        WEEK.model_copy(update={"question": "How many hours has one week?"}),
        [call("calculate", expression="7*24"), "168"],
    ),
    "what anybody knows, used later": (
        STORY,
        [
            call("calculate", expression="12*2"),
            call("calculate", expression="24+48"),
            "72",
        ],
    ),
    "the equation asked": (EQUAL, [call("equal", left="17*23", right="391"), "True"]),
    "a statement repeated": (
        COW.model_copy(update={"statements": (*COW.statements, "The cow is nice.")}),
        [call("prove", premises=["nice(cow)"], conclusion="nice(cow)"), "True"],
    ),
    "a proof": (COW, GOOD_COW),
    "a proof in one call": (
        COW,
        [
            call(
                "prove",
                premises=["cold(cow)", "forall x. cold(x) -> nice(x)"],
                conclusion="nice(cow)",
            ),
            "True",
        ],
    ),
    "a proof from premises repeated": (
        COW,
        [
            *READ,
            call(
                "prove",
                premises=["forall y. ~cold(y) | nice(y)", "cold(cow)"],
                conclusion="nice(cow)",
            ),
            "True",
        ],
    ),
    "Unknown from all of them": (
        UNKNOWN,
        [*READ, call("prove", conclusion="round(cow)"), "Unknown"],
    ),
    "an option proved": (PICKED, [*READ, call("prove", conclusion="nice(cow)"), "A"]),
    "an expression": (ROOT, [call("simplify", expression="(x^2 - 1)/(x - 1)"), "x + 1"]),
}


@pytest.mark.parametrize("name", FOOLS)
def test_a_guess_is_not_correct(name: str, toolkit: Toolkit) -> None:
    problem, script = FOOLS[name]
    trace = trace_of(problem, script, toolkit)
    assert trace.answer is not None
    verdict = grade(problem, trace, toolkit.workers)
    assert verdict.judgement == "UNDECIDED", verdict.reason
    assert verdict.reason.startswith("unsupported: ")


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_chain_is(name: str, toolkit: Toolkit) -> None:
    problem, script = RIGHT[name]
    verdict = grade(problem, trace_of(problem, script, toolkit), toolkit.workers)
    assert verdict.judgement == "CORRECT", verdict.reason


def test_numbers_are_read_however_they_are_written() -> None:
    text = "Twenty-five boys, 1,200 girls, a dozen eggs, 15 percent, 3/4 and 4.9 million."
    stated = {str(number) for number in stated_numbers(text)}
    assert {"25", "1200", "12", "3/20", "3/4", "4900000"} <= stated


@pytest.mark.parametrize(
    ("names", "text", "share"),
    [
        (["sees", "cats"], "The cat can see the dog.", 1.0),
        (["bald_eagle", "purple"], "The bald eagle is young.", 0.5),
        (["isCold"], "The cow is cold.", 1.0),
        ([], "The cow is cold.", 1.0),
        (["q"], "The cow is cold.", 0.0),
    ],
)
def test_names_are_found_by_their_stems(names: list[str], text: str, share: float) -> None:
    assert grounded_share(names, text) == share


def test_solutions_of_people_are_supported(data_dir: Path) -> None:
    """The calculations of GSM8K's own solutions compute nearly all of its answers."""
    from corollary_agent.trace import ToolCall
    from corollary_datagen.grading.computed import numbers_in

    supported = total = 0
    for problem in load_problems("gsm8k", data=data_dir, limit=1500):
        rows = [str(row).rpartition("=") for row in problem.meta.get("chain") or ()]  # type: ignore[union-attr]
        if rows and problem.answer:
            calls = [
                (ToolCall(id="c", name="calculate", arguments={"expression": left}), right)
                for left, _, right in rows
            ]
            wanted = numbers_in([problem.answer.text])
            total += 1
            supported += wanted <= compute(problem, calls).values
    assert total > 1000
    assert supported / total > 0.97
