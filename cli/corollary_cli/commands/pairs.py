"""`corollary pairs`: preference pairs from the graded traces of a run, and their export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corollary_cli.console import Output
from corollary_cli.options import json_option, run_argument, seed_option, toolkit_option
from corollary_cli.progress import metered
from corollary_cli.runs import require_run
from corollary_cli.stage import StageCommand, pass_output
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_datagen.pair import PreferencePair
    from corollary_datagen.pairs import PairSettings
    from corollary_datagen.store import Store

KINDS = ("outcome", "step", "repair")


@click.command(cls=StageCommand, example="corollary pairs runs/rollout-expert --export pairs")
@run_argument
@click.option(
    "--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only this kind; repeatable."
)
@click.option("--style", type=click.Choice(("brief", "full")), default="brief", show_default=True)
@click.option("--form", type=click.Choice(("native", "text")), default="native", show_default=True)
@click.option("--reading", type=click.Choice(("desk", "whole")), default="desk", show_default=True)
@click.option(
    "--export",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write a Hugging Face dataset in TRL's form.",
)
@toolkit_option
@seed_option
@json_option
@pass_output
def command(
    output: Output,
    *,
    run_dir: Path,
    kinds: tuple[str, ...],
    style: str,
    form: str,
    reading: str,
    folder: Path | None,
    toolkit: str,
    seed: int,
    as_json: bool,
) -> int:
    """Build preference pairs from the graded traces of RUN.

    --style, --form and --reading say how the student will be spoken to. No model is asked; the
    pairs of an earlier call are replaced.
    """
    from corollary_datagen.pairs import PairSettings

    settings = PairSettings.model_validate(
        {
            "prompt": {"style": style, "form": form, "reading": reading},
            "kinds": kinds or KINDS,
            "seed": seed,
        }
    )
    pairs, skipped = build(require_run(run_dir), settings, toolkit, folder=folder, output=output)
    counts = Counter(pair.kind for pair in pairs)
    if as_json:
        body = {"run": str(run_dir), "pairs": len(pairs), "kinds": counts, "left_out": skipped}
        output.json("corollary.pairs/1", body)
    else:
        output.table(("kind", "pairs"), [*counts.items(), ("all", len(pairs))])
    output.next_step(f"corollary train {run_dir} --student starter")
    return 0


def build(
    run_dir: Path, settings: PairSettings, toolkit: str, *, folder: Path | None, output: Output
) -> tuple[list[PreferencePair], dict[str, int]]:
    """Build the pairs of a run, store and export them; return them and why others were left out."""
    from corollary_datagen.pairs import build_pairs
    from corollary_datagen.store import open_store
    from corollary_tools.toolkit import load_toolkit

    skipped: Counter[str] = Counter()

    def skip(reason: str) -> None:
        skipped[reason] += 1

    with open_store(run_dir) as store, load_toolkit(toolkit) as kit:
        _check(run_dir, store.counts())
        with metered(output, "pairs"):
            pairs = list(build_pairs(store, settings, toolkit=kit, on_skip=skip))
        store.replace_pairs(pairs)
        for reason, count in skipped.most_common():
            output.note(f"left out {count}: {reason}")
        if folder is not None:
            _export(store, pairs, settings, toolkit=toolkit, skipped=dict(skipped), folder=folder)
            output.note(f"exported {len(pairs)} pairs to {folder}")
    return pairs, dict(skipped)


def _check(run_dir: Path, counts: dict[str, int]) -> None:
    if counts["CORRECT"] + counts["INCORRECT"] + counts["pairs"] == 0:
        raise CorollaryError(
            f"{run_dir} has nothing to make pairs of",
            because=f"of its {counts['traces']} traces none is judged correct or incorrect",
            remedy=f"corollary grade {run_dir}",
        )


def _export(
    store: Store,
    pairs: list[PreferencePair],
    settings: PairSettings,
    *,
    toolkit: str,
    skipped: dict[str, int],
    folder: Path,
) -> None:
    from corollary_datagen.export import export_dataset
    from corollary_datagen.manifest import build_manifest

    parts: dict[str, Sequence[PreferencePair]] = {"train": pairs}
    manifest = build_manifest(store, parts, settings, toolkit=toolkit, skipped=skipped)
    export_dataset(parts, folder, manifest)
