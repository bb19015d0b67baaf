"""The page about training: its options and settings exist, its command trains a tiny student."""

from __future__ import annotations

import re
from pathlib import Path

from command import run

from corollary_training.course import REPORTS
from corollary_training.dpo_settings import DpoSettings

PAGE = Path(__file__).resolve().parents[1] / "docs" / "training.md"


def test_what_the_page_names_exists() -> None:
    text = PAGE.read_text("utf-8")
    helps = [run(name, "--help").stdout for name in ("train", "pairs", "grade", "loop", "export")]
    options = re.compile(r"(--[a-z][a-z-]+)")
    assert set(options.findall(text)) <= set(options.findall(" ".join(helps)))
    tables = text.split("## Training on a run")[1].split("## The loop")[0]
    named = set(re.findall(r"^\| `(\w+)` \|", tables, re.M))
    assert named - {"dpo", "kto", "sft"} <= set(DpoSettings.model_fields)
    assert {"dpo", "kto", "sft"} <= named
    assert set(re.findall(r"--report (\w+)", text)) == set(REPORTS)
