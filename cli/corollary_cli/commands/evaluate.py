"""`corollary evaluate`: one model on a set of problems, with an interval, resumable."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from corollary_cli.console import Output
from corollary_cli.hosting import Hosting, hosted_options
from corollary_cli.options import (
    concurrency_option,
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
    from corollary_training.evaluation import Evaluation, Share

EXAMPLE = "corollary evaluate --model expert:0.2 --source generated:theories -n 50"


@click.command(cls=StageCommand, example=EXAMPLE)
@model_option
@source_options(split="dev")
@limit_option(None)
@run_option
@toolkit_option
@temperature_option
@seed_option
@concurrency_option
@hosted_options
@json_option
@pass_output
def command(
    output: Output,
    *,
    model: str | None,
    source: str | None,
    split: str,
    data: Path | None,
    limit: int | None,
    run_dir: Path | None,
    toolkit: str,
    temperature: float,
    seed: int,
    concurrency: int,
    hosting: Hosting,
    as_json: bool,
) -> int:
    """Measure a model on the problems of a source.

    The same command goes on where it was stopped. Accuracy has a 95 % Wilson interval; a failure
    of the model is counted apart and never as a wrong answer.
    """
    from corollary_cli.evaluating import Plan, run_evaluation
    from corollary_cli.solver import default_spec

    plan = Plan(
        model=model or default_spec(output),
        source=require_source(source),
        split=split,
        data=data,
        limit=limit,
        toolkit=toolkit,
        temperature=temperature,
        seed=seed,
        concurrency=concurrency,
    )
    folder = run_dir or plan.folder
    evaluation = run_evaluation(plan, folder, output, hosting)
    if as_json:
        output.json("corollary.evaluate/1", to_body(evaluation))
    else:
        show_evaluation(output, evaluation)
    output.note(f"kept in {folder}")
    output.next_step(f"corollary gate TEACHER {folder}")
    return 0


def to_body(evaluation: Evaluation) -> dict[str, Any]:
    """The evaluation as JSON values, without the outcome of each problem."""
    body = evaluation.model_dump(mode="json", exclude={"version", "outcomes", "shares"})
    groups = [share.model_dump(mode="json") for share in evaluation.shares]
    return {**body, "groups": groups}


def show_evaluation(output: Output, evaluation: Evaluation) -> None:
    """Write the figures as a table, all problems first, then group by group."""
    header = ("problems", "n", "accuracy", "low", "high", "steps", "tokens")
    total = ("all", evaluation.n, *_figures(evaluation))
    rows = [(f"{s.by} {s.name}", s.n, *_figures(s)) for s in evaluation.shares]
    output.table(header, [total, *rows])
    output.note(
        f"{evaluation.model}: {evaluation.correct} right, {evaluation.wrong} wrong,"
        f" {evaluation.undecided} undecided, {evaluation.errors} errors; valid calls"
        f" {evaluation.valid_call_rate:.1%}; {evaluation.ms:.0f} ms a problem"
    )


def _figures(row: Evaluation | Share) -> tuple[str, ...]:
    shares = (row.accuracy, row.low, row.high)
    return (*(f"{share:.1%}" for share in shares), f"{row.steps:.1f}", f"{row.tokens:.0f}")
