"""The commands on the pages about formats and reports run as they stand there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from command import run

DOCS = Path(__file__).resolve().parents[1] / "docs"


def blocks(page: str, language: str) -> str:
    text = (DOCS / page).read_text(encoding="utf-8")
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S))


@pytest.mark.parametrize("page", ["formats.md", "report.md"])
def test_the_commands_of_a_page_run(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    commands = blocks(page, "bash").splitlines()
    assert len(commands) >= 5
    for line in commands:
        told = run(*shlex.split(line)[1:])
        assert told.exit_code == 0, f"{line}\n{told.stderr}"
    if page == "formats.md":
        assert (tmp_path / "out" / "llama-factory" / "dataset_info.json").is_file()
        assert (tmp_path / "out-kto" / "trl-kto" / "train.jsonl").is_file()
    else:
        assert (tmp_path / "report.html").is_file()


def test_the_python_of_the_page_runs() -> None:
    exec(compile(blocks("formats.md", "python"), "formats.md", "exec"), {})


def test_the_page_names_every_format() -> None:
    from corollary_datagen.exports.formats import FORMATS

    told = re.findall(r"^\| `([\w-]+)` \|", (DOCS / "formats.md").read_text("utf-8"), re.M)
    assert sorted(told) == sorted(FORMATS)
