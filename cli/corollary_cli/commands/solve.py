"""`corollary solve`: one problem, typed or from a source, solved step by step with a verdict.

The answer goes to stdout, steps and verdict to stderr. Exit code 0 where there is an answer, 1
where it is refuted, 3 where there is none.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from corollary_cli.console import Output
from corollary_cli.hosting import Hosting, hosted_options
from corollary_cli.options import json_option, model_option, source_options, toolkit_option
from corollary_cli.stage import StageCommand, pass_output
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_agent.problem import Problem

EXAMPLE = """\
corollary solve "Bob is kind. If someone is kind then they are nice. Is Bob nice?"
corollary solve --source generated:theories --id 3 --model expert"""


@click.command(cls=StageCommand, example=EXAMPLE)
@click.argument("text", required=False)
@model_option
@toolkit_option
@source_options(split="train")
@click.option("--id", "identity", metavar="ID", help="A problem of the source; default: the first.")
@hosted_options
@json_option
@pass_output
def command(
    output: Output,
    *,
    text: str | None,
    model: str | None,
    toolkit: str,
    source: str | None,
    split: str,
    data: Path | None,
    identity: str | None,
    hosting: Hosting,
    as_json: bool,
) -> int:
    """Solve one problem: TEXT, - for stdin, or one of a source."""
    problem = _typed(text) if source is None else _stored(source, split, data, identity)
    from corollary_cli.chat.answering import answer_turn
    from corollary_cli.chat.following import Following
    from corollary_cli.solver import default_spec, opened_solver

    spec = model or default_spec(output)
    with opened_solver(spec, toolkit, output, hosting) as solver:
        if source is not None:
            output.note(f"{problem.text}\n")
        turn = answer_turn(solver, problem, Following(output), as_json=as_json)
    if as_json:
        output.json("corollary.solve/1", turn.body())
    return turn.exit_code


def _typed(text: str | None) -> Problem:
    from corollary_agent.problem_text import read_problem

    if text is None:
        raise CorollaryError(
            "there is no problem to solve",
            because="neither TEXT nor --source was given",
            remedy='corollary solve "2 + 3", or corollary solve - < problem.txt',
        )
    return read_problem(sys.stdin.read() if text == "-" else text)


def _stored(source: str, split: str, data: Path | None, identity: str | None) -> Problem:
    from corollary_cli.problems import find_problem

    return find_problem(source, split=split, data=data, identity=identity)
