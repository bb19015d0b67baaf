"""The counts of real input, on a few rows of each set where the data are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks.real_input import folio_counts, knights_counts, knights_formula, program_counts

from corollary_agent.problem import Problem
from corollary_datagen.sources import load_problems
from corollary_tools.answer import Answer
from corollary_tools.toolkit import Toolkit

PUZZLE = Problem(
    id="own/1",
    source="own",
    split="none",
    family="f",
    domain="constraints",
    question="Who is what?",
    asks="assignment",
    answer=Answer(kind="assignment", value={"Ann": "knight", "Bob": "knave"}),
    meta={"formula": "(('lying', 1), ('and', ('telling-truth', 0), ('not', ('lying', 1))))"},
)
RULES = {
    "answer": "A",
    "raw_logic_programs": [
        "Facts:\nBlue(Cow, True) ::: The cow is blue.\nRules:\n"
        "Blue($x, True) >>> Cold($x, True) ::: Blue things are cold.\nQuery:\nCold(Cow, True)"
    ],
}


def test_speeches_are_formulas_and_the_puzzle_is_counted(toolkit: Toolkit) -> None:
    assert knights_formula(PUZZLE) == (
        "(person0 <-> ~person1) & (person1 <-> (person0 & ~(~person1)))"
    )
    assert knights_counts([PUZZLE], toolkit) == {"right": 1}


def test_programs_are_counted(toolkit: Toolkit) -> None:
    wrong = {**RULES, "answer": "B"}
    unread = {**RULES, "raw_logic_programs": ["I cannot."]}
    broken = {**RULES, "raw_logic_programs": [RULES["raw_logic_programs"][0] + "("]}
    counts = program_counts([RULES, wrong, unread, broken], toolkit)
    assert counts == {"right": 1, "wrong": 1, "unread": 2}


def test_gold_formulas_agree(toolkit: Toolkit, data_dir: Path) -> None:
    problems = load_problems("folio", split="validation", data=data_dir, limit=20)
    counts = folio_counts(problems, toolkit)
    assert counts["right"] >= 17
    knights = load_problems("knights_knaves", split="5ppl_train", data=data_dir, limit=20)
    assert knights_counts(knights, toolkit) == {"right": 20}


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("ProofWriter", 15),
        ("LogicalDeduction", 11),
        ("FOLIO", 8),
        pytest.param("AR-LSAT", 2, marks=pytest.mark.slow),
    ],
)
def test_programs_of_a_large_model_come_out_right(
    toolkit: Toolkit, data_dir: Path, name: str, least: int
) -> None:
    """least: of the first 15 of GPT-4's programs, counted when this was written, or less."""
    path = data_dir / "recorded" / "logic_llm" / f"{name}_dev_gpt-4.json"
    rows = json.loads(path.read_text("utf-8"))[:15]
    assert program_counts(rows, toolkit)["right"] >= least
