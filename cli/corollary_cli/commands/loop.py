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
@click.option("--gate", is_flag=True, help="End with the gate's code: 0 go, 1 no-go, 3 unclear.")
@dry_option
@json_option
@pass_output
def command(
    output: Output,
    *,
    recipe: str,
    data: Path | None,
    run_dir: Path | None,
    gate: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Run a recipe: teacher, pairs, training, evaluation, gate.

    RECIPE is a TOML file or the name of a shipped one. The same command goes on where it was
    stopped.
    """
    from corollary_cli.looping import describe, show_result, show_solved, shown_stages
    from corollary_training.recipe import load_recipe

    loaded = load_recipe(recipe)
    folder = run_dir or Path("runs", loaded.name)
    if dry_run:
        output.result(describe(loaded, folder, data))
        return 0
    from corollary_training.loop import run_loop

    with output.own_stdout(), shown_stages(output) as stages:
        result = run_loop(loaded, run_dir=folder, data=data, listener=stages.see)
    if as_json:
        output.json("corollary.loop/1", result.model_dump(mode="json"))
    else:
        show_result(output, result)
        show_solved(output, loaded, folder, data)
    output.note(f"kept in {folder}, the student in {result.student}")
    output.next_step(f"corollary report {folder}")
    return _gate_code(folder) if gate else 0


def _gate_code(folder: Path) -> int:
    from corollary_training.loop_result import load_comparison

    return load_comparison(folder).decision.exit_code
