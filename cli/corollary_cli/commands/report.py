"""`corollary report`: one self-contained HTML page of a run."""

from __future__ import annotations

from pathlib import Path

import click

from corollary_cli.console import Output
from corollary_cli.options import json_option, run_argument
from corollary_cli.stage import StageCommand, pass_output


@click.command(cls=StageCommand, example="corollary report runs/demo -o report.html")
@run_argument
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="The page. [default: RUN/report.html]"
)
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(min=1),
    default=20_000,
    show_default=True,
    metavar="N",
    help="At most this many pairs and traces.",
)
@json_option
@pass_output
def command(output: Output, *, run_dir: Path, out: Path | None, limit: int, as_json: bool) -> int:
    """Write RUN as one HTML page that needs no network."""
    from corollary_cli.reporting import write_report

    page = write_report(run_dir, out or run_dir / "report.html", limit=limit)
    if as_json:
        output.json("corollary.report/1", {"page": str(page)})
    else:
        output.result(str(page))
    return 0
