"""Real gold equation systems, as they stand in the files, lead through `solve` to their answers.

The rows that do not are faults of the files: the test holds their number and prints them.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from corollary_tools.expressions.rational import read_number
from corollary_tools.expressions.rounding import agrees
from corollary_tools.toolkit import Toolkit

RIGHT = {"alg514": 411, "draw": 593, "mawps-single": 1575}  # of 411, 600, 1589


def gold(row: dict[str, Any]) -> tuple[str, list[str], list[str]]:
    """(id, equations, answers) of a row of any of the files."""
    if "lEquations" in row:
        equations = [text if "=" in text else f"x={text}" for text in row["lEquations"]]
        return str(row["iIndex"]), equations, [str(one) for one in row["lSolutions"]]
    return str(row["id"]), row["equation"].split(";"), [str(one) for one in row["ans"]]


def values(certificate: dict[str, Any] | None) -> list[Fraction]:
    """Every value of every solution."""
    rows = certificate["solutions"] if certificate else []
    texts = (text.removeprefix("about ").split(" (")[0] for row in rows for text in row.values())
    return [number for text in texts if (number := read_number(text)) is not None]


def leads_to(toolkit: Toolkit, equations: list[str], answers: list[str]) -> bool:
    outcome = toolkit.call("solve", {"equations": equations})
    found = values(outcome.certificate)
    known = [(text, read_number(re.sub(r"e-0?", "e-", text))) for text in answers]
    return all(
        number is not None and any(near(text, number, value) for value in found)
        for text, number in known
    )


def near(text: str, known: Fraction, value: Fraction) -> bool:
    """The rule of `rounding`, or a float that equations with rounded numbers lead to."""
    return agrees(text, known, value) or abs(known - value) <= abs(known) / 10**6


@pytest.mark.slow
@pytest.mark.parametrize("name", RIGHT)
def test_gold_systems_lead_to_their_answers(toolkit: Toolkit, data_dir: Path, name: str) -> None:
    rows = json.loads((data_dir / "equations" / f"{name}_train.json").read_text("utf-8"))
    wrong = []
    for row in rows:
        number, equations, answers = gold(row)
        if not leads_to(toolkit, equations, answers):
            wrong.append(f"{number}: {'; '.join(equations)} -> {', '.join(answers)}")
    print(f"\n{name}: {len(rows) - len(wrong)} of {len(rows)}", *wrong, sep="\n  ")
    assert len(rows) - len(wrong) >= RIGHT[name]
