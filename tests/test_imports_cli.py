"""`corollary import` as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import assert_told, run
from recorded_logs import MESSAGES, QUESTION, write_lines

from corollary_cli.importing import Plan
from corollary_datagen.imports.importing import ImportSettings


@pytest.fixture(autouse=True)
def _there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def log(*answers: str) -> str:
    """A log of runs with these answers, and a broken line."""
    rows = [{"messages": [*MESSAGES[:-1], {"role": "assistant", "content": a}]} for a in answers]
    return str(write_lines(Path("logs/gpt.jsonl"), *rows, '{"messages": '))


def mine() -> str:
    """A source with the problem of the log."""
    row = {"id": "clips", "question": QUESTION, "answer": "19"}
    return f"jsonl:{write_lines(Path('mine.jsonl'), row)}"


def test_counts_verdicts_and_what_comes_next() -> None:
    result = run("import", log("19", "18"), "--source", mine())
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[1].split("\t") == [
        "logs",
        "gpt",
        "2",
        "0",
        "1",
        "1",
        "0",
        "1",
    ]
    assert "1 refused: the row is not JSON (gpt.jsonl:3" in result.stderr
    last = result.stderr.splitlines()[-1]
    assert last.startswith("next: corollary pairs runs/import-gpt-")
    pairs = run("pairs", last.split()[-1])
    assert pairs.exit_code == 0, pairs.stderr


def test_json_and_no_verdicts() -> None:
    result = run("import", log("19"), "--source", mine(), "--json", "--no-grade", "--run", "r")
    body = json.loads(result.stdout)
    assert (body["schema"], body["run"]) == ("corollary.import/1", "r")
    [row] = body["sets"]
    assert (row["imported"], row["right"], row["refused"]) == (1, 0, 1)
    assert body["refused"][0]["example"].startswith("logs/gpt.jsonl:2")
    assert "next: corollary grade r" in result.stderr


def test_a_dry_run_writes_nothing() -> None:
    result = run("import", log("19"), "--dry-run")
    assert result.stdout.splitlines() == ["set\tmodel\treadable\trefused", "logs\tgpt\t1\t1"]
    assert "1 can be read, 1 refused" in result.stderr
    assert "nothing was written" in result.stderr
    assert not Path("runs").exists()


def test_other_problems_get_another_folder() -> None:
    paths = (Path("logs/gpt.jsonl"),)
    plans = [
        Plan(paths, ImportSettings(source=name), None, "all", grade=False) for name in (None, "a")
    ]
    assert len({plan.folder for plan in (*plans, *plans)}) == 2


def test_what_cannot_be_imported_is_told() -> None:
    assert_told(run("import", "no.jsonl"), 2, "there is no no.jsonl")
    Path("odd.jsonl").write_text('{"colour": 1}\n')
    assert_told(run("import", "odd.jsonl"), 2, "cannot tell", "colour", "docs/import.md")
    told = run("import", "odd.jsonl", "--format", "openai")
    assert_told(told, 2, 'odd.jsonl:1: field "messages" is missing')
    other = write_lines(Path("other.jsonl"), {"question": "What is 1+1?", "answer": "2"})
    told = run("import", log("19"), "--source", f"jsonl:{other}")
    assert_told(told, 2, "no problem of the source", "without --source")
    assert_told(run("import", log("19"), "--data", "nowhere"), 2, "there is no folder nowhere")
    assert_told(run("import", log("19"), "--format", "toro"), 2, "tora")


def test_unicode_and_a_terminal_that_cannot_show_it() -> None:
    row = {
        "messages": [{**MESSAGES[1], "content": "∀ ☃ \ud83d"}, *MESSAGES[2:]],
        "model": "Ω\udc00",
    }
    path = str(write_lines(Path("ü/ñ.jsonl"), row))
    result = run("import", path, "--no-grade", charset="ascii")
    assert result.exit_code == 0, result.stderr
