"""`corollary show`: the traces and pairs of a run in the terminal."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import click

from corollary_cli.console import Output
from corollary_cli.options import json_option, run_argument
from corollary_cli.runs import require_run
from corollary_cli.stage import StageCommand, pass_output
from corollary_tools.errors import CorollaryError

EXAMPLE = """corollary show runs/demo --verdict wrong
corollary show runs/demo 7f3a91
corollary show runs/demo --pair 12"""
VERDICTS = ("right", "wrong", "undecided", "error", "ungraded")


@click.command(cls=StageCommand, example=EXAMPLE)
@run_argument
@click.argument("trace", required=False, metavar="[TRACE]")
@click.option("--pairs", is_flag=True, help="List the pairs.")
@click.option("--pair", type=int, metavar="N", help="Show pair N side by side.")
@click.option("--verdict", type=click.Choice(VERDICTS), help="Traces with this verdict.")
@click.option("--kind", metavar="NAME", help="Pairs of this kind.")
@click.option("--family", metavar="NAME", help="Of families that begin so.")
@click.option("--model", metavar="NAME", help="Of models that begin so.")
@click.option("--error-kind", metavar="NAME", help="With this fault or mistake.")
@click.option("-n", "--limit", type=click.IntRange(min=1), metavar="N", help="At most so many.")
@click.option("--no-pager", is_flag=True, help="Write at once. [env: PAGER]")
@json_option
@pass_output
def command(
    output: Output,
    /,
    *,
    run_dir: Path,
    trace: str | None,
    pairs: bool,
    pair: int | None,
    limit: int | None,
    no_pager: bool,
    as_json: bool,
    **asked: str | None,
) -> int:
    """Show the traces of RUN, one TRACE step by step, or its pairs."""
    from corollary_cli.show.choosing import Choice
    from corollary_cli.show.screen import open_screen, page
    from corollary_cli.show.viewing import View
    from corollary_datagen.store import open_store

    named = {name: value for name, value in asked.items() if value}
    pairs = pairs or "kind" in named
    _check(named, trace=trace, pair=pair, pairs=pairs)
    view = View(require_run(run_dir), Choice(**named), trace, pair, pairs, limit)
    with open_store(run_dir, write=False) as store:
        if as_json:
            output.json("corollary.show/1", view.body(store))
            return 0
        screen = open_screen(output)
        parts = view.text(store, screen)
        if parts is None:
            output.note(view.nothing(store))
        else:
            with closing(parts):
                page(parts, screen, pager=not no_pager)
    return 0


def _check(named: dict[str, Any], *, trace: str | None, pair: int | None, pairs: bool) -> None:
    one = trace is not None or pair is not None
    if trace is not None and (pair is not None or pairs):
        raise CorollaryError(
            "TRACE and pairs cannot be shown at once",
            because="one view shows one thing",
            remedy="corollary show RUN TRACE, or corollary show RUN --pair N",
        )
    if one and named:
        flag = f"--{next(iter(named)).replace('_', '-')}"
        raise CorollaryError(
            f"{flag} chooses from a list",
            because="one trace or pair was asked for by its name",
            remedy=f"leave out {flag}, or the name",
        )
    if pairs and "verdict" in named:
        raise CorollaryError(
            "pairs have no verdict",
            because="--verdict chooses traces, and --pairs or --kind list pairs",
            remedy="one of the two",
        )
