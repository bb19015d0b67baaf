"""Steps in words: equations read out of text, computed, held against the steps before them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks.step_labels import Outcome, Solution, check, figures
from hypothesis import given, settings
from hypothesis import strategies as st

from corollary_agent.problem import Problem
from corollary_datagen.steps.prose.checking import check_steps
from corollary_datagen.steps.prose.equations import find_equations
from corollary_datagen.steps.prose.orderings import check_ordering
from corollary_datagen.steps.prose.statements import check_statements
from corollary_tools.toolkit import Toolkit

BIRDS = Problem(
    id="birds", source="hand", split="t", family="f", domain="constraints", asks="choice",
    statements=(
        "On a branch, there are four birds: an owl, a jay, a wren, and a hawk.",
        "The owl is to the left of the jay.",
        "The wren is the second from the right.",
        "The hawk is the rightmost.",
    ),
    question="Which is correct?",
    options=("The owl is the leftmost.", "The jay is the leftmost."),
)  # fmt: skip


def sides(text: str) -> list[list[str]]:
    return [[side.text for side in equation.sides] for equation in find_equations(text)]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("So A = (3 + 4) * 2 = 14 eggs.", [["A", "(3 + 4) * 2", "14"]]),
        ("It is 6^5 = 7,776 in all, and 2 x 3 = 6.", [["6^5", "7,776"], ["2 * 3", "6"]]),
        (r"\frac{1}{2} \times 4 = 2 cm", [[r"\frac{1}{2} \times 4", "2"]]),
        ("50% of 80 = 40", [["50% of 80", "40"]]),
        ("- 4 * 2 = 8", [["4 * 2", "8"]]),
        ("20 eggs + 5 eggs = 25 eggs", []),
        ("40 eggs in all - 14 eggs left = 26", []),
        ("The sum is -5 + 2 = -3", [["-5 + 2", "-3"]]),
        ("1 + 2 + ... + 10 = 55", []),
        ("P(X = 70) + P(X = 71)", [["X", "70"], ["X", "71"]]),
        (r"0.1\overline{7} = \frac{8}{45}", []),
        ("the angle is atan(1/1) = 45", []),
        ("20 is not possible, since 20 = 5 \\* 4", [["20", "5 * 4"]]),
        ("no equation at all", []),
        ("", []),
    ],
)
def test_equations_are_read_whole_or_not_at_all(text: str, read: list[list[str]]) -> None:
    assert sides(text) == read


@given(st.text(alphabet="0123456789+-*/=()[]{}.,% xAB\\\n$≈", max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    check_statements([text, text])


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        ("6 * 7 = 42.", ""),
        ("6 * 7 = 43.", "6 * 7 is 42, not 43"),
        ("10 / 3 = 3.33", ""),
        ("2 / 3 = 0.66", ""),
        ("10 / 4 = 3", "10 / 4 is 5/2, not 3"),
        ("31/0.0634 ≈ 490", ""),
        ("41/0.14 = 293", ""),
        ("2/7 = 28.6%", ""),
        ("(3 - 4) / 3 * 100 = -33%", ""),
        ("1 hour = 60 minutes", ""),
        ("8 + 8 = 6 (mod 10)", ""),
        ("5 + 5 = 11, which is false", ""),
        ("x + 1 = 0", ""),
        ("We get 7 * 8 = 56 = 57 - 2.", "56 is not 57 - 2"),
        ("sqrt(2) * sqrt(8) = 4 = 2 + 2", ""),
    ],
)
def test_what_is_stated_is_computed(step: str, wrong: str) -> None:
    (found,) = check_statements([step])
    assert found.wrong == wrong


def test_roots_and_letters_need_a_solver(toolkit: Toolkit) -> None:
    def wrong(step: str) -> str:
        return check_statements([step], toolkit.workers)[0].wrong

    assert wrong("P = (x + 1)^2 = x^2 + 2x + 1 = x^2 + 2x + 1") == ""
    assert wrong("P = (x + 1)^2 = x^2 + 1") == "(x + 1)^2 is not x^2 + 1"
    assert wrong("sqrt(12) + sqrt(3) = sqrt(15)") == "sqrt(12) + sqrt(3) is not sqrt(15)"
    assert wrong("2x + 3 = 9, so x = 3") == ""
    assert wrong("2x + 3 = 9, so x = 4") == "x = 4 does not fit 2x + 3 = 9"
    assert wrong("x^2 = 9, so x = 3 or x = -3") == ""


def test_a_name_is_worked_out_from_what_it_was_said_to_be() -> None:
    first = "Let us write it as A + B, where A = (2 - 5 * 3) and B = (4 + 1)."
    copied, right = "A = (2 + 5 * 3) = 2 + 15 = 17.", "A = (2 - 5 * 3) = 2 - 15 = -13."
    last = "A + B = -13 + 5 = -8."
    assert [f.wrong for f in check_statements([first, right, last])] == ["", "", ""]
    assert check_statements([first, copied])[1].wrong == "A is (2 - 5 * 3), not (2 + 5 * 3)"
    slipped = check_statements([first, right, "A + B = 13 + 5 = 18."])
    assert slipped[2].wrong == "A + B is -8, not 13 + 5"
    assert check_statements([first, "A + B = 13 + 5 = 18."])[1].wrong == "A + B is -8, not 13 + 5"
    assert check_statements(["A + B = 13 + 5 = 18."])[0].wrong == ""


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        ("The wren is the second from the right.", ""),
        ("So from left to right: first, second can be any bird, then third is the wren.", ""),
        ("From right to left: first is the hawk, then second is the wren.", ""),
        ("The owl is to the right of the jay.", "The owl is to the right of the jay"),
        ("The hawk is the rightmost, so it cannot be the leftmost.", ""),
        ("The hawk is the rightmost, so it is the second from the left.", "it is the second"),
        ("The hawk is the rightmost. So from left to right: fifth is the hawk.", "fifth is"),
        ("The wren is the second from the right. So from left to right: first, second, third, and"
         " fourth can be any bird.", "can be any bird"),
        ("I like birds.", ""),
    ],
)  # fmt: skip
def test_places_are_proved(toolkit: Toolkit, step: str, wrong: str) -> None:
    found = check_ordering(BIRDS, [step], toolkit)
    assert found
    assert bool(found[0].wrong) == bool(wrong), found[0].wrong
    assert wrong in found[0].wrong


def test_a_place_must_follow_from_what_was_used_so_far(toolkit: Toolkit) -> None:
    clues = ["The hawk is the rightmost.", "The wren is the second from the right."]
    last = "The owl is to the left of the jay, so the owl is the leftmost. So the answer is (A)"
    found = check_ordering(BIRDS, [*clues, last], toolkit)
    assert found
    assert [f.wrong for f in found] == ["", "", ""]
    early = check_ordering(BIRDS, [last], toolkit)
    assert early
    assert early[0].wrong == "this does not follow: the owl is the leftmost"
    assert (
        check_ordering(BIRDS.model_copy(update={"statements": ("Odd.",)}), [last], toolkit) is None
    )


def test_both_readers_look_at_an_ordering(toolkit: Toolkit) -> None:
    steps = ["There are 2 + 2 = 5 birds.", "The owl is to the right of the jay."]
    assert [bool(f.wrong) for f in check_steps(BIRDS, steps, toolkit)] == [True, True]


def test_the_figures_count_what_they_say(toolkit: Toolkit) -> None:
    def solution(marked: int | None, *steps: str, right: bool = True) -> Solution:
        problem = Problem(
            id="s", source="h", split="t", family="f", domain="math", question="?", asks="number"
        )
        return Solution(problem, steps, marked, tuple(range(len(steps))), right)

    solutions = [
        solution(1, "1 + 1 = 2", "2 + 2 = 5"),
        solution(0, "words", "2 + 2 = 5"),
        solution(1, "words"),
        solution(None, "1 + 1 = 3", right=False),
        solution(None, "1 + 1 = 2"),
    ]
    outcomes: list[Outcome] = [check(one, toolkit) for one in solutions]
    found = {f.figure: (f.value, f.n) for f in figures("set", outcomes)}
    assert found == {
        "set, marked step found": (1, 3),
        "set, a step named where one is marked": (2, 3),
        "set, false alarms": (1, 2),
        "set, those with a right answer": (0, 1),
        "set, decided": (4, 5),
    }


def test_on_steps_that_people_marked(data_dir: Path, toolkit: Toolkit) -> None:
    path = data_dir / "step_labels" / "big_bench_mistake" / "multistep_arithmetic.jsonl"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    found = [check_statements(row["steps"]) for row in rows]
    named = [next((i for i, f in enumerate(one) if f.wrong), None) for one in found]
    marked = [row["mistake_index"] for row in rows]
    pairs = list(zip(named, marked, strict=True))
    assert sum(n == m for n, m in pairs if m is not None) >= 231
    assert sum(n is not None for n, m in pairs if m is None) <= 15
