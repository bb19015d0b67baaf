"""Runs that are killed with SIGKILL again and again end as if nobody had touched them."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from killing import all_rows, await_end, finish, kill_at, kill_at_work, rows_in, start

from corollary_datagen.exports.export import load_export


def rollout(run_dir: Path, problems: int, samples: int) -> list[str]:
    words = f"rollout --model expert:0.4 --source generated:orderings,equations -n {problems}"
    return [*words.split(), "--samples", str(samples), "--run", str(run_dir)]


def kill_rollouts(tmp_path: Path, kills: int, problems: int, samples: int) -> None:
    """Kill a rollout so many times, by turns anywhere and in the middle of its work."""
    draw = random.Random(29)
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    words = rollout(killed, problems, samples)
    undisturbed = start(*rollout(whole, problems, samples))
    running = 0
    for number in range(kills):
        if number % 3 == 0:
            running += kill_at(draw.uniform(0.2, 4), *words)
        else:
            running += kill_at_work(draw, killed, "traces", *words)
    assert running, "no kill met a command at work"
    finish(*words)
    await_end(undisturbed)
    assert rows_in(killed, "traces") == problems * samples
    assert all_rows(killed) == all_rows(whole)
    settings = [(run / "configuration.json").read_text("utf-8") for run in (killed, whole)]
    assert settings[0] == settings[1]


def test_a_rollout_killed_three_times_has_the_rows_of_an_undisturbed_one(tmp_path: Path) -> None:
    kill_rollouts(tmp_path, kills=3, problems=20, samples=3)


@pytest.mark.slow
def test_a_rollout_killed_fifty_times_has_the_rows_of_an_undisturbed_one(tmp_path: Path) -> None:
    kill_rollouts(tmp_path, kills=50, problems=200, samples=8)


@pytest.mark.slow
def test_grading_pairing_and_export_killed_and_repeated_give_the_same(tmp_path: Path) -> None:
    draw = random.Random(31)
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    finish(*rollout(whole, 60, 4))
    shutil.copytree(whole, killed)
    stages = (["grade"], ["pairs", "--export"])
    for stage in stages:
        words = {run: words_of(stage, run) for run in (killed, whole)}
        for _ in range(8):
            kill_at(draw.uniform(0.3, 6), *words[killed])
        for run in (killed, whole):
            finish(*words[run])
    assert all_rows(killed) == all_rows(whole)
    exported = [load_export(run.with_suffix(".pairs")) for run in (killed, whole)]
    assert exported[0] == exported[1]
    assert exported[0]
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["killed", "killed.pairs", "whole", "whole.pairs"]


def words_of(stage: list[str], run: Path) -> list[str]:
    ending = [str(run.with_suffix(".pairs"))] if stage[1:] else []
    return [stage[0], str(run), *stage[1:], *ending]
