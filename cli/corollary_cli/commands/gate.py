"""`corollary gate`: may the student take the teacher's place? The exit code is the answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corollary_cli.console import Output
from corollary_cli.options import json_option
from corollary_cli.stage import StageCommand, pass_output

if TYPE_CHECKING:
    from corollary_training.decision import Decision
    from corollary_training.evaluation import Evaluation

EXAMPLE = "corollary gate runs/evaluate-teacher runs/evaluate-student --margin 0.05"


@click.command(cls=StageCommand, example=EXAMPLE)
@click.argument("teacher", type=click.Path(path_type=Path))
@click.argument("student", type=click.Path(path_type=Path))
@click.option(
    "--margin", type=float, help="Acceptable loss of accuracy, as a share. [default: 0.05]"
)
@click.option("--minimum", type=int, help="Fewest problems that can decide. [default: 50]")
@json_option
@pass_output
def command(
    output: Output,
    *,
    teacher: Path,
    student: Path,
    margin: float | None,
    minimum: int | None,
    as_json: bool,
) -> int:
    """Compare two evaluations, problem by problem.

    TEACHER and STUDENT are folders of `corollary evaluate`. Exit code 0 go, 1 no-go, 3 not enough
    data to tell.
    """
    from corollary_training.decision import GateSettings
    from corollary_training.gate import decide

    given = {"margin": margin, "minimum": minimum}
    settings = GateSettings.model_validate({k: v for k, v in given.items() if v is not None})
    decision = decide(_load(teacher), _load(student), settings)
    if as_json:
        output.json("corollary.gate/1", decision.model_dump(mode="json"))
    else:
        output.result("\n".join(decision_lines(decision)))
    return decision.exit_code


def decision_lines(decision: Decision) -> list[str]:
    """A decision for people: the verdict, the two accuracies, every finding, the notes."""
    marks = {"passed": "ok", "failed": "no", "unclear": "?"}
    lines = [
        f"{decision.verdict}  teacher {decision.teacher_accuracy:.1%} ({decision.teacher})"
        f"  student {decision.student_accuracy:.1%} ({decision.student})",
        *(f"  {marks[f.state]:<3} {f.check:<9} {f.sentence}" for f in decision.findings),
        f"  flips: {len(decision.flips.lost)} lost, {len(decision.flips.gained)} gained,"
        f" {decision.flips.both_right} both right, {decision.flips.both_wrong} both wrong",
        *(f"  note: {note}" for note in decision.notes),
    ]
    if decision.more_problems:
        lines.append(f"  about {decision.more_problems} more problems would decide it")
    return lines


def _load(path: Path) -> Evaluation:
    from corollary_training.evaluation import Evaluation

    return Evaluation.load(path / "evaluation.json" if path.is_dir() else path)
