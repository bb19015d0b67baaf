"""The page about imports: its sessions print what it shows, its Python runs, its table is whole."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from command import run

from corollary_cli.commands.import_ import FORMATS as OFFERED
from corollary_datagen.imports.index import FORMATS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "import.md"


def test_the_session_prints_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    [block] = re.findall(r"^```console\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    commands = 0
    for part in block.split("$ ")[1:]:
        command, _, shown = part.partition("\n")
        words = shlex.split(command)
        if words[0] == "cat":
            path = Path(words[1])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(shown, encoding="utf-8")
            continue
        result = run(*words[1:])
        assert (result.stdout, result.exit_code) == (shown, 0), result.stderr
        commands += 1
    assert commands == 2


def test_the_python_runs(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    assert len(blocks) == 2
    script = tmp_path / "page.py"
    script.write_text("\n".join(blocks), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=600, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_format_is_offered_and_described() -> None:
    assert set(OFFERED) == set(FORMATS)
    table = re.findall(r"^\| `(\w[\w-]*)` \|", PAGE.read_text("utf-8"), re.M)
    assert set(table) == set(FORMATS)
