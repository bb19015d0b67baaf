"""`corollary train`: training of a student on the pairs or completions of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_training.dpo_settings import DpoSettings

EXAMPLE = "corollary train runs/rollout-expert --student starter --out runs/student"


@click.command(cls=StageCommand, example=EXAMPLE)
@run_argument
@click.option("--scratch", metavar="RECIPE", help="Make a student from nothing instead, in RUN.")
@data_option
@click.option("--student", default="starter", show_default=True, help="starter or local:PATH.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="New checkpoint. [default: RUN/student]"
)
@click.option(
    "--method",
    type=click.Choice(["dpo", "kto", "sft"]),
    help="On pairs, on single completions, or on right ones alone. [default: dpo]",
)
@click.option("--beta", type=float, help="Temperature of dpo and kto. [default: 0.1]")
@click.option("--learning-rate", type=float, help="[default: 1e-4]")
@click.option("--epochs", type=float, help="[default: 1]")
@click.option("--anchor", type=float, help="Weight of the chosen side's likelihood. [default: 1]")
@click.option("--batch", type=int, help="Rows a step. [default: 16]")
@click.option("--longest", type=int, help="Leave out what has more tokens. [default: 1024]")
@click.option(
    "--flip-rate",
    type=click.FloatRange(min=0, max=0.5, max_open=True),
    help="Share of flipped pairs. [default: what persons measured in RUN, or 0]",
)
@click.option("--lora-rank", type=int, help="0 trains all weights. [default: 0]")
@seed_option
@click.option(
    "--save-every",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    metavar="STEPS",
    help="Keep a checkpoint to go on from; 0 keeps none.",
)
@click.option("--report", metavar="NAMES", help="Send losses to tensorboard, trackio, or both.")
@click.option("--verbose", is_flag=True, help="Name each row that is left out.")
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
    save_every: int,
    report: str | None,
    verbose: bool,
    dry_run: bool,
    as_json: bool,
    **flags: Any,
) -> int:
    """Train a student on what RUN has: pairs, or single completions.

    The same command goes on where it was stopped, from the last whole checkpoint; a training that
    finished with the same settings is not done again. With --scratch, make a student from nothing:
    RECIPE is a file or `starter`, and the student comes to RUN/student.
    """
    if scratch is not None:
        return _from_scratch(output, scratch, run_dir, data=data, dry_run=dry_run)
    from corollary_cli.schooling import Beside, Lesson, run_lesson

    settings = _settings(require_run(run_dir), flags, output)
    beside = Beside(save_every, tuple(report.split(",")) if report else (), verbose)
    lesson = Lesson(run_dir, student, out or run_dir / "student", settings, beside)
    if dry_run:
        output.result(lesson.plan())
        return 0
    taught = run_lesson(lesson, output)
    if as_json:
        body = {"student": str(lesson.out), lesson.unit: taught.rows, "loss": taught.loss}
        output.json("corollary.train/1", {**body, "settings": settings.model_dump()})
    else:
        output.result(str(lesson.out))
    output.next_step(f"corollary evaluate --model local:{lesson.out} --source NAME")
    return 0


def _settings(run_dir: Path, flags: dict[str, Any], output: Output) -> DpoSettings:
    """The settings of the flags; how many pairs are flipped is what was measured."""
    from corollary_cli.schooling import measured_flips
    from corollary_training.dpo_settings import DpoSettings

    given = {key: value for key, value in flags.items() if value is not None}
    settings = DpoSettings(**given)
    measured = measured_flips(run_dir) if settings.method == "dpo" else None
    if "flip_rate" in given or not measured:
        return settings
    if measured >= 0.5:
        raise CorollaryError(
            f"the pairs of {run_dir} say nothing",
            because=f"persons found {measured:.0%} of them flipped: no better than a coin",
            remedy="a grader that is right more often, or --flip-rate",
        )
    output.note(f"persons found {measured:.2%} of pairs flipped: the loss allows for it")
    return settings.model_copy(update={"flip_rate": measured})


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
