"""`corollary loop`: a whole recipe, from problems to the gate."""

from __future__ import annotations

from pathlib import Path

import click

from corollary_cli.console import Output
from corollary_cli.options import data_option, dry_option, json_option, run_option
from corollary_cli.stage import StageCommand, pass_output


@click.command(cls=StageCommand, example="corollary loop demo")
@click.argument("recipe")
@data_option
@run_option
@dry_option
@json_option
@pass_output
def command(
    output: Output,
    *,
    recipe: str,
    data: Path | None,
    run_dir: Path | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Run a recipe: teacher, pairs, training, evaluation, gate.

    RECIPE is a TOML file or the name of a shipped one. The same command goes on where it was
    stopped. Exit code 0 go, 1 no-go, 3 could not tell.
    """
    from corollary_cli.looping import describe, run_recipe, show_result
    from corollary_training.recipe import load_recipe

    loaded = load_recipe(recipe)
    folder = run_dir or Path("runs", loaded.name)
    if dry_run:
        output.result(describe(loaded, folder))
        return 0
    result = run_recipe(loaded, folder, data=data, output=output)
    if as_json:
        output.json("corollary.loop/1", result.model_dump(mode="json"))
    else:
        show_result(output, result)
    output.next_step(f"corollary report {folder}")
    return 0
