"""The page about steps: its session prints what it shows, its Python runs from top to bottom."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import DOCS, assert_prints, blocks, run_python, sessions

PAGE = DOCS / "steps.md"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_session_prints_what_it_shows() -> None:
    (block,) = blocks(PAGE, "console")
    parts = list(sessions(block))
    assert len(parts) == 2
    for words, shown in parts:
        assert_prints(words, shown)


def test_the_python_runs(tmp_path: Path) -> None:
    assert run_python(PAGE, tmp_path) == 2
