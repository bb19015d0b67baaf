"""The page about imports: its sessions print what it shows, its Python runs, its table is whole."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from pages import DOCS, assert_prints, blocks, run_python

from corollary_cli.commands.import_ import FORMATS as OFFERED
from corollary_datagen.imports.index import FORMATS

PAGE = DOCS / "import.md"


def test_the_session_prints_what_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    [block] = blocks(PAGE, "console")
    commands = 0
    for part in block.split("$ ")[1:]:
        command, _, shown = part.partition("\n")
        words = shlex.split(command)
        if words[0] == "cat":
            path = Path(words[1])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(shown, encoding="utf-8")
            continue
        assert_prints(words[1:], shown)
        commands += 1
    assert commands == 2


def test_the_python_runs(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_python(PAGE, tmp_path) == 2
    assert capfd.readouterr().err == ""


def test_every_format_is_offered_and_described() -> None:
    assert set(OFFERED) == set(FORMATS)
    table = re.findall(r"^\| `(\w[\w-]*)` \|", PAGE.read_text("utf-8"), re.M)
    assert set(table) == set(FORMATS)
