"""`corollary chat`: an interactive session that shows each step while it happens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from corollary_cli.console import Output
from corollary_cli.options import model_option, toolkit_option
from corollary_cli.stage import StageCommand, pass_output

if TYPE_CHECKING:
    from corollary_cli.chat.session import Session

EXAMPLE = """\
corollary chat --model expert
corollary chat --session homework --approve
corollary chat --model expert --compare starter"""


@click.command(cls=StageCommand, example=EXAMPLE)
@model_option
@click.option("--compare", metavar="SPEC", help="A second model, answers side by side.")
@click.option("--approve", is_flag=True, help="Ask before each call: run, edit or refuse it.")
@click.option("--session", "name", metavar="NAME", help="Go on in this session, or begin it.")
@click.option(
    "-o",
    "--run",
    "run_dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Store what is solved, and your edits as pairs, as a run.",
)
@click.option("--plain", is_flag=True, help="Show mathematics as it was sent.")
@toolkit_option
@pass_output
def command(
    output: Output,
    *,
    model: str | None,
    compare: str | None,
    approve: bool,
    name: str | None,
    run_dir: Path | None,
    plain: bool,
    toolkit: str,
) -> None:
    """Solve problem after problem, each step shown.

    Enter sends, Alt-Enter makes a new line, Ctrl-C stops the step, Ctrl-D leaves; /help lists the
    slash words. Without a terminal, each line of stdin is a problem.
    """
    from corollary_cli.chat.opening import opened_session
    from corollary_cli.chat.reading import is_interactive
    from corollary_cli.chat.words import needs_terminal

    if approve and not is_interactive():
        raise needs_terminal()
    with opened_session(output, model=model, toolkit=toolkit, name=name) as session:
        session.approve, session.run_dir = approve, run_dir
        session.pretty = session.pretty and not plain
        if compare is not None:
            session.models.load(compare)
            session.rival = compare
        _talk(session)


def _talk(session: Session) -> None:
    from corollary_cli.chat.loop import run_session
    from corollary_cli.chat.opening import build_completer, greet
    from corollary_cli.chat.reading import is_interactive, read_lines

    greet(session)
    completer = build_completer(session) if is_interactive() else None
    run_session(session, read_lines(session, completer))
    if session.journal.is_open:
        session.output.note(f"to go on: corollary chat --session {session.journal.name}")
