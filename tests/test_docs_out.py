"""The commands on the pages about formats and reports run as they stand there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from command import run
from pages import DOCS, blocks, run_python


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the pages: the rollouts that both begin with are made once."""
    return tmp_path_factory.mktemp("pages")


@pytest.mark.parametrize("page", ["formats.md", "report.md"])
def test_the_commands_of_a_page_run(
    page: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    commands = "".join(blocks(DOCS / page, "bash")).splitlines()
    assert len(commands) >= 5
    for line in commands:
        told = run(*shlex.split(line)[1:])
        assert told.exit_code == 0, f"{line}\n{told.stderr}"
    if page == "formats.md":
        assert (folder / "out" / "llama-factory" / "dataset_info.json").is_file()
        assert (folder / "out-kto" / "trl-kto" / "train.jsonl").is_file()
    else:
        assert (folder / "report.html").is_file()


def test_the_python_of_the_page_runs(tmp_path: Path) -> None:
    assert run_python(DOCS / "formats.md", tmp_path) == 1


def test_the_page_names_every_format() -> None:
    from corollary_datagen.exports.formats import FORMATS

    told = re.findall(r"^\| `([\w-]+)` \|", (DOCS / "formats.md").read_text("utf-8"), re.M)
    assert sorted(told) == sorted(FORMATS)
