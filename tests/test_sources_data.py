"""The real problem sets, where they are at hand: everything loads and every answer is accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from corollary_agent.problem import Problem
from corollary_datagen.sources import decontaminate, load_problems, validate
from corollary_tools.toolkit import Toolkit

# (source, split) -> rows, and how many of them have a gold chain or gold equations.
COUNTS = {
    ("gsm8k", "train"): (7473, 6102),
    ("gsm8k", "test_even"): (660, 500),
    ("proofwriter", "train"): (3000, 0),
    ("proofwriter", "dev"): (600, 0),
    ("prontoqa", "dev_even"): (250, 0),
    ("logical_deduction", "train"): (1200, 0),
    ("logical_deduction", "dev_even"): (150, 0),
    ("ar_lsat", "train"): (1585, 0),
    ("ar_lsat", "dev"): (231, 0),
    ("folio", "train"): (1004, 0),
    ("folio", "validation"): (204, 0),
    ("knights_knaves", "train"): (4500, 0),
    ("svamp", "even"): (500, 490),
    ("equations", "train"): (2600, 2580),
    ("satlm", "gsm_system"): (517, 0),
    ("satlm", "gsm_algebra"): (222, 0),
}


@pytest.mark.parametrize(("source", "split"), COUNTS)
def test_a_set_loads_whole_and_its_answers_are_accepted(
    source: str, split: str, data_dir: Path, toolkit: Toolkit
) -> None:
    problems = load_problems(source, split=split, data=data_dir)
    rows, gold = COUNTS[source, split]
    assert len(problems) == len({problem.id for problem in problems}) == rows
    assert sum(bool(p.meta.get("chain") or p.meta.get("equations")) for p in problems) >= gold
    assert validate(problems, toolkit.workers) == []


def test_every_inhabitant_speaks_exactly_once(data_dir: Path) -> None:
    for problem in load_problems("knights_knaves", data=data_dir):
        speakers = [_speaker(text, problem) for text in problem.statements]
        assert speakers == problem.meta["names"]


def _speaker(text: str, problem: Problem) -> str:
    """The one name that stands outside the quotation, or before "that"."""
    outside = text.split('"')[::2] if '"' in text else [text.split(" that ")[0]]
    words = " ".join(outside).replace("'s", "").replace(",", " ").replace(".", " ").split()
    names = problem.meta["names"]
    assert isinstance(names, list)
    (name,) = [word.strip(":") for word in words if word.strip(":") in names]
    return name


@pytest.mark.parametrize("source", ["proofwriter", "prontoqa", "logical_deduction"])
def test_statements_are_single_sentences(source: str, data_dir: Path) -> None:
    split = "dev" if source == "proofwriter" else "dev_even"
    for problem in load_problems(source, split=split, data=data_dir):
        assert all(text.endswith(".") and text.count(".") == 1 for text in problem.statements)


def test_training_and_evaluation_sets_are_told_apart(data_dir: Path) -> None:
    def load(source: str, split: str) -> list[Problem]:
        return load_problems(source, split=split, data=data_dir)

    # SatLM's system problems are GSM8K training problems, and half of the evaluation paragraphs
    # of LogicalDeduction stand in its training file with another question.
    _, from_gsm8k = decontaminate(load("gsm8k", "train"), load("satlm", "gsm_system"))
    assert from_gsm8k.counts["family"] > 450
    _, ordered = decontaminate(
        load("logical_deduction", "train"), load("logical_deduction", "dev_even")
    )
    assert ordered.counts == {"family": 430}
    _, theories = decontaminate(load("proofwriter", "train"), load("proofwriter", "dev"))
    assert theories.counts == {}
