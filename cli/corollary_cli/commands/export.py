"""`corollary export`: a student as a folder that other programs load."""

from __future__ import annotations

from pathlib import Path

import click

from corollary_cli.console import Output
from corollary_cli.options import json_option
from corollary_cli.stage import StageCommand, pass_output

EXAMPLE = "corollary export runs/student --out exported"


@click.command(cls=StageCommand, example=EXAMPLE)
@click.argument("student")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="New folder."
)
@click.option(
    "--adapter", type=click.Path(path_type=Path), metavar="DIR", help="LoRA adapter to merge in."
)
@json_option
@pass_output
def command(output: Output, *, student: str, out: Path, adapter: Path | None, as_json: bool) -> int:
    """Write STUDENT with merged weights, template and serving recipe; test it by a tool call.

    STUDENT is starter or the folder of a checkpoint. Weights are read from safetensors only, and
    no code of a checkpoint is run.
    """
    from corollary_agent.models.load import STUDENTS, student_path
    from corollary_tools.toolkit import load_toolkit
    from corollary_training.student_export import SERVE, export_student

    path = student_path(student) if student in STUDENTS else Path(student.removeprefix("local:"))
    with load_toolkit("arithmetic") as toolkit, output.own_stdout():
        done = export_student(path, out, tools=toolkit.schemas(), adapter=adapter)
    if as_json:
        output.json(
            "corollary.export/1",
            {"student": str(done.folder), "call_form": done.call_form, "call": done.call},
        )
    else:
        output.result(str(done.folder))
        output.note(f"loaded again, it called {done.call}; {done.folder / SERVE} says how to serve")
    output.next_step(f"corollary serve --model local:{done.folder}")
    return 0
