"""What docs/grading.md shows runs, commands and Python, from top to bottom in one folder."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from command import run

PAGE = Path(__file__).resolve().parents[1] / "docs" / "grading.md"


def test_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text(encoding="utf-8")
    consoles = re.findall(r"^```console\n(.*?)^```", text, re.M | re.S)
    lines = [line for block in consoles for line in block.splitlines()]
    assert len(lines) == 7
    for line in lines:
        words = shlex.split(line.removeprefix("$ corollary "))
        done = run(*words, stdin="q\n")
        assert done.exit_code == 0, f"{line}: {done.stderr}"
    (python,) = re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)
    exec(compile(python, str(PAGE), "exec"), {})
