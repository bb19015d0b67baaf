"""The expert's reading of rule theories: forms, refusals, and the real sets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corollary_agent.models.expert.plan import Move, Unreadable
from corollary_agent.models.expert.readers import plan
from corollary_agent.models.expert.sentences import read_question, read_sentence
from corollary_agent.problem import Problem
from corollary_agent.problem_text import read_problem
from corollary_datagen.sources import load_problems
from corollary_tools.formula import parse_formula, render_formula

READ = {
    "The cow is blue.": "blue(cow)",
    "The bald eagle does not see Bob.": "~sees(bald_eagle, bob)",
    "If something is cold and not nice then it visits the tiger.": (
        "forall x. cold(x) & ~nice(x) -> visits(x, tiger)"
    ),
    "If someone likes the cow and they do not see the dog then the cow is big.": (
        "forall x. likes(x, cow) & ~sees(x, dog) -> big(cow)"
    ),
    "If Dave is smart and Dave is kind then Dave is quiet.": (
        "smart(dave) & kind(dave) -> quiet(dave)"
    ),
    "Red, cold things are round.": "forall x. red(x) & cold(x) -> round(x)",
    "All quiet people are not rough.": "forall x. quiet(x) -> ~rough(x)",
    "Jompuses are not shy.": "forall x. jompus(x) -> ~shy(x)",
    "Every wumpus is an impus.": "forall x. wumpus(x) -> impus(x)",
    "All cats are animals.": "forall x. cat(x) -> animal(x)",
    "No cats are dogs.": "forall x. cat(x) -> ~dog(x)",
    "Some pets are shy.": "exists x. pet(x) & shy(x)",
    "Not all birds are black.": "exists x. bird(x) & ~black(x)",
    "Only wizards are wise.": "forall x. wise(x) -> wizard(x)",
    "All wizards and witches are wise.": "forall x. wizard(x) | witch(x) -> wise(x)",
    "Everyone who sees the dog is happy.": "forall x. sees(x, dog) -> happy(x)",
    "If a person is tired, the person sleeps.": "forall x. tired(x) -> sleeps(x)",
    "Tom is a cat.": "cat(tom)",
    "Tom is a cat or a dog.": "cat(tom) | dog(tom)",
    "Bob and Anne are nice.": "nice(bob) & nice(anne)",
    "Anne is taller than Bob.": "taller_than(anne, bob)",
    "The sheep calls the fish.": "calls(sheep, fish)",
    "Every X is a Y.": "forall x. X(x) -> Y(x)",
}
ASKED = {
    "Is the following statement true or false? Max is not sour.": "~sour(max)",
    "Is Tom an animal?": "animal(tom)",
    "Does the cow like Bob?": "likes(cow, bob)",
    "Does the big cat not like the dog?": "~likes(big_cat, dog)",
    "Does Tom eat grass?": "eats(tom, grass)",
    "Is every cat an animal?": "forall x. cat(x) -> animal(x)",
    "Is it true that Merlin is wise?": "wise(merlin)",
}
WORDS = re.findall(
    r"\S+",
    "if then is are not the a and or , . ? Tom Bob cat cats knight knave says that every all no "
    'some who only it they likes like does left of older than second from five birds: " = + 12 x',
)
REFUSED = (
    "Colourless ideas sleep furiously.",
    "If it rains then the street is wet.",
    "Every cat likes some dog.",
    "Bob is kind and nice or big.",
    "Nothing blue is red.",
    "Bob likes everyone who is kind.",
    "There are two cats.",
    "",
)


@pytest.mark.parametrize(("sentence", "formula"), READ.items())
def test_sentences_are_read(sentence: str, formula: str) -> None:
    assert read_sentence(sentence) == formula
    assert render_formula(parse_formula(formula)) == formula


@pytest.mark.parametrize(("question", "formula"), ASKED.items())
def test_questions_are_read(question: str, formula: str) -> None:
    assert read_question(question) == formula


@pytest.mark.parametrize("sentence", REFUSED)
def test_what_is_not_understood_is_refused(sentence: str) -> None:
    with pytest.raises(Unreadable):
        read_sentence(sentence)


def test_a_typed_theory_is_read() -> None:
    made = plan(read_problem("All cats are animals. Tom is a cat. Is Tom an animal?"))
    assert [move.name for move in made.moves if isinstance(move, Move)] == [
        "premise",
        "premise",
        "prove",
    ]


@pytest.mark.parametrize(("source", "split"), [("proofwriter", "train"), ("prontoqa", "dev_even")])
def test_every_real_theory_is_read_canonically(data_dir: Path, source: str, split: str) -> None:
    formulas = set()
    for problem in load_problems(source, split=split, data=data_dir)[::6]:
        for move in plan(problem).moves:
            assert isinstance(move, Move), (problem.id, move)
            formulas.add(move.arguments.get("formula") or move.arguments["conclusion"])
    texts = sorted(str(formula) for formula in formulas)[::8]
    assert [render_formula(parse_formula(text)) for text in texts] == texts


@given(st.lists(st.sampled_from(WORDS), max_size=30))
def test_no_text_breaks_a_reader(words: list[str]) -> None:
    problem = Problem(
        id="f",
        source="test",
        split="test",
        family="f",
        domain="logic",
        question=" ".join(words),
        statements=tuple(" ".join(words).split(".")),
        options=tuple(" ".join(words).split(",")),
        asks="truth",
    )
    for move in plan(problem).moves:
        formula = move.arguments.get("formula") if isinstance(move, Move) else None
        if formula is not None:
            assert render_formula(parse_formula(str(formula))) == formula
