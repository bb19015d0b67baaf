"""The stages by hand, one after the other, each going on where it was and naming the next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from command import assert_told, run

from corollary_cli.console import Output
from corollary_cli.progress import Meter, duration, metered
from corollary_cli.runs import run_folder

ROLLOUT = ("rollout", "-m", "expert:0.4", "--source", "generated:theories", "-n", "4")
EVALUATE = ("evaluate", "--source", "generated:theories", "-n", "4")


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stages")


@pytest.fixture(autouse=True)
def _there(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workplace)


def done(result: Result, code: int = 0) -> dict[str, Any]:
    """The JSON document of a command that ended with this code."""
    assert result.exit_code == code, result.stderr
    body: dict[str, Any] = json.loads(result.stdout)
    return body


def next_step(result: Result) -> list[str]:
    """The words of the command that a stage names last, without `corollary`."""
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("next: corollary ")
    return last.removeprefix("next: corollary ").split()


def test_a_dry_run_writes_nothing(workplace: Path) -> None:
    result = run(*ROLLOUT, "--samples", "2", "--dry-run")
    assert result.exit_code == 0
    assert "4 problems x 2 samples = 8 rollouts" in result.stdout
    assert "nothing was written" in result.stdout
    assert not (workplace / "runs").exists()


def test_from_rollouts_to_pairs_by_following_next() -> None:
    first = run(*ROLLOUT, "--samples", "1", "--json")
    assert done(first)["done"] == 4
    more = run(*ROLLOUT, "--samples", "3", "--json")
    assert (done(more)["kept"], done(more)["done"]) == (4, 12)
    again = run(*ROLLOUT, "--samples", "3", "--json")
    assert done(again)["kept"] == 12
    assert "12 traces are stored" in run(*ROLLOUT, "--dry-run").stdout

    graded = run(*next_step(again), "--json")
    assert done(graded)["graded"] == 12
    assert done(run(*next_step(again), "--json"))["graded"] == 0
    assert done(run(*next_step(again), "--again", "--json"))["graded"] == 12

    pairs = run(*next_step(graded), "--export", "exported", "--json")
    body = done(pairs)
    assert body["pairs"] == sum(body["kinds"].values()) > 0
    assert Path("exported", "manifest.json").is_file()
    assert next_step(pairs)[0] == "train"


def test_tables_for_people() -> None:
    folder = next(Path("runs").glob("rollout-*"))
    assert "of 12 rollouts in" in run(*ROLLOUT, "--samples", "3").stdout
    lines = run("grade", str(folder)).stdout.splitlines()
    assert lines[0] == "verdict\ttraces"
    assert [line.split("\t")[0] for line in lines[1:]] == ["correct", "incorrect", "undecided"]
    assert run("pairs", str(folder), "--kind", "repair").stdout.startswith("kind\tpairs\nrepair")


def test_evaluations_are_kept_and_compared(workplace: Path) -> None:
    teacher = run(*EVALUATE, "-m", "expert", "--json")
    body = done(teacher)
    assert (body["schema"], body["n"], body["correct"]) == ("corollary.evaluate/1", 4, 4)
    assert body["low"] < body["accuracy"] <= body["high"]
    again = run(*EVALUATE, "-m", "expert", "--json")
    assert "0 left, 4 kept" in again.stderr
    same = ("accuracy", "n", "steps", "tokens", "ms", "groups")
    assert all(done(again)[name] == body[name] for name in same)
    student = run(*EVALUATE, "-m", "expert:0.4")
    assert student.stdout.startswith("problems\tn\taccuracy")
    kept = next(Path("runs").glob("evaluate-expert-gen*"))
    words = [str(kept) if word == "TEACHER" else word for word in next_step(student)]
    told = run(*words)
    assert told.exit_code == 3
    assert told.stdout.startswith("NOT-ENOUGH-DATA")
    assert done(run(*words, "--json"), 3)["verdict"] == "NOT-ENOUGH-DATA"


def test_a_page_of_whatever_a_run_has() -> None:
    for folder in Path("runs").iterdir():
        told = run("report", str(folder))
        page = Path(told.stdout.strip())
        assert page == folder / "report.html"
        assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert_told(run("report", "."), 2, "nothing to report")


def test_the_same_settings_find_the_same_folder() -> None:
    one = run_folder("rollout", "local:/a b/c", {"seed": 0})
    assert one == run_folder("rollout", "local:/a b/c", {"seed": 0})
    assert one != run_folder("rollout", "local:/a b/c", {"seed": 1})
    assert one.parts[0] == "runs"
    assert one.name.startswith("rollout-local-a-b-c-")


def test_a_meter_tells_rate_time_errors_and_stalls() -> None:
    meter = Meter("rollout")
    meter.advance(400, 2000)
    meter.started -= 10
    meter.advance(430, error="429 rate limit")
    text = meter.text()
    assert "430/2000 · 3.0/s · 8 min" in text
    assert "last error: 429 rate limit" in text
    meter.moved -= 130
    assert "nothing for 2 min 10 s" in meter.text()
    assert Meter("train").text().startswith("train · 0 s")


def test_durations() -> None:
    assert [duration(s) for s in (8.9, 60, 129, 11100)] == [
        "8 s",
        "1 min",
        "2 min 9 s",
        "3 h 5 min",
    ]


def test_no_progress_line_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with metered(Output(), "evaluate", 3) as meter:
        meter.advance(1)
    assert capsys.readouterr().err == ""
