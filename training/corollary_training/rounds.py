"""One round of preference training: the student tries, is graded, and learns from pairs.

Guarantees that a round whose student does worse on the held-out stop problems is not kept. Does
not evaluate for the record (`loop` does, on other problems).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corollary_agent.graph import build_agent
from corollary_agent.models.load import load_model, model_name
from corollary_agent.problem import Problem
from corollary_agent.prompt import PromptSettings, default_prompt
from corollary_agent.trace import Sampling
from corollary_datagen.grading.judging import grade_all
from corollary_datagen.pair import PreferencePair
from corollary_datagen.pairs import PairSettings, build_pairs
from corollary_datagen.rollouts import RolloutSettings, run_rollouts
from corollary_datagen.store import Store
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit
from corollary_training.course import Course
from corollary_training.evaluate import evaluate
from corollary_training.evaluation import Evaluation
from corollary_training.events import Listener
from corollary_training.kto import unpaired_of
from corollary_training.loop_result import Round
from corollary_training.methods import train_by
from corollary_training.progress import Progress
from corollary_training.recipe import ModelSection, PairSection, Recipe


@dataclass(frozen=True, slots=True)
class Bench:
    """What every stage of a loop works with."""

    recipe: Recipe
    store: Store
    toolkit: Toolkit
    listener: Listener


@dataclass(frozen=True, slots=True)
class Start:
    """What a round starts from: the student's checkpoint, the teacher's name, the stop problems."""

    student: Path
    teacher: str
    stop: Sequence[Problem] = ()


@dataclass(frozen=True, slots=True)
class Rolled:
    """What rolling out left behind: stored rollouts, the model's name in traces, its prompt."""

    count: int
    model: str
    prompt: PromptSettings


def roll_out(bench: Bench, section: ModelSection, problems: Sequence[Problem]) -> Rolled:
    """Let a model try `problems` and grade what it did."""
    model = load_model(section.model)
    agent = build_agent(model, bench.toolkit, limits=bench.recipe.limits)
    settings = RolloutSettings(
        samples=section.samples, sampling=section.sampling, concurrency=section.concurrency
    )
    tell = bench.listener
    done = run_rollouts(
        bench.store,
        agent,
        problems[: section.limit],
        settings=settings,
        on_progress=lambda p: tell("rollout", p.done, p.total, {"right": p.right}),
    )
    graded = 0

    def count(_: object) -> None:
        nonlocal graded
        graded += 1
        tell("grade", graded, done.done, {})

    grade_all(bench.store, bench.toolkit.workers, on_progress=count)
    return Rolled(done.done, model_name(model), default_prompt(model))


def run_round(bench: Bench, start: Start, problems: Sequence[Problem], *, out: Path) -> Round:
    """Train the student of `start` once more into `out`; the round says whether to keep it."""
    section = bench.recipe.student.model_copy(update={"model": f"local:{start.student}"})
    rolled = roll_out(bench, section, problems)
    pairs = collect_pairs(bench, rolled.prompt, teacher=start.teacher)
    bench.store.replace_pairs(pairs)
    losses: list[float] = []
    left_out: list[int] = []

    def told(progress: Progress) -> None:
        losses.append(progress.loss)
        left_out.append(int(progress.figures["left_out"]))
        bench.listener("train", progress.done, progress.total, {"loss": progress.loss})

    settings = bench.recipe.train
    rows = pairs if settings.method == "dpo" else unpaired_of(pairs)
    train_by(rows, settings, Course(start.student, out, told))
    counts = dict(Counter(str(pair.kind) for pair in pairs))
    loss = losses[-1] if losses else None
    done = Round(rollouts=rolled.count, pairs=counts, left_out=max(left_out, default=0), loss=loss)
    if not start.stop:
        return done
    before, after = (share_solved(bench, path, start.stop) for path in (start.student, out))
    return done.model_copy(update={"before": before, "after": after, "kept": after > before})


def collect_pairs(bench: Bench, prompt: PromptSettings, *, teacher: str) -> list[PreferencePair]:
    """Build the pairs of everything stored, at most as many of each kind as the recipe says."""
    wanted = bench.recipe.pairs
    settings = PairSettings(
        prompt=prompt,
        teacher=teacher,
        outcome_cap=wanted.outcome_cap,
        step_cap=wanted.step_cap,
        balance=wanted.balance,
        error_balance=wanted.error_balance,
        near_duplicates=wanted.near_duplicates,
    )
    bench.listener("pairs", 0, 1, {})
    pairs = list(build_pairs(bench.store, settings, toolkit=bench.toolkit))
    bench.listener("pairs", 1, 1, {"pairs": len(pairs)})
    if pairs:
        return limited(pairs, wanted, bench.recipe.train.seed)
    raise CorollaryError(
        "there is not one preference pair to train on",
        because="no problem has both a right and a wrong chain that can be compared",
        remedy="more problems, more samples a problem, or a higher temperature",
        exit_code=3,
    )


def limited(
    pairs: Sequence[PreferencePair], wanted: PairSection, seed: int
) -> list[PreferencePair]:
    """A seeded choice of the pairs within the limits of each kind, in random order."""
    shuffled = random.Random(seed).sample(list(pairs), len(pairs))
    limits = {"outcome": wanted.outcome, "step": wanted.step, "repair": wanted.repair}
    kept: list[PreferencePair] = []
    used: Counter[str] = Counter()
    for pair in shuffled:
        if used[pair.kind] < limits.get(pair.kind, 0):
            used[pair.kind] += 1
            kept.append(pair)
    return kept


def share_solved(bench: Bench, student: Path, problems: Sequence[Problem]) -> float:
    """The student's accuracy on `problems`, greedily."""
    section = bench.recipe.student.model_copy(update={"model": f"local:{student}"})
    found = evaluate_model(bench, section, problems, stage="stop rule", sampling=Sampling())
    return found.accuracy


def evaluate_model(
    bench: Bench,
    section: ModelSection,
    problems: Sequence[Problem],
    *,
    stage: str,
    sampling: Sampling,
) -> Evaluation:
    """Evaluate a model on `problems`; the listener is told under the name of `stage`."""
    agent = build_agent(load_model(section.model), bench.toolkit, limits=bench.recipe.limits)
    return evaluate(
        agent,
        problems,
        workers=bench.toolkit.workers,
        name=section.model,
        sampling=sampling,
        concurrency=section.concurrency,
        on_progress=_counter(bench.listener, stage, len(problems)),
    )


def _counter(listener: Listener, stage: str, total: int) -> Callable[[object], None]:
    """Count graded problems and tell the listener, with the share solved so far."""
    done = right = 0

    def tell(graded: object) -> None:
        nonlocal done, right
        verdict = getattr(graded, "verdict", None)
        done += 1
        right += verdict is not None and verdict.judgement == "CORRECT"
        listener(stage, done, total, {"right": right / done})

    return tell
