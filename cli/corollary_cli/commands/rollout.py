"""`corollary rollout`: a model on many problems, each tried several times, kept in a run folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corollary_cli.apart import apart_option
from corollary_cli.console import Output
from corollary_cli.hosting import Hosting, hosted_options
from corollary_cli.options import (
    concurrency_option,
    dry_option,
    json_option,
    limit_option,
    model_option,
    run_option,
    seed_option,
    source_options,
    temperature_option,
    toolkit_option,
)
from corollary_cli.problems import require_source
from corollary_cli.stage import StageCommand, pass_output

if TYPE_CHECKING:
    from corollary_cli.rolling import Plan
    from corollary_datagen.rollouts.progress import Progress

EXAMPLE = "corollary rollout --model expert:0.2 --source generated:theories -n 50 --samples 4"

ALIKE = (
    "At temperature 0 a model answers a problem the same way each time, and what is alike makes no"
    " pairs. To draw different ones: --temperature 0.8."
)


@click.command(cls=StageCommand, example=EXAMPLE)
@model_option
@source_options(split="train")
@limit_option(1000)
@click.option(
    "--samples",
    type=click.IntRange(min=1),
    metavar="N",
    default=4,
    show_default=True,
    help="Rollouts a problem; with --adaptive their mean.",
)
@click.option(
    "--adaptive", is_flag=True, help="More rollouts where right and wrong are both likely."
)
@apart_option
@run_option
@toolkit_option
@temperature_option
@seed_option
@concurrency_option
@hosted_options
@click.option(
    "--max-minutes",
    type=click.FloatRange(min=0, min_open=True),
    metavar="N",
    help="Begin nothing more after this long.",
)
@click.option("--retry-errors", is_flag=True, help="Try again what ended in an error.")
@click.option("--plan", is_flag=True, help="Forecast pairs and cost from a few kept rollouts.")
@dry_option
@json_option
@pass_output
def command(
    output: Output,
    *,
    model: str | None,
    source: str | None,
    split: str,
    data: Path | None,
    limit: int,
    samples: int,
    adaptive: bool,
    apart: tuple[str, ...],
    run_dir: Path | None,
    toolkit: str,
    temperature: float,
    seed: int,
    concurrency: int,
    hosting: Hosting,
    max_minutes: float | None,
    retry_errors: bool,
    plan: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Let a model solve problems and keep every trace.

    The same command goes on where it was stopped and pays for nothing twice.
    """
    from corollary_cli.rolling import Plan, estimate, run_plan
    from corollary_cli.solver import default_spec

    hosting, max_tokens = hosting.for_run(spec := model or default_spec(output))
    whole = Plan(
        model=spec,
        source=require_source(source),
        split=split,
        data=data,
        limit=limit,
        samples=samples,
        toolkit=toolkit,
        temperature=temperature,
        seed=seed,
        concurrency=concurrency,
        retry_errors=retry_errors,
        adaptive=adaptive,
        max_tokens=max_tokens,
        max_minutes=max_minutes,
        apart=apart,
    )
    folder = run_dir or whole.folder
    if whole.repeats_itself:
        output.note(ALIKE)
    if dry_run:
        output.result(estimate(whole, folder, output, hosting))
        return 0
    if plan:
        return _plan(whole, folder, output, hosting=hosting, as_json=as_json)
    progress = run_plan(whole, folder, output, hosting)
    if as_json:
        output.json("corollary.rollout/1", {"run": str(folder), **_body(progress)})
    else:
        told = f"{progress.done} of {progress.total} rollouts in {folder}"
        output.result(f"{told}, {progress.kept} of them from before, {progress.errors} errors")
    output.next_step(f"corollary grade {folder}")
    return 3 if progress.errors and progress.errors == progress.done - progress.kept else 0


def _plan(plan: Plan, folder: Path, output: Output, *, hosting: Hosting, as_json: bool) -> int:
    """Say what the run would bring and take."""
    from corollary_cli.planning import body, foretell, show

    told = foretell(plan, folder, output, hosting)
    if as_json:
        output.json("corollary.plan/1", {"run": str(folder), **body(told)})
    else:
        show(told, plan, folder, output)
    output.next_step("the same command with --adaptive, without --plan")
    return 0


def _body(progress: Progress) -> dict[str, object]:
    names = ("done", "total", "kept", "answered", "right", "errors", "stops", "tokens", "cost")
    return {name: getattr(progress, name) for name in names}
