"""The loop, from problems to the gate: teacher, verdicts, pairs, DPO, the student in the graph.

Guarantees that the evaluation problems and their families are never trained on, that all three
evaluations solve the same problems in this run, and that the same call goes on where it was
stopped: what stands in the run's folder is not made again. Does not print.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from corollary_agent.models.load import STUDENTS, student_path
from corollary_agent.problem import Problem
from corollary_agent.trace import Sampling
from corollary_datagen.exports.split import check_apart
from corollary_datagen.sources import decontaminate, load_problems
from corollary_datagen.store import open_store
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import load_toolkit
from corollary_training.decision import Decision
from corollary_training.evaluation import Evaluation
from corollary_training.events import Listener, silent
from corollary_training.files import save_record
from corollary_training.gate import decide
from corollary_training.holding import hold_out, read_whole
from corollary_training.loop_result import LoopResult, Round
from corollary_training.recipe import ModelSection, ProblemSection, Recipe
from corollary_training.rounds import Bench, Start, evaluate_model, roll_out, run_round


def run_loop(
    recipe: Recipe, *, run_dir: Path, data: Path | None = None, listener: Listener = silent
) -> LoopResult:
    """Run `recipe` in `run_dir` and write `result.json` beside its outputs.

    Raises CorollaryError for a changed recipe on resume, missing data or an unknown model.
    """
    clock = Clock()
    with open_store(run_dir) as store, load_toolkit(recipe.toolkit) as toolkit:
        store.configure("loop", recipe.model_dump(mode="json"))
        bench = Bench(recipe, store, toolkit, listener)
        with clock.stage("problems"):
            train, held, stop = split_problems(recipe.problems, data)
            store.add_problems(train)
        with clock.stage("teacher"):
            taught = roll_out(bench, recipe.teacher, train)
        student = student_folder(recipe.student.model)
        with clock.stage("evaluate teacher"):
            teacher = measure(bench, recipe.teacher, held, run_dir / "teacher.json", "teacher")
        with clock.stage("evaluate student before"):
            before = measure(bench, recipe.student, held, run_dir / "before.json", "student before")
        with clock.stage("preference training"):
            trained, rounds = train_rounds(bench, Start(student, taught.model, stop), train)
        after_section = recipe.student.model_copy(update={"model": f"local:{trained}"})
        with clock.stage("evaluate student after"):
            after = measure(bench, after_section, held, run_dir / "after.json", "student after")
    decision = decide(teacher, after, recipe.gate)
    decision.save(run_dir / "gate.json")
    return finish(recipe, run_dir, (teacher, before, after), decision, rounds, clock)


class Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what runs inside."""
        began = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - began, 1)


def split_problems(
    section: ProblemSection, data: Path | None
) -> tuple[list[Problem], list[Problem], list[Problem]]:
    """Return the problems to train on, those held out, and those of the stop rule, apart by family.

    A training problem that is too like a held-out one is left out.
    """
    train = read_whole(
        section.source, split=section.split, data=data, size=section.limit, seed=section.seed
    )
    if section.evaluation_source is None:
        train, held = hold_out(train, section.evaluation_limit, section.seed)
    else:
        held = load_problems(
            section.evaluation_source,
            split=section.evaluation_split,
            data=data,
            limit=section.evaluation_limit,
            seed=section.seed,
        )
    train, held = train[: section.limit], held[: section.evaluation_limit]
    train, _ = decontaminate(train, held)
    train, stop = hold_out(train, section.stop, section.seed)
    check_apart(train, held)
    return train, held, stop


def student_folder(spec: str) -> Path:
    """The checkpoint's folder of a student that can be trained."""
    if spec in STUDENTS:
        return student_path(spec)
    if spec.startswith("local:"):
        return Path(spec.removeprefix("local:").split("@")[0])
    raise CorollaryError(
        f"{spec} cannot be the student of a loop",
        because="only a model with weights here can be trained",
        remedy="starter, shipped or local:PATH",
    )


def measure(
    bench: Bench, section: ModelSection, problems: Sequence[Problem], file: Path, role: str
) -> Evaluation:
    """Evaluate a model on the held-out problems, or read the evaluation that is there."""
    if file.is_file():
        return Evaluation.load(file)
    sampling = Sampling(max_tokens=section.sampling.max_tokens)
    found = evaluate_model(bench, section, problems, stage=f"evaluate {role}", sampling=sampling)
    found.save(file)
    return found


def train_rounds(
    bench: Bench, start: Start, train: Sequence[Problem]
) -> tuple[Path, tuple[Round, ...]]:
    """Train round after round until the recipe's rounds are over or one is not kept."""
    rounds: list[Round] = []
    for number in range(1, bench.recipe.rounds + 1):
        out = bench.store.run_dir / f"student-{number}"
        record = out / "round.json"
        if record.is_file():
            done = Round.model_validate_json(record.read_text(encoding="utf-8"))
        else:
            done = run_round(bench, start, train, out=out)
            save_record(done, record)
        rounds.append(done)
        if not done.kept:
            break
        start = replace(start, student=out)
    return start.student, tuple(rounds)


def finish(
    recipe: Recipe,
    run_dir: Path,
    evaluations: tuple[Evaluation, Evaluation, Evaluation],
    decision: Decision,
    rounds: tuple[Round, ...],
    clock: Clock,
) -> LoopResult:
    """Put the result together and write it."""
    teacher, before, after = evaluations
    result = LoopResult(
        recipe=recipe.name,
        source=recipe.problems.evaluation_source or recipe.problems.source,
        teacher_model=teacher.spec,
        student_model=before.model,
        teacher=teacher.figures(),
        student_before=before.figures(),
        student_after=after.figures(),
        gate=decision.verdict,
        gate_reasons=tuple(f.sentence for f in decision.findings),
        rounds=rounds,
        seconds=clock.seconds,
        student=after.model.removeprefix("local:"),
    )
    save_record(result, run_dir / "result.json")
    return result
