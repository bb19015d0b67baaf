"""`corollary doctor`: is what would be trained what the model reads and writes when it acts?"""

from __future__ import annotations

from pathlib import Path

import click

from corollary_cli.console import Output
from corollary_cli.options import json_option, limit_option
from corollary_cli.stage import StageCommand, pass_output

EXAMPLE = "corollary doctor starter runs/rollout-expert --show 1"


@click.command(cls=StageCommand, example=EXAMPLE)
@click.argument("model")
@click.argument("data", type=click.Path(path_type=Path))
@click.option(
    "--toolkit",
    default="all",
    show_default=True,
    metavar="NAME",
    help="Tools that are served, joined by +; none compares no schemas.",
)
@click.option("--show", type=click.IntRange(min=0), default=0, metavar="N", help="Show N rows.")
@click.option(
    "--longest",
    type=click.IntRange(min=1),
    default=1024,
    show_default=True,
    help="Training leaves out what has more tokens.",
)
@limit_option(None)
@json_option
@pass_output
def command(
    output: Output,
    *,
    model: str,
    data: Path,
    toolkit: str,
    show: int,
    longest: int,
    limit: int | None,
    as_json: bool,
) -> int:
    """Examine every row of DATA as MODEL would be trained on it and served.

    MODEL: starter, the folder of a checkpoint, or a chat template alone, such as template:qwen3.
    DATA: a run, an exported dataset, or a .jsonl file. Each row is rendered, tokenised, read back
    by the parser that serves, and rendered again. Exit code 1 where a row is not fit to train on.
    """
    from corollary_cli.examining import Visit, run_visit

    visit = Visit(model, data, toolkit, longest=longest, limit=limit, show=show)
    report = run_visit(visit, output, as_json=as_json)
    if report.healthy and report.counts_in == "tokens":
        output.next_step(f"corollary train {data} --student {model}")
    return 0 if report.healthy else 1
