"""The expert's reading of equations, sums and story chains, and what it refuses."""

from __future__ import annotations

import pytest

from corollary_agent.models.expert.plan import Arguments, Move, Refusal
from corollary_agent.models.expert.readers import plan
from corollary_agent.problem import Problem
from corollary_agent.problem_text import read_problem

REQUESTS: dict[str, Arguments] = {
    "Solve 3x + 5 = 20.": {"equations": ["3*x + 5 = 20"], "unknowns": []},
    "Solve for x: 2(x+3) = -4x": {"equations": ["2*(x + 3) = -4*x"], "unknowns": []},
    "x + y = 10, x - y = 4": {"equations": ["x + y = 10", "x - y = 4"], "unknowns": []},
    "x^2 = 2": {"equations": ["x^2 = 2"], "unknowns": []},
    "what is 15% of 80?": {"expression": "15% of 80"},
    "12*(3+4)": {"expression": "12*(3 + 4)"},
    "What is 2 plus 3 times 4?": {"expression": "2 + 3*4"},
    "What is 1,200 / 4?": {"expression": "1200/4"},
    "Simplify (x^2-1)/(x-1).": {"expression": "(x^2 - 1)/(x - 1)"},
    "Is 2(x+1) equal to 2x+2?": {"left": "2*(x + 1)", "right": "2*x + 2"},
}
STORIES = (
    "Tom has 3 apples. He buys 4. How many has he?",
    "A pool has 3*4 tiles and each costs 2. How much?",
    "A store has 3 times 4 apples and sells 5. How many are left?",
)


@pytest.mark.parametrize(("text", "arguments"), REQUESTS.items())
def test_requests_are_read(text: str, arguments: Arguments) -> None:
    (move,) = plan(read_problem(text)).moves
    assert isinstance(move, Move)
    assert move.arguments == arguments


@pytest.mark.parametrize("text", STORIES)
def test_a_story_without_a_chain_is_refused(text: str) -> None:
    (move,) = plan(read_problem(text)).moves
    assert isinstance(move, Refusal)


@pytest.mark.parametrize(
    ("asks", "asked", "result", "words"),
    [
        ("set", "", "m = -21, n = -43", "-21, -43"),
        ("set", "", "x = -3 or x = 2", "-3, 2"),
        ("number", "y", "x = 1, y = 1/3 (about 0.333333)", "1/3"),
        ("number", "", "no solution", "no solution"),
    ],
)
def test_the_answer_is_what_was_asked(asks: str, asked: str, result: str, words: str) -> None:
    meta = {"equations": ["x + y = 2"], **({"asked": asked} if asked else {})}
    problem = Problem.model_validate(
        {"id": "e", "source": "test", "split": "test", "family": "e", "domain": "math",
         "question": "Find them.", "asks": asks, "meta": meta}
    )  # fmt: skip
    assert plan(problem).conclude(result) == words


def test_a_chain_is_followed_in_any_of_its_forms() -> None:
    chain = ["48/2=24", ["48+24", "72"], {"expression": "72*1", "value": "72"}, "72+0"]
    problem = read_problem("How many?").model_copy(update={"meta": {"chain": chain}})
    moves = [move for move in plan(problem).moves if isinstance(move, Move)]
    assert [(m.arguments["expression"], m.expected) for m in moves] == [
        ("48/2", "24"),
        ("48+24", "72"),
        ("72*1", "72"),
        ("72+0", ""),
    ]
