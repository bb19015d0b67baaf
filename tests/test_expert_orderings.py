"""The expert's reading of orderings: places, comparisons, refusals, and the real set."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest

from corollary_agent.models.expert.orderings import Row, read_clue, read_opening
from corollary_agent.models.expert.plan import Move, Plan, Unreadable
from corollary_agent.models.expert.readers import plan
from corollary_agent.problem import Problem
from corollary_datagen.sources import load_problems
from corollary_tools.formula import parse_formula, render_formula

ROW = Row(("owl", "blue_jay", "raven", "robin", "wren"))
READ = {
    "The owl is the leftmost.": "owl == 1",
    "The blue jay is the second from the right.": "blue_jay == 4",
    "The owl is the third-newest.": "owl == 3",
    "The owls are the second-most expensive.": "owl == 4",
    "Owl finished second-to-last.": "owl == 4",
    "Owl finished first.": "owl == 1",
    "Owl came in third place.": "owl == 3",
    "The owl is to the right of the robin.": "robin < owl",
    "The owl is older than the robin.": "owl < robin",
    "Owl finished below Robin.": "robin < owl",
    "The owls are less expensive than the robins.": "owl < robin",
    "The owl is immediately to the left of the robin.": "owl + 1 == robin",
    "The owl is not the oldest.": "owl != 1",
    "The owl is not to the left of the robin.": "~(owl < robin)",
    "The owl is next to the robin.": "owl + 1 == robin | robin + 1 == owl",
    "The owl is in the middle.": "owl == 3",
}


@pytest.mark.parametrize(("clue", "formula"), READ.items())
def test_clues_are_read(clue: str, formula: str) -> None:
    assert read_clue(clue, ROW) == formula
    assert render_formula(parse_formula(formula)) == formula


@pytest.mark.parametrize(
    "clue", ["The duck is the leftmost.", "The owl sings.", "The owl is the wisest.", ""]
)
def test_other_clues_are_refused(clue: str) -> None:
    with pytest.raises(Unreadable):
        read_clue(clue, ROW)


def test_an_opening_lists_the_things() -> None:
    row = read_opening("On a shelf, there are three books: a red book, an old book, and a pen.")
    assert row.names == ("red_book", "old_book", "pen")


def test_an_option_that_cannot_be_read_is_refused_without_an_answer() -> None:
    problem = Problem(
        id="o",
        source="test",
        split="test",
        family="o",
        domain="constraints",
        statements=("On a branch, there are two birds: an owl and a wren.",),
        question="Which is true?",
        options=("The owl is the leftmost.", "The owl sings."),
        asks="choice",
    )
    refusal = plan(problem).moves[-2]
    assert not isinstance(refusal, Move)
    assert refusal.short == "I cannot read one of the options."


def test_every_real_ordering_is_read_and_right(data_dir: Path) -> None:
    for problem in load_problems("logical_deduction", split="train", data=data_dir)[::8]:
        made = plan(problem)
        assert all(isinstance(move, Move) for move in made.moves), problem.id
        assert problem.answer is not None
        assert _must(made) == [problem.answer.value], problem.id


def _must(made: Plan) -> list[str]:
    """The options that hold in every order that the premises leave, by trying all orders."""
    moves = [move for move in made.moves if isinstance(move, Move)]
    names: Any = moves[0].arguments["names"]
    premises = [str(m.arguments["formula"]) for m in moves if m.name == "premise"]
    options = {str(m.arguments["letter"]): str(m.arguments["formula"]) for m in moves[:-1]
               if m.name == "option"}  # fmt: skip
    places = [
        dict(zip(names, order, strict=True))
        for order in itertools.permutations(range(1, len(names) + 1))
    ]
    left = [place for place in places if all(_holds(p, place) for p in premises)]
    return [o for o, formula in options.items() if left and all(_holds(formula, p) for p in left)]


def _holds(formula: str, place: dict[str, int]) -> bool:
    found = re.fullmatch(r"(\w+) (==|<) (\w+)", formula)
    assert found is not None
    right = int(found[3]) if found[3].isdigit() else place[found[3]]
    return place[found[1]] == right if found[2] == "==" else place[found[1]] < right
