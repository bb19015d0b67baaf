"""The slash words of the chat: a table of names, each with one line of help and one function.

Guarantees that a word that is not one is an error with the nearest name and never reaches the
model. Does not read input.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from corollary_cli.chat.saving import save_session
from corollary_cli.chat.session import Session
from corollary_cli.chat.showing import show_trace
from corollary_cli.failures import explain
from corollary_cli.tool_text import describe, find_tool, first_sentence, signature
from corollary_tools.errors import CorollaryError


@dataclass(frozen=True, slots=True)
class Slash:
    """One word: how it is written, what it does in a line, and its function."""

    form: str
    help: str
    run: Callable[[Session, str], None]


def run_slash(session: Session, line: str) -> None:
    """Run a line that begins with a slash; say what was wrong where it cannot be done."""
    word, _, argument = line[1:].partition(" ")
    try:
        find_slash(word).run(session, argument.strip())
    except (CorollaryError, OSError) as error:
        known = explain(error)
        if known is None:
            raise
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


def _help(session: Session, _: str) -> None:
    width = max(len(slash.form) for slash in SLASHES.values())
    for slash in dict.fromkeys(SLASHES.values()):
        session.output.note(f"  {slash.form:<{width}}  {slash.help}")


def _tools(session: Session, name: str) -> None:
    kit = session.solver.toolkit
    if name:
        session.output.note(describe(find_tool(kit, name)))
        return
    width = max(len(signature(tool)) for tool in kit.tools)
    for tool in kit.tools:
        session.output.note(f"  {signature(tool):<{width}}  {first_sentence(tool.description)}")


def _model(session: Session, spec: str) -> None:
    if spec:
        session.change_model(spec)
    session.output.note(f"  model {session.solver.spec}")


def _trace(session: Session, _: str) -> None:
    show_trace(session.output, session.last_turn())


def _save(session: Session, name: str) -> None:
    if not name:
        raise CorollaryError(
            "/save needs a file name", because="nothing was named", remedy="/save session.md"
        )
    path = Path(name).expanduser()
    save_session(session, path)
    count = len(session.turns)
    session.output.note(f"  saved {count} problem{'' if count == 1 else 's'} in {path}")


def _new(session: Session, _: str) -> None:
    session.turns.clear()
    session.output.note("  forgotten")


def _quit(session: Session, _: str) -> None:
    session.over = True


_SHOW = Slash("/trace, /show", "the last run in full, as it was sent", _trace)
SLASHES = {
    "help": Slash("/help", "this list", _help),
    "tools": Slash("/tools [NAME]", "the tools, or one in detail", _tools),
    "model": Slash("/model [SPEC]", "show the model or change it", _model),
    "trace": _SHOW,
    "show": _SHOW,
    "save": Slash("/save FILE", "write the session as .md or .json", _save),
    "new": Slash("/new", "forget the problems so far", _new),
    "quit": Slash("/quit", "leave; so does Ctrl-D", _quit),
}
