"""Every example runs and prints what it says that it prints; it is short and has its number."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
LINES = 60


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    code, _, output = text.partition("\n# Output:\n")
    shown = [line.removeprefix("#").removeprefix(" ") for line in output.splitlines()]
    assert re.match(r"\d\d_", path.name)
    assert len(text.splitlines()) <= LINES
    assert code
    assert shown, "an example ends with the output that it prints"
    done = subprocess.run(
        [sys.executable, str(path)],
        capture_output=True,
        text=True,
        timeout=600,
        cwd=tmp_path,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [line.rstrip() for line in done.stdout.splitlines()] == shown
