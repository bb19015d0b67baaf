"""A recipe's loop as the command shows it: a line for each stage, then what came of it.

Guarantees that every event of the loop moves the line, and that the table is made of the same
figures as result.json. Runs nothing itself (`corollary_training.loop` does), but for one problem
that the trained student solves before the reader's eyes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from corollary_cli.console import Output
from corollary_cli.progress import LiveLine, Meter, duration

if TYPE_CHECKING:
    from corollary_agent.problem import Problem
    from corollary_training.loop_result import Comparison, Figures, LoopResult
    from corollary_training.recipe import Recipe

HEADER = ("model", "n", "accuracy", "low", "high", "valid calls", "steps", "tokens", "ms")


@dataclass(slots=True)
class StageLine:
    """One meter at a time; a new stage says on stderr how long the one before took."""

    output: Output
    stage: str = ""
    meter: Meter = field(default_factory=lambda: Meter("loop"))
    since: float = field(default_factory=time.monotonic)
    line: LiveLine | None = None

    def see(self, stage: str, done: int, total: int, figures: Mapping[str, float]) -> None:
        """Take one event, as the loop's listener."""
        if stage != self.stage:
            self.end()
            self.stage, self.meter = stage, Meter(stage)
        self.meter.facts.update({name: _figure(name, value) for name, value in figures.items()})
        self.meter.advance(done, total)

    def end(self) -> None:
        """Say that the stage is over."""
        if not self.stage:
            return
        took, self.since = duration(time.monotonic() - self.since), time.monotonic()
        facts = [f"{name} {value}" for name, value in self.meter.facts.items()]
        self._say(f"  {self.stage}: {', '.join([str(self.meter.done), *facts])} in {took}")
        self.stage = ""

    def text(self) -> str:
        """The line as it stands."""
        return self.meter.text()

    def _say(self, text: str) -> None:
        if self.line is None:
            self.output.note(text)
            return
        with self.line.hidden():
            self.output.note(text)


@contextmanager
def shown_stages(output: Output) -> Iterator[StageLine]:
    """Show the events of a loop while the block runs."""
    stages = StageLine(output)
    with LiveLine(output, stages.text, plain=True) as stages.line:
        yield stages
        stages.end()


def describe(recipe: Recipe, folder: Path, data: Path | None) -> str:
    """Say what the loop would do. Raises CorollaryError where the problems are not there."""
    from corollary_training.loop import split_problems

    train, held, stop = split_problems(recipe.problems, data)
    teacher, student = recipe.teacher, recipe.student
    lines = [
        f"{recipe.name}: {len(train)} problems of {recipe.problems.source} to train on,"
        f" {len(held)} held out, {len(stop)} for the stop rule",
        f"teacher {teacher.model}: {len(train) * teacher.samples} rollouts",
        f"student {student.model}: {len(train) * student.samples} rollouts in each of at most"
        f" {recipe.rounds} rounds",
        f"three evaluations of {len(held)} problems",
        f"into {folder}; nothing was written",
    ]
    return "\n".join(lines)


def show_result(output: Output, result: LoopResult) -> None:
    """Write the comparison as a table on stdout, the gate's verdict under it."""
    sides = (
        (f"teacher ({result.teacher_model})", result.teacher),
        ("student before", result.student_before),
        ("student after", result.student_after),
    )
    output.table(HEADER, [(name, *_cells(figures)) for name, figures in sides])
    output.result(f"gate: {result.gate}")
    for reason in result.gate_reasons:
        output.note(f"  {reason}")


def show_solved(output: Output, recipe: Recipe, run_dir: Path, data: Path | None) -> None:
    """Let the trained student solve one of the held-out problems that it had right."""
    from corollary_cli.chat.answering import answer_turn
    from corollary_cli.chat.following import Following
    from corollary_cli.solver import opened_solver
    from corollary_training.loop_result import load_comparison

    comparison = load_comparison(run_dir)
    problem = _example(comparison, recipe, data)
    if problem is None:
        return
    output.note(f"\nOne held-out problem, solved by the student:\n\n{problem.text}\n")
    with opened_solver(comparison.after.model, recipe.toolkit, output) as solver:
        answer_turn(solver, problem, Following(output), as_json=True)


def _example(comparison: Comparison, recipe: Recipe, data: Path | None) -> Problem | None:
    """A problem that training has won, else one that was right before too."""
    from corollary_training.loop import split_problems

    before = {o.problem_id for o in comparison.before.outcomes if o.judgement == "CORRECT"}
    after = [o.problem_id for o in comparison.after.outcomes if o.judgement == "CORRECT"]
    chosen = next((name for name in after if name not in before), after[0] if after else None)
    _, held, _ = split_problems(recipe.problems, data)
    return next((problem for problem in held if problem.id == chosen), None)


def _cells(side: Figures) -> tuple[str, ...]:
    shares = (f"{side[name]:.1%}" for name in ("accuracy", "low", "high", "valid_call_rate"))
    means = (f"{side['steps']:.1f}", f"{side['tokens']:.0f}", f"{side['ms']:.0f}")
    return (str(side["n"]), *shares, *means)


def _figure(name: str, value: float) -> str:
    """A count as it is, the share that is right in per cent, any other number with its digits."""
    if isinstance(value, int):
        return str(value)
    return f"{value:.0%}" if name == "right" else f"{value:.3f}"
