"""Free text becomes a problem of the right kind, and no word of it is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corollary_agent.problem_text import read_problem
from corollary_agent.sentences import split_sentences
from corollary_tools.errors import CorollaryError

KNIGHTS = (
    "A very special island is inhabited only by knights and knaves. Knights always tell the "
    "truth, and knaves always lie. You meet 2 inhabitants: Zoey, and Mr. Ethan. "
    '"Ethan is a knight. He told me," Zoey mentioned. Ethan stated that Zoey is a knave. '
)


def test_knights_and_knaves_speech_by_speech() -> None:
    problem = read_problem(KNIGHTS + "So who is a knight and who is a knave?")
    assert (problem.domain, problem.asks) == ("constraints", "assignment")
    assert problem.statements == (
        '"Ethan is a knight. He told me," Zoey mentioned.',
        "Ethan stated that Zoey is a knave.",
    )
    assert problem.question == "So who is a knight and who is a knave?"
    assert str(problem.meta["preamble"]).endswith("Zoey, and Mr. Ethan.")
    bare = read_problem(KNIGHTS + "Who is what?")
    assert bare.question.startswith("A very special island")


def test_theories() -> None:
    problem = read_problem("The cow is blue. Blue things are cold. Is the cow cold?")
    assert (problem.domain, problem.asks) == ("logic", "truth")
    assert problem.statements == ("The cow is blue.", "Blue things are cold.")
    asked = read_problem(
        "Bob is big. Based on the above information, is the following statement true, false, or "
        "unknown? Bob is not big."
    )
    assert asked.statements == ("Bob is big.",)
    assert asked.question.endswith("unknown? Bob is not big.")


def test_options_make_a_choice() -> None:
    body = "There are two books: a red book, and a blue book. Red is left of it. Which is true?"
    problem = read_problem(f"{body}\nA) Red is first.\nB) Blue is first.")
    assert problem.asks == "choice"
    assert problem.options == ("Red is first.", "Blue is first.")
    assert len(problem.statements) == 2


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Natalia sold 48 clips. She sold half as many in May. How many in all?", "number"),
        ("Solve x^2 - 5x + 6 = 0.", "set"),
        ("Expand (x + 1)^3.", "expression"),
        ("What is 2 + 3?", "number"),
    ],
)  # fmt: skip
def test_everything_else_is_mathematics(text: str, asks: str) -> None:
    problem = read_problem(text)
    assert (problem.domain, problem.asks, problem.question) == ("math", asks, text)


@given(st.text("ab1 .?!\"'ABC=)\n", min_size=1))
def test_no_word_is_lost(text: str) -> None:
    try:
        problem = read_problem(text)
    except CorollaryError:
        assert not text.strip()
        return
    kept = " ".join([*problem.statements, problem.question, *problem.options])
    assert set(re.findall(r"\w+", text)) <= set(re.findall(r"\w+", kept)) | set("ABC")
    assert " ".join(split_sentences(text)) == " ".join(text.split())


def test_the_same_text_is_the_same_problem() -> None:
    assert read_problem("What is 2+3?").id == read_problem(" What  is 2+3?\n").id
    with pytest.raises(CorollaryError):
        read_problem(" \n")
