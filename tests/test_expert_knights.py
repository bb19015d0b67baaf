"""The expert's reading of knights and knaves: ways to speak, refusals, and the real set."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from corollary_agent.models.expert.knights import read_speech, split_speeches
from corollary_agent.models.expert.plan import Move, Unreadable
from corollary_agent.models.expert.readers import plan
from corollary_datagen.sources import load_problems

READ = {
    'Michael was heard saying, "Ethan is a knight if and only if Michael is a knight".': (
        "michael <-> (ethan <-> michael)"
    ),
    '"Zoey is a knight or Ethan is a knave," Zoey mentioned.': "zoey <-> zoey | ~ethan",
    'In Zoey\'s words: "Bob is not a knave".': "zoey <-> bob",
    '"Bob is not a knight" - Zoey.': "zoey <-> ~bob",
    "Zoey told you that If Bob is a knight then Zoey is a knave.": "zoey <-> bob -> ~zoey",
    'As Zoey put it, "Bob is a knight and Zoey is a knight".': "zoey <-> bob & zoey",
    "Zoey says that I am a knave or Bob is a knave.": "zoey <-> ~zoey | ~bob",
    'Bob said, "Zoey and Ann are both knaves."': "bob <-> ~zoey & ~ann",
    'Bob said, "Zoey and Ann are different."': "bob <-> zoey xor ann",
    "You meet 3 inhabitants: Zoey, Bob, and Ann.": "true",
}


@pytest.mark.parametrize(("speech", "formula"), READ.items())
def test_speeches_are_read(speech: str, formula: str) -> None:
    assert read_speech(speech) == formula


@pytest.mark.parametrize("speech", ["Zoey left.", 'Zoey said, "It is raining."', ""])
def test_other_speeches_are_refused(speech: str) -> None:
    with pytest.raises(Unreadable):
        read_speech(speech)


def test_a_whole_puzzle_is_cut_into_its_speeches() -> None:
    puzzle = (
        "A very special island is inhabited only by knights and knaves. Knights always tell the "
        'truth, and knaves always lie. You meet 2 inhabitants: Zoey, and Bob. "Bob is a knave," '
        'Zoey said. Bob said, "Zoey is a knave." So who is a knight and who is a knave?'
    )
    assert split_speeches(puzzle) == (
        '"Bob is a knave," Zoey said.',
        'Bob said, "Zoey is a knave."',
    )


def test_every_real_speech_is_read_as_its_gold_formula(data_dir: Path) -> None:
    for problem in load_problems("knights_knaves", split="train", data=data_dir)[::3]:
        gold = ast.literal_eval(str(problem.meta["formula"]))
        names = [str(name).lower() for name in list(problem.answer.value)]  # type: ignore[union-attr]
        moves = [move for move in plan(problem).moves[:-1] if isinstance(move, Move)]
        read = {_split(str(move.arguments["formula"])) for move in moves}
        assert read == {(names[i], _written(part, names)) for i, part in enumerate(gold)}


def _split(formula: str) -> tuple[str, str]:
    speaker, said = formula.split(" <-> ", 1)
    return speaker, said.strip("()")


def _written(part: Any, names: list[str]) -> str:
    """A gold formula of the set, such as ("or", ("lying", 0), ("telling-truth", 1))."""
    word, *rest = part
    if word == "not":
        word, rest = {"lying": "telling-truth"}.get(rest[0][0], "lying"), rest[0][1:]
    if word in ("lying", "telling-truth"):
        return f"{'~' * (word == 'lying')}{names[rest[0]]}"
    sign = {"and": " & ", "or": " | ", "->": " -> ", "<=>": " <-> "}[word]
    return sign.join(_written(one, names) for one in rest)
