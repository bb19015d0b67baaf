"""`corollary chat`: an interactive session that shows each step while it happens."""

from __future__ import annotations

import click

from corollary_cli.console import Output
from corollary_cli.options import model_option, toolkit_option
from corollary_cli.stage import StageCommand, pass_output


@click.command(cls=StageCommand, example="corollary chat --model expert")
@model_option
@toolkit_option
@pass_output
def command(output: Output, *, model: str | None, toolkit: str) -> None:
    """Solve problem after problem, each step shown.

    Enter sends, Alt-Enter makes a new line, Ctrl-C stops the step, Ctrl-D leaves; /help lists the
    slash words. Without a terminal, each line of stdin is a problem.
    """
    from corollary_cli.chat.reading import read_lines
    from corollary_cli.chat.session import Session, run_session
    from corollary_cli.chat.slash import SLASHES, run_slash
    from corollary_cli.solver import default_spec, opened_solver

    spec = model or default_spec(output)
    with opened_solver(spec, toolkit, output) as solver:
        session = Session(solver, output)
        dot = output.glyphs.dot
        count = len(solver.toolkit.tools)
        output.note(f"corollary chat {dot} {spec} {dot} {count} tools")
        output.note("Enter sends, Alt-Enter new line, Ctrl-C stops, /help for commands.\n")
        words = {word: slash.help for word, slash in SLASHES.items()}
        run_session(session, read_lines(output, words), run_slash)
