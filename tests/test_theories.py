"""Small theories in the manner of the published sets, and the published sets where they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.formula import parse_formula, render_formula
from corollary_tools.solvers.logic.calls import prove

ANIMALS = """
furry(fox)
chases(fox, hen)
~kind(hen)
sees(hen, owl)
forall x. furry(x) -> quick(x)
forall x. quick(x) & chases(x, hen) -> sees(x, owl)
forall x. sees(x, owl) -> likes(owl, x)
forall x. likes(owl, x) & furry(x) -> wise(x)
forall x. wise(x) -> ~loud(x)
kind(fox) -> kind(owl)
forall x. cold(x) & ~furry(x) -> kind(x)
"""

NOUNS = """
forall x. zorp(x) -> blick(x)
forall x. blick(x) -> ~shy(x)
forall x. blick(x) -> drom(x)
forall x. drom(x) -> quell(x)
forall x. wump(x) -> shy(x)
zorp(ann)
"""


@pytest.mark.parametrize(
    ("theory", "conclusion", "text"),
    [
        (ANIMALS, "quick(fox)", "True (from 1, 5)"),
        (ANIMALS, "wise(fox)", "True (from 1, 2, 5, 6, 7, 8)"),
        (ANIMALS, "loud(fox)", "False (its negation follows from 1, 2, 5, 6, 7, 8, 9)"),
        (ANIMALS, "likes(owl, hen)", "True (from 4, 7)"),
        (ANIMALS, "kind(hen)", "False (its negation follows from 3)"),
        (ANIMALS, "wise(hen)", "Unknown (neither it nor its negation follows)"),
        (ANIMALS, "kind(owl)", "Unknown (neither it nor its negation follows)"),
        (ANIMALS, "~cold(hen) | furry(hen)", "True (from 3, 11)"),
        (ANIMALS, "exists x. wise(x)", "True (from 1, 2, 5, 6, 7, 8)"),
        (
            ANIMALS,
            "forall x. furry(x) -> ~loud(x)",
            "Unknown (neither it nor its negation follows)",
        ),
        (NOUNS, "quell(ann)", "True (from 1, 3, 4, 6)"),
        (NOUNS, "shy(ann)", "False (its negation follows from 1, 2, 6)"),
        (NOUNS, "~wump(ann)", "True (from 1, 2, 5, 6)"),
        (NOUNS, "forall x. zorp(x) -> quell(x)", "True (from 1, 3, 4)"),
    ],
)
def test_theories(theory: str, conclusion: str, text: str) -> None:
    premises = theory.strip().splitlines()
    assert prove({"conclusion": conclusion, "premises": premises}, Desk()).text == text


def test_an_unknown_conclusion_comes_with_both_models() -> None:
    certificate = prove({"conclusion": "wise(hen)", "premises": ["wise(fox)"]}, Desk()).certificate
    assert certificate == {
        "kind": "entailment",
        "value": "Unknown",
        "uses": [],
        "model": "true: wise(fox), wise(hen)",
        "counter_model": "true: wise(fox)",
    }


def readable(texts: list[str]) -> float:
    """The share of formulas that are read, and read back from their rendering."""
    good = 0
    for text in texts:
        try:
            formula = parse_formula(text)
        except ToolError:
            continue
        assert parse_formula(render_formula(formula)) == formula
        good += 1
    return good / len(texts)


def folio_rows(path: Path) -> list[tuple[list[str], str, str]]:
    """Premises, conclusion and label of each row that has them."""
    rows = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        premises = row["premises-FOL"]
        premises = premises if isinstance(premises, list) else premises.split("\n")
        rows.append(
            ([p for p in premises if p.strip()], row.get("conclusion-FOL", ""), row["label"])
        )
    return rows


def program_lines(path: Path) -> Iterator[str]:
    """The formulas in the programs that a model wrote, without their sentences."""
    for row in json.loads(path.read_text("utf-8")):
        programs = row["raw_logic_programs"]
        text = programs if isinstance(programs, str) else programs[0]
        body = re.split(r"^(?:Facts|Premises|Constraints) *:? *$", text, flags=re.MULTILINE)[-1]
        for line in body.splitlines():
            formula = re.sub(r"^[A-G]\) ", "", line.split(":::")[0].strip())
            if formula and not re.fullmatch(r"\w+ *:", formula):
                yield formula


@pytest.mark.parametrize(("stem", "share"), [("train", 0.985), ("validation", 0.99)])
def test_formulas_that_people_wrote_are_read(data_dir: Path, stem: str, share: float) -> None:
    rows = folio_rows(data_dir / "folio" / f"folio-{stem}.jsonl")
    assert readable(sorted({text for premises, _, _ in rows for text in premises})) >= share


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("ProofWriter_dev_gpt-4", 1.0),
        ("ProofWriter_dev_text-davinci-003", 0.99),
        ("ProntoQA_dev_gpt-4", 1.0),
        ("LogicalDeduction_dev_gpt-3.5-turbo", 1.0),
        ("FOLIO_dev_gpt-4", 0.96),
    ],
)
def test_formulas_that_models_wrote_are_read(data_dir: Path, name: str, share: float) -> None:
    lines = list(program_lines(data_dir / "recorded" / "logic_llm" / f"{name}.json"))
    assert readable(lines[:2_000]) >= share


def test_labels_follow_from_the_formulas_that_people_wrote(data_dir: Path) -> None:
    rows = folio_rows(data_dir / "folio" / "folio-validation.jsonl")
    agreed, read = 0, 0
    for premises, conclusion, label in rows:
        try:
            result = prove({"conclusion": conclusion, "premises": premises}, Desk())
        except ToolError:
            continue
        read += 1
        agreed += result.text.split(" ")[0] == label.replace("Uncertain", "Unknown")
    assert read >= 199
    assert agreed >= 191
