"""Rollouts: resumed after kills, stopped by Ctrl-C or a missing model, and never paid for twice."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from handmade import GOOD_STORY, STORY, agent_of, call

from corollary_agent.budget import Budget, BudgetReached
from corollary_agent.graph import build_agent
from corollary_agent.models.load import load_model
from corollary_agent.problem import Problem
from corollary_agent.trace import Sampling
from corollary_datagen.rollouts.adaptive import AdaptiveSettings
from corollary_datagen.rollouts.progress import Progress
from corollary_datagen.rollouts.running import (
    RolloutSettings,
    arun_rollouts,
    plan_jobs,
    run_rollouts,
)
from corollary_datagen.sources import load_problems
from corollary_datagen.store import open_store
from corollary_tools.answer import Answer
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit, load_toolkit


def stories(count: int) -> list[Problem]:
    return [STORY.model_copy(update={"id": f"story-{n}"}) for n in range(count)]


def test_every_rollout_is_made_once_with_a_seed_of_its_own(
    toolkit: Toolkit, tmp_path: Path
) -> None:
    agent, settings = agent_of(GOOD_STORY, toolkit), RolloutSettings(samples=3)
    seen: list[Progress] = []
    with open_store(tmp_path) as store:
        first = run_rollouts(store, agent, stories(4), settings=settings, on_progress=seen.append)
        again = run_rollouts(store, agent, stories(4), settings=settings)
        traces = list(store.traces())
    assert (first.done, first.total, first.kept, first.right, first.errors) == (12, 12, 0, 12, 0)
    assert (again.done, again.kept, again.stops) == (12, 12, {})
    assert len({trace.sampling.seed for trace in traces}) == 12
    assert [p.done for p in seen] == list(range(1, 13))
    assert seen[-1].seconds_left == 0
    assert seen[-1].trace is not None


def test_seeds_do_not_depend_on_the_other_rollouts() -> None:
    settings = RolloutSettings(samples=2, sampling=Sampling(seed=5))
    few = {(j.problem.id, j.sample): j.sampling.seed for j in plan_jobs(stories(2), settings)}
    more = settings.model_copy(update={"samples": 4})
    many = {(j.problem.id, j.sample): j.sampling.seed for j in plan_jobs(stories(5), more)}
    assert few.items() <= many.items()
    assert [j.sample for j in plan_jobs(stories(2), settings)] == [0, 0, 1, 1]


def test_more_problems_and_samples_only_add(toolkit: Toolkit, tmp_path: Path) -> None:
    agent = agent_of(GOOD_STORY, toolkit)
    with open_store(tmp_path) as store:
        run_rollouts(store, agent, stories(2), settings=RolloutSettings(samples=1))
        more = run_rollouts(store, agent, stories(3), settings=RolloutSettings(samples=2))
        assert (more.kept, more.done, len(store.done())) == (2, 6, 6)


def test_changed_sampling_is_refused_by_name(toolkit: Toolkit, tmp_path: Path) -> None:
    agent = agent_of(GOOD_STORY, toolkit)
    warm = RolloutSettings(sampling=Sampling(temperature=0.7))
    with open_store(tmp_path) as store:
        run_rollouts(store, agent, stories(1), settings=RolloutSettings())
        with pytest.raises(CorollaryError) as refused:
            run_rollouts(store, agent, stories(1), settings=warm)
        another = agent_of(GOOD_STORY, toolkit, model="another")
        run_rollouts(store, another, stories(1), settings=warm)
    assert refused.value.because == "sampling.temperature was 0.0 and is now 0.7"


def test_a_model_that_is_not_there_ends_the_run(toolkit: Toolkit, tmp_path: Path) -> None:
    settings = RolloutSettings(errors=3, concurrency=2)
    with open_store(tmp_path) as store:
        with pytest.raises(CorollaryError, match="failed 3 times in a row") as ended:
            run_rollouts(store, agent_of([], toolkit), stories(9), settings=settings)
        assert ended.value.exit_code == 3
        assert "nothing to say" in ended.value.because
        assert 3 <= store.counts()["errors"] <= 4, "one may have been under way"


def test_errors_are_kept_until_a_retry_succeeds(toolkit: Toolkit, tmp_path: Path) -> None:
    retry = RolloutSettings(retry_errors=True)
    with open_store(tmp_path) as store:
        run_rollouts(store, agent_of([], toolkit), stories(2), settings=RolloutSettings())
        kept = run_rollouts(
            store, agent_of(GOOD_STORY, toolkit), stories(2), settings=RolloutSettings()
        )
        assert (kept.kept, kept.errors, store.counts()["errors"]) == (2, 0, 2)
        run_rollouts(store, agent_of([], toolkit), stories(2), settings=retry)
        assert store.counts()["errors"] == 2, "a retry that failed replaced nothing"
        done = run_rollouts(store, agent_of(GOOD_STORY, toolkit), stories(2), settings=retry)
        assert (done.kept, done.right, store.counts()["errors"]) == (0, 2, 0)


def test_it_runs_inside_a_loop_and_awaits_too(toolkit: Toolkit, tmp_path: Path) -> None:
    agent, settings = agent_of(GOOD_STORY, toolkit), RolloutSettings()

    async def notebook() -> tuple[Progress, Progress]:
        with open_store(tmp_path) as store:
            blocking = run_rollouts(store, agent, stories(2), settings=settings)
            return blocking, await arun_rollouts(store, agent, stories(4), settings=settings)

    blocking, awaited = asyncio.run(notebook())
    assert (blocking.done, awaited.kept, awaited.done) == (2, 2, 4)


def roll_out(run_dir: Path) -> None:
    """What the subprocesses below run: 120 rollouts, each reported once it is stored."""
    script = [call("calculate", expression="48/2"), "72"]
    with open_store(run_dir) as store, load_toolkit("arithmetic") as toolkit:
        run_rollouts(
            store,
            agent_of(script, toolkit),
            stories(60),
            settings=RolloutSettings(samples=2, concurrency=4),
            on_progress=lambda progress: print(progress.done, flush=True),
        )


def start(run_dir: Path) -> subprocess.Popen[str]:
    code = f"import pathlib, test_rollout as t; t.roll_out(pathlib.Path({str(run_dir)!r}))"
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def rows(run_dir: Path) -> list[tuple[object, ...]]:
    """What must not differ between two runs: all but what a clock measured."""
    with open_store(run_dir) as store:
        return sorted(
            (t.problem_id, t.sampling.seed, t.id, str(t.messages), str(t.answer), t.stop)
            for t in store.traces()
        )


def interrupt(run_dir: Path, sign: signal.Signals, wait: float) -> int:
    """Start a run, send it `sign` some time after its first row; return what it reported last."""
    run = start(run_dir)
    assert run.stdout is not None
    first = run.stdout.readline()
    assert first, "the run wrote nothing"
    time.sleep(wait)
    run.send_signal(sign)
    out, _ = run.communicate(timeout=600)
    return max(map(int, (first + out).split()), default=0)


def test_killed_at_random_moments_and_resumed_it_is_as_if_undisturbed(tmp_path: Path) -> None:
    draw = random.Random(11)
    for _ in range(2):
        reported = interrupt(tmp_path / "killed", signal.SIGKILL, draw.uniform(0, 0.15))
        stored = len(rows(tmp_path / "killed"))
        assert reported <= stored <= reported + 1
    last = [start(tmp_path / name) for name in ("killed", "whole")]
    assert [run.wait(timeout=600) for run in last] == [0, 0]
    assert rows(tmp_path / "killed") == rows(tmp_path / "whole")
    assert len(rows(tmp_path / "whole")) == 120


def test_an_interrupted_run_keeps_what_it_reported(tmp_path: Path) -> None:
    run = start(tmp_path / "run")
    assert run.stdout is not None
    run.stdout.readline()
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=600)
    assert run.returncode in (130, -signal.SIGINT)
    assert "KeyboardInterrupt" in err
    reported = max(map(int, out.split()), default=1)
    assert reported <= len(rows(tmp_path / "run")) < 120


def adaptive_run(run_dir: Path, toolkit: Toolkit, *, stop_after: int | None = None) -> Progress:
    """Twenty problems, half of them without hope; five rollouts each, broken off where asked to."""
    nonsense = Answer(kind="number", value="-123456789")
    problems = [
        problem.model_copy(update={"answer": nonsense} if number % 2 else {})
        for number, problem in enumerate(load_problems("generated:equations", limit=20))
    ]
    agent = build_agent(load_model("expert:0.4"), toolkit)

    def tell(progress: Progress) -> None:
        if progress.done - progress.kept == stop_after:
            raise RuntimeError("broken off")

    settings = RolloutSettings(samples=5, concurrency=3, adaptive=AdaptiveSettings())
    with open_store(run_dir) as store:
        return run_rollouts(store, agent, problems, settings=settings, on_progress=tell)


def test_an_adaptive_run_that_was_broken_off_goes_on_as_if_it_had_not_been(
    toolkit: Toolkit, tmp_path: Path
) -> None:
    whole = adaptive_run(tmp_path / "whole", toolkit)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="broken off"):
            adaptive_run(tmp_path / "broken", toolkit, stop_after=17)
    last = adaptive_run(tmp_path / "broken", toolkit)
    assert rows(tmp_path / "broken") == rows(tmp_path / "whole")
    assert (last.done, last.total) == (whole.done, whole.total)
    assert last.kept >= 34


def test_adaptive_rollouts_go_where_right_and_wrong_meet(toolkit: Toolkit, tmp_path: Path) -> None:
    done = adaptive_run(tmp_path, toolkit)
    with open_store(tmp_path, write=False) as store:
        counts = Counter(trace.problem_id for trace in store.traces())
    hopeless = [count for name, count in counts.items() if int(name.rsplit("/")[-1]) % 2]
    assert done.done == counts.total() <= 100
    assert len(counts) == 20
    assert sum(hopeless) < 50 < max(counts.values()) * 10, "evenly it were five each"


def test_a_spent_budget_ends_a_run_of_any_model(toolkit: Toolkit, tmp_path: Path) -> None:
    agent = agent_of(GOOD_STORY, toolkit)
    settings = RolloutSettings(concurrency=1)
    with open_store(tmp_path) as store:
        with pytest.raises(BudgetReached, match="0 minutes"):
            run_rollouts(store, agent, stories(3), settings=settings, budget=Budget(minutes=0.0))
        assert store.counts()["traces"] == 0
