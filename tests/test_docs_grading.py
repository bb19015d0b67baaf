"""What docs/grading.md shows runs, commands and Python, from top to bottom in one folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import run
from pages import DOCS, blocks, run_python, sessions

PAGE = DOCS / "grading.md"


def test_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = [words for block in blocks(PAGE, "console") for words, _ in sessions(block)]
    assert len(commands) == 7
    for words in commands:
        done = run(*words, stdin="q\n")
        assert done.exit_code == 0, f"{words}: {done.stderr}"
    assert run_python(PAGE, tmp_path) == 1
