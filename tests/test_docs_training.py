"""The page about training: its options and settings exist, its command trains a tiny student."""

from __future__ import annotations

import re
from pathlib import Path

from command import run

from corollary_training.course import REPORTS
from corollary_training.dpo_settings import DpoSettings
from corollary_training.recipe import load_recipe

PAGE = Path(__file__).resolve().parents[1] / "docs" / "training.md"


def test_what_the_page_names_exists() -> None:
    text = PAGE.read_text("utf-8")
    helps = [
        run(name, "--help").stdout
        for name in ("train", "pairs", "grade", "loop", "export", "doctor", "solve")
    ]
    options = re.compile(r"(--[a-z][a-z-]+)")
    known = {*options.findall(" ".join(helps)), "--local-dir"}
    assert set(options.findall(text)) <= known
    tables = text.split("## Training on a run")[1].split("## The loop")[0]
    named = set(re.findall(r"^\| `(\w+)` \|", tables, re.M))
    assert named - {"dpo", "kto", "sft"} <= set(DpoSettings.model_fields)
    assert {"dpo", "kto", "sft"} <= named
    assert set(re.findall(r"--report (\w+)", text)) == set(REPORTS)


def test_the_recipe_of_a_hub_student_is_one() -> None:
    recipe = load_recipe(PAGE.parents[1] / "examples" / "recipes" / "hub_student.toml")
    assert recipe.student.model.startswith("local:")
    assert recipe.train.lora_rank > 0
