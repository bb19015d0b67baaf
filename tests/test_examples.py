"""Every example runs and prints what it says that it prints; it is short and has its number."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from pages import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
LINES = 60


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(
    path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    text = path.read_text(encoding="utf-8")
    code, _, output = text.partition("\n# Output:\n")
    shown = [line.removeprefix("#").removeprefix(" ") for line in output.splitlines()]
    assert re.match(r"\d\d_", path.name)
    assert len(text.splitlines()) <= LINES
    assert code
    assert shown, "an example ends with the output that it prints"
    runpy.run_path(str(path), run_name="__main__")
    assert [line.rstrip() for line in capfd.readouterr().out.splitlines()] == shown
