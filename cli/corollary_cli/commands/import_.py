"""`corollary import`: what real models already wrote, as traces replayed through the real tools."""

from __future__ import annotations

from pathlib import Path

import click

from corollary_cli.console import Output
from corollary_cli.options import data_option, dry_option, json_option, run_option, toolkit_option
from corollary_cli.stage import StageCommand, pass_output

FORMATS = ("logic-lm", "tora", "gsm8k", "prose", "openai", "langsmith", "otel")
EXAMPLE = "corollary import logs/agent.jsonl --source gsm8k --data DIR"


@click.command(cls=StageCommand, example=EXAMPLE)
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH..."
)
@click.option("--format", "format_", type=click.Choice(FORMATS), help="[default: as rows look]")
@click.option("--source", metavar="NAME", help="Problems to match with, or jsonl:PATH.")
@click.option("--split", metavar="NAME", help="Only this split of them. [default: all]")
@data_option
@click.option("-m", "--model", metavar="NAME", help="The model, where the rows do not say it.")
@click.option("--licence", metavar="NAME", help="[default: as a LICENSE file beside says]")
@click.option(
    "-n", "--limit", type=click.IntRange(min=1), metavar="N", help="At most so many a file."
)
@run_option
@toolkit_option
@click.option("--no-grade", is_flag=True, help="Leave the verdicts to `corollary grade`.")
@dry_option
@json_option
@pass_output
def command(
    output: Output,
    *,
    paths: tuple[Path, ...],
    format_: str | None,
    source: str | None,
    split: str | None,
    data: Path | None,
    model: str | None,
    licence: str | None,
    limit: int | None,
    run_dir: Path | None,
    toolkit: str,
    no_grade: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Import recorded outputs of models: files, or folders of them.

    Every call is run again by the real tools. The same command goes on where it was stopped, and
    nothing is imported twice.
    """
    from corollary_cli.importing import Plan, show_import
    from corollary_datagen.imports.importing import ImportSettings

    settings = ImportSettings(
        format=format_,
        source=source,
        split=split,
        data=data,
        model=model,
        licence=licence,
        limit=limit,
    )
    plan = Plan(paths, settings, run_dir, toolkit, grade=not no_grade)
    result = plan.look() if dry_run else plan.run(output)
    return show_import(plan, result, output, as_json=as_json)
