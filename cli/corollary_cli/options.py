"""The options that several commands share, so that a flag means one thing everywhere.

Guarantees one name, one default and one help text per option. Does not read any file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Decorated = Callable[..., Any]

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
toolkit_option = click.option(
    "--toolkit", default="all", show_default=True, metavar="NAME", help="Tools, joined by +."
)
model_option = click.option(
    "-m",
    "--model",
    metavar="SPEC",
    envvar="COROLLARY_MODEL",
    help="The model. [env: COROLLARY_MODEL]",
)
seed_option = click.option("--seed", type=int, default=0, show_default=True, help="Random seed.")
temperature_option = click.option(
    "--temperature", type=float, default=0.0, show_default=True, help="0 is greedy."
)
concurrency_option = click.option(
    "-j",
    "--concurrency",
    type=click.IntRange(min=1),
    metavar="N",
    default=8,
    show_default=True,
    help="Problems at once.",
)
run_option = click.option(
    "-o",
    "--run",
    "run_dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of the run. [default: one under runs/]",
)
dry_option = click.option("--dry-run", is_flag=True, help="Say what would happen, write nothing.")
data_option = click.option(
    "--data",
    type=click.Path(path_type=Path),
    envvar="COROLLARY_DATA",
    metavar="DIR",
    help="Folder of problem files. [env: COROLLARY_DATA]",
)
_source_option = click.option("--source", metavar="NAME", help="Problem source, or jsonl:PATH.")


def run_argument(function: Decorated) -> Decorated:
    """Add the folder of a run as the one argument."""
    return click.argument("run_dir", type=click.Path(path_type=Path), metavar="RUN")(function)


def source_options(split: str) -> Callable[[Decorated], Decorated]:
    """Add --source, --split and --data, with this split as the default."""

    def decorate(function: Decorated) -> Decorated:
        for option in (
            data_option,
            click.option("--split", default=split, show_default=True, help="Split of the source."),
            _source_option,
        ):
            function = option(function)
        return function

    return decorate


def limit_option(default: int | None) -> Callable[[Decorated], Decorated]:
    """Add -n, --limit: at most so many problems."""
    return click.option(
        "-n",
        "--limit",
        type=click.IntRange(min=1),
        metavar="N",
        default=default,
        show_default=default is not None,
        help="At most this many problems.",
    )
