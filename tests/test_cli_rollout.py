"""`corollary rollout`: planned before it is paid for, spread by promise, held to limits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import run

ROLLOUT = ("rollout", "-m", "expert:0.4", "--source", "generated:theories", "-n", "4")


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_plan_tells_both_ways_and_its_pilot_is_not_paid_for_again() -> None:
    people = run(*ROLLOUT, "-o", "made", "--plan")
    assert "even" in people.stdout
    assert "adaptive" in people.stdout
    assert "judged by 8 rollouts in made, 8 of them made just now" in people.stderr
    told = json.loads(run(*ROLLOUT, "-o", "made", "--plan", "--json").stdout)
    assert (told["problems"], told["pilot"], told["made"]) == (4, 8, 0)
    assert told["plans"]["even"]["rollouts"] == 8, "of 16 half are there"
    assert told["plans"]["adaptive"]["rollouts"] <= 8
    for plan in told["plans"].values():
        assert plan["pairs"]["low"] <= plan["pairs"]["mean"] <= plan["pairs"]["high"] <= 8
    assert "8 of them from before" in run(*ROLLOUT, "-o", "made").stdout


def test_adaptive_rollouts_stay_within_the_same_number() -> None:
    told = json.loads(run(*ROLLOUT, "-o", "made", "--adaptive", "--json").stdout)
    assert 8 <= told["done"] == told["total"] <= 16
    again = json.loads(run(*ROLLOUT, "-o", "made", "--adaptive", "--json").stdout)
    assert again["kept"] == again["done"] == told["done"]


def test_limits_end_a_run_and_the_same_command_goes_on() -> None:
    spent = run(*ROLLOUT, "-o", "made", "--max-tokens", "1", "-j", "1")
    assert spent.exit_code == 3
    assert "the budget of 1 tokens is spent" in spent.stderr
    assert "rollouts are in made" in spent.stderr
    late = run(*ROLLOUT, "-o", "made", "--max-minutes", "0.00001")
    assert late.exit_code == 3
    assert "minutes is spent" in late.stderr
    assert "16 of 16 rollouts" in run(*ROLLOUT, "-o", "made").stdout


def test_alike_samples_are_told_of_before_they_are_paid_for() -> None:
    few = ("-n", "1", "--samples", "2", "--max-minutes", "0.00001")
    words = ("rollout", "-m", "openai:m@http://127.0.0.1:9/v1", *ROLLOUT[3:], "-o", "made")
    assert "--temperature 0.8" in run(*words, *few).stderr
    assert "--temperature 0.8" not in run(*ROLLOUT, *few, "-o", "other").stderr
