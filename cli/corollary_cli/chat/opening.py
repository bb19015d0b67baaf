"""How a chat begins: model, tools and session put together, two lines of welcome.

Guarantees that nothing is asked and nothing is written before the first problem; that a pipe's
session is kept only where it has a name. Does not read lines.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from corollary_cli.chat.journal import Journal, check_name, fresh_name
from corollary_cli.chat.models import Models
from corollary_cli.chat.reading import is_interactive
from corollary_cli.chat.session import Session
from corollary_cli.chat.sessions import tell_where
from corollary_cli.chat.slash import SLASHES
from corollary_cli.console import Output, is_terminal, is_unicode
from corollary_cli.solver import default_spec, start_tools

if TYPE_CHECKING:
    from prompt_toolkit.completion import Completer


@contextmanager
def opened_session(
    output: Output, *, model: str | None, toolkit: str, name: str | None
) -> Iterator[Session]:
    """Open tools, model and session, and close them again. Raises CorollaryError."""
    from corollary_tools.toolkit import load_toolkit

    chosen = check_name(name) if name is not None else fresh_name() if is_interactive() else None
    spec = model or last_model(Journal(chosen)) or default_spec(output)
    with load_toolkit(toolkit) as kit:
        session = Session(output, Models(kit, output), spec, Journal(None), pretty=is_pretty())
        with closing(session):
            if is_interactive():
                start_tools(kit)
            session.models.load(spec)
            session.enter(Journal(chosen), named=name is not None)
            yield session


def last_model(journal: Journal) -> str | None:
    """The model that a session was last asked with, if it was."""
    asked = [str(row["model"]) for row in journal.rows() if "problem" in row]
    return asked[-1] if asked else None


def is_pretty() -> bool:
    """Whether the terminal can show mathematics: a person's, not a dumb one, with unicode."""
    shows = is_unicode(sys.stderr) and os.environ.get("TERM") != "dumb"
    return shows and is_terminal(sys.stderr)


def greet(session: Session) -> None:
    """Say in two lines what this is and how to use it; then what is in the session."""
    output, dot = session.output, f" {session.output.glyphs.dot} "
    parts = ["corollary chat", session.spec, f"{len(session.models.toolkit.tools)} tools"]
    parts += [f"against {session.rival}"] if session.rival else []
    parts += ["calls wait for you"] if session.approve else []
    parts += [f"session {session.journal.name}"] if session.named else []
    output.note(dot.join(parts))
    output.note("Enter sends, Alt-Enter new line, Ctrl-C stops, /help for commands.\n")
    if session.turns or session.asked:
        tell_where(session)
        output.note()


def build_completer(session: Session) -> Completer:
    """What the prompt completes: the slash words and what may follow them."""
    from corollary_cli.chat.completing import SlashCompleter

    offers = {
        word: lambda offer=slash.offers: offer(session)
        for word, slash in SLASHES.items()
        if slash.offers
    }
    return SlashCompleter({word: slash.help for word, slash in SLASHES.items()}, offers)
