"""`corollary pairs`: preference pairs from the graded traces of a run, and their export."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from corollary_cli.apart import apart_option
from corollary_cli.console import Output
from corollary_cli.exporting import After, after_options
from corollary_cli.options import (
    data_option,
    dry_option,
    json_option,
    run_argument,
    seed_option,
    toolkit_option,
)
from corollary_cli.pair_options import pair_options
from corollary_cli.runs import require_run
from corollary_cli.stage import StageCommand, pass_output

EXAMPLE = """corollary pairs runs/rollout-expert --dry-run
corollary pairs runs/rollout-expert --unpaired --export pairs --held-out 0.1"""

EMPTY = (
    "no pairs: they need a right and a wrong trace of one problem (efficiency: two right ones)."
    " Try more samples, a higher temperature, a weaker model beside it, or --unpaired."
)


@click.command(cls=StageCommand, example=EXAMPLE)
@run_argument
@pair_options
@click.option("--unpaired", is_flag=True, help="Also labelled rows where all traces agree (KTO).")
@click.option(
    "--export",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write a Hugging Face dataset in TRL's form.",
)
@click.option(
    "--held-out",
    type=click.FloatRange(min=0, max=1, max_open=True),
    default=0.0,
    show_default=True,
    metavar="SHARE",
    help="Families of the export that are kept for validation.",
)
@apart_option
@data_option
@after_options
@toolkit_option
@seed_option
@dry_option
@json_option
@pass_output
def command(
    output: Output,
    *,
    run_dir: Path,
    chosen: Any,
    unpaired: bool,
    folder: Path | None,
    held_out: float,
    apart: tuple[str, ...],
    data: Path | None,
    after: After,
    toolkit: str,
    seed: int,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Build preference pairs from the graded traces of RUN.

    --style, --form and --reading say how the student will be spoken to. No model is asked; the
    pairs of an earlier call are replaced.
    """
    from corollary_cli.pair_stage import PairPlan, run_pairs, show_tally

    formats = (*after.formats, "trl-kto") if unpaired and folder else after.formats
    after = replace(after, formats=formats, held_out=held_out, seed=seed)
    after.check(folder)
    after = replace(after, held_out=held_out, seed=seed)
    settings = chosen.settings(seed)
    plan = PairPlan(
        require_run(run_dir),
        settings,
        toolkit,
        unpaired=unpaired,
        folder=folder,
        held_out=held_out,
        apart=apart,
        data=data,
        dry_run=dry_run,
    )
    tally = run_pairs(plan, output)
    if as_json:
        output.json("corollary.pairs/1", {"run": str(run_dir), **tally.body()})
    else:
        show_tally(tally, output)
    if not tally.kinds and not tally.labels:
        output.note(EMPTY)
        return 3
    if dry_run:
        return 0
    if folder is not None:
        parts = ", ".join(f"{count} {split}" for split, count in tally.splits.items())
        told = f" ({parts})" if held_out else ""
        output.note(f"exported {tally.kinds.total()} pairs to {folder}{told}")
        after.finish(run_dir, folder, output)
    output.next_step(f"corollary train {run_dir} --student starter")
    return 0
