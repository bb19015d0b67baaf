"""The page about the doctor: its session runs, its options and its templates exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command import run
from pages import DOCS, blocks, sessions

from corollary_training.doctor.faults import NAMES
from corollary_training.doctor.stand_ins import FAMILIES

PAGE = DOCS / "doctor.md"


def test_the_session_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    [session] = blocks(PAGE, "console")
    results = [run(*words) for words, _ in sessions(session)]
    assert [result.exit_code for result in results] == [0] * 5, results[-1].stderr
    assert "rows with a fault\t0" in results[-1].stdout
    assert "⟦<tool_call>" in results[-2].stderr


def test_what_the_page_names_exists() -> None:
    text = PAGE.read_text("utf-8")
    known = run("doctor", "--help").stdout + run("rollout", "--help").stdout
    options = re.compile(r"(--[a-z][a-z-]+)")
    assert set(options.findall(text)) <= set(options.findall(known))
    assert set(re.findall(r"^\| ([a-z].*?) \|", text, re.M)) - {"fault"} == set(NAMES.values())
    assert all(f"`{family}`" in text for family in FAMILIES)
