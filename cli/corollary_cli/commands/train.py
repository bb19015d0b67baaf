"""`corollary train`: preference training of a student on the pairs of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from corollary_cli.console import Output
from corollary_cli.options import (
    data_option,
    dry_option,
    json_option,
    run_argument,
    seed_option,
)
from corollary_cli.runs import require_run
from corollary_cli.stage import StageCommand, pass_output

EXAMPLE = "corollary train runs/rollout-expert --student starter --out runs/student"


@click.command(cls=StageCommand, example=EXAMPLE)
@run_argument
@click.option("--scratch", metavar="RECIPE", help="Make a student from nothing instead, in RUN.")
@data_option
@click.option("--student", default="starter", show_default=True, help="starter or local:PATH.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="New checkpoint. [default: RUN/student]"
)
@click.option("--beta", type=float, help="Temperature of DPO. [default: 0.1]")
@click.option("--learning-rate", type=float, help="[default: 1e-4]")
@click.option("--epochs", type=float, help="[default: 1]")
@click.option("--anchor", type=float, help="Weight of the chosen side's likelihood. [default: 1]")
@click.option("--batch", type=int, help="Pairs a step. [default: 16]")
@click.option("--lora-rank", type=int, help="0 trains all weights. [default: 0]")
@seed_option
@dry_option
@json_option
@pass_output
def command(
    output: Output,
    /,
    *,
    run_dir: Path,
    scratch: str | None,
    data: Path | None,
    student: str,
    out: Path | None,
    dry_run: bool,
    as_json: bool,
    **flags: Any,
) -> int:
    """Train a student on the pairs of RUN with DPO.

    With --scratch, make one from nothing: RECIPE is a file or `starter`, and the student comes to
    RUN/student. A training that finished with the same settings is not done again.
    """
    if scratch is not None:
        return _from_scratch(output, scratch, run_dir, data=data, dry_run=dry_run)
    from corollary_cli.schooling import Lesson, run_lesson
    from corollary_training.dpo_settings import DpoSettings

    settings = DpoSettings(**{key: value for key, value in flags.items() if value is not None})
    lesson = Lesson(require_run(run_dir), student, out or run_dir / "student", settings)
    if dry_run:
        output.result(lesson.plan())
        return 0
    loss = run_lesson(lesson, output)
    if as_json:
        body = {"student": str(lesson.out), "pairs": lesson.count(), "loss": loss}
        output.json("corollary.train/1", {**body, "settings": settings.model_dump()})
    else:
        output.result(str(lesson.out))
    output.next_step(f"corollary evaluate --model local:{lesson.out} --source NAME")
    return 0


def _from_scratch(
    output: Output, name: str, run_dir: Path, *, data: Path | None, dry_run: bool
) -> int:
    from corollary_cli.birth import describe_birth, run_birth
    from corollary_training.student_recipe import load_student_recipe

    recipe = load_student_recipe(name)
    if dry_run:
        output.result(describe_birth(recipe, run_dir))
        return 0
    folder = run_birth(recipe, run_dir, data, output)
    output.result(str(folder))
    output.next_step(f"corollary evaluate --model local:{folder} --source NAME")
    return 0
