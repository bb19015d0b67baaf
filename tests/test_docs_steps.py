"""The page about steps: its session prints what it shows, its Python runs from top to bottom."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from command import run

TEXT = (Path(__file__).resolve().parents[1] / "docs" / "steps.md").read_text("utf-8")


def test_the_session_prints_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"^```console\n(.*?)^```", TEXT, re.M | re.S)
    parts = block.split("$ corollary ")[1:]
    assert len(parts) == 2
    for part in parts:
        command, _, shown = part.partition("\n")
        result = run(*shlex.split(command))
        assert (result.stdout, result.exit_code) == (shown, 0), result.stderr


def test_the_python_runs(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", TEXT, re.M | re.S)
    assert len(blocks) == 2
    script = tmp_path / "page.py"
    script.write_text("\n".join(blocks), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
