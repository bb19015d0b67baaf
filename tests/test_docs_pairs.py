"""The page about pairs: its session prints what it shows, its Python runs, its options exist."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from click.testing import Result
from command import assert_told, run
from pages import DOCS, blocks, run_python, sessions

from corollary_datagen.store import open_store

PAGE = DOCS / "pairs.md"


def play(session: str) -> list[Result]:
    """Run the commands of a session; each must print what stands below it, if anything does."""
    results = []
    for words, shown in sessions(session):
        result = run(*words)
        assert result.exit_code == 0, result.stderr
        assert shown in ("", result.stdout)
        results.append(result)
    return results


def test_the_session_with_twins_and_runs_from_states(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _, session = blocks(PAGE, "console")
    results = play(session)
    assert "apart from generated:test (1000 problems): dropped 0 of 11" in results[-1].stderr
    with open_store(tmp_path / "runs/twins", write=False) as store:
        origins = Counter(pair.origin for pair in store.pairs())
    assert (origins["twin"], origins["first_wrong"]) == (10, 3), "as the page says"
    manifest = json.loads(Path("apart/manifest.json").read_text("utf-8"))
    assert manifest["continued_by"] == ["expert (rule-based stand-in, error rate 0.1)"]
    assert manifest["decontamination"]["compared_with"] == {"generated:test": 1000}
    card = Path("apart/README.md").read_text("utf-8")
    assert "## Models that went on from states" in card
    assert "--apart-from generated:test" in card


def test_the_session_and_the_python_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    session, _ = blocks(PAGE, "console")
    results = play(session)
    assert len(results) == 4
    assert not list((tmp_path / "runs/mine").glob("*staging*"))
    body = json.loads(results[-1].stdout)
    assert body["pairs"] == sum(body["kinds"].values()) == sum(body["splits"].values()) == 22
    assert body["unpaired"]["right"] > 0
    rows = (tmp_path / "exported/trl-kto").glob("*.jsonl")
    assert sum(len(path.read_text("utf-8").splitlines()) for path in rows) == 4
    assert run_python(PAGE, tmp_path) == 1
    assert re.search(r"^\d+ 4$", capsys.readouterr().out, re.M)
    empty = run("pairs", "runs/mine", "--kind", "efficiency")
    assert empty.exit_code == 3
    assert "no pairs" in empty.stderr
    assert "next:" not in empty.stderr
    assert_told(run("pairs", "runs/mine", "--model", "gpt"), 2, "'gpt'", "expert (rule-based")
    assert_told(run("pairs", "runs/mine", "--cap", "steps=4"), 2, "--cap steps=4", "step=4")


def test_every_option_on_the_page_is_an_option() -> None:
    shown = set(re.findall(r"(--[a-z][a-z-]+)", PAGE.read_text("utf-8")))
    known = set(re.findall(r"(--[a-z][a-z-]+)", run("pairs", "--help").stdout))
    assert shown - known == {"--source", "--run", "--steps"}, "those of other commands"
