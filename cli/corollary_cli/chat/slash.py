"""The slash words of the chat: a table of names, each with one line of help and one function.

Guarantees that a word that is not one is an error with the nearest name and never reaches the
model. Does not read input; what the words do to a session stands in `words` and `sessions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from corollary_cli.chat import sessions, words
from corollary_cli.chat.session import Session
from corollary_cli.failures import explain
from corollary_tools.errors import CorollaryError


@dataclass(frozen=True, slots=True)
class Slash:
    """One word: how it is written, what it does in a line, its function, what may follow it."""

    form: str
    help: str
    run: Callable[[Session, str], None]
    offers: Callable[[Session], Iterable[str]] | None = None


def run_slash(session: Session, line: str) -> None:
    """Run a line that begins with a slash; say what was wrong where it cannot be done."""
    word, _, argument = line[1:].partition(" ")
    try:
        if word == "help":
            show_help(session)
        else:
            find_slash(word).run(session, argument.strip())
    except KeyboardInterrupt:
        session.output.note("  stopped")
    except (CorollaryError, OSError) as error:
        tell_error(session, error)


def tell_error(session: Session, error: Exception) -> None:
    """Say what could not be done, in three lines; raise what is a bug."""
    known = explain(error)
    if known is None:
        raise error
    session.output.note(f"  error: {known.what}\n    because {known.because}")
    session.output.note(f"    try: {known.remedy}")


def find_slash(word: str) -> Slash:
    """Return the slash word; raise CorollaryError with the nearest one."""
    if word in SLASHES:
        return SLASHES[word]
    close = get_close_matches(word, SLASHES, n=1)
    raise CorollaryError(
        f"there is no /{word}" + (f". Did you mean /{close[0]}?" if close else ""),
        because="a line that begins with / is for the chat, not for the model",
        remedy="/help",
    )


def show_help(session: Session) -> None:
    """List the words."""
    width = max(len(slash.form) for slash in SLASHES.values())
    for slash in dict.fromkeys(SLASHES.values()):
        session.output.note(f"  {slash.form:<{width}}  {slash.help}")


def _nothing(session: Session, _: str) -> None:
    show_help(session)


_SHOW = Slash("/trace, /show", "the last run in full, as it was sent", words.show_last)
SLASHES = {
    "help": Slash("/help", "this list", _nothing),
    "continue": Slash("/continue", "go on with a stopped run; so does Enter", words.go_on_now),
    "retry": Slash(
        "/retry [--model SPEC]", "the last problem again", words.retry, words.retry_offers
    ),
    "undo": Slash("/undo", "take the last problem back", words.undo),
    "trace": _SHOW,
    "show": _SHOW,
    "model": Slash("/model [SPEC]", "show the model or change it", words.model, words.model_offers),
    "compare": Slash(
        "/compare [SPEC|off]",
        "ask a second model too, side by side",
        words.compare,
        words.compare_offers,
    ),
    "approve": Slash(
        "/approve [on|off]", "be asked before each call", words.approve, words.switch_offers
    ),
    "plain": Slash(
        "/plain [on|off]", "mathematics as it was sent", words.plain, words.switch_offers
    ),
    "tools": Slash("/tools [NAME]", "the tools, or one in detail", words.tools, words.tool_offers),
    "sessions": Slash(
        "/sessions [NAME]",
        "the sessions there are, or go to one",
        sessions.go_to_session,
        sessions.session_offers,
    ),
    "new": Slash("/new [NAME]", "begin a new session", sessions.begin_session),
    "save": Slash("/save FILE|DIR", "write the session as .md, .json or a run", words.save),
    "quit": Slash("/quit", "leave; so does Ctrl-D", words.leave),
}
