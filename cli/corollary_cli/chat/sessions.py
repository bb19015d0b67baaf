"""Going from session to session: list, begin, go to one, and what is said on arrival.

Guarantees that the session that is left stays as it is on disk. Does not solve anything.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable

from corollary_cli.chat.journal import Journal, check_name, fresh_name, list_sessions, sessions_dir
from corollary_cli.chat.session import Session
from corollary_cli.plain import one_line
from corollary_tools.errors import CorollaryError

_SHOWN = 3
_LISTED = 20


def go_to_session(session: Session, name: str) -> None:
    """List the sessions, or go on in one. Raises CorollaryError for a name that is none."""
    rows = list_sessions()
    if name:
        if name not in {row.name for row in rows}:
            raise CorollaryError(
                f"there is no session {name!r}",
                because=f"there are {', '.join(row.name for row in rows[:5]) or 'none yet'}",
                remedy=f"/new {name}",
            )
        session.enter(Journal(name), named=True)
        tell_where(session)
        return
    width = max((len(row.name) for row in rows), default=0)
    for row in rows[:_LISTED]:
        here = "*" if row.name == session.journal.name else " "
        problems = f"{row.problems} problem{'' if row.problems == 1 else 's'}"
        when = time.strftime("%d %b %H:%M", time.localtime(row.used))
        last = one_line(row.last, 40)
        session.output.note(f" {here}{row.name:<{width}}  {problems:>12}  {when}  {last}")
    if len(rows) > _LISTED:
        session.output.note(f"  ({len(rows) - _LISTED} older ones in {sessions_dir()})")
    if not rows:
        session.output.note("  no sessions yet: one is kept when its first problem is asked")


def begin_session(session: Session, name: str) -> None:
    """Begin a new session, under a name if one is given. Raises CorollaryError for a taken one."""
    if session.journal.name is None:
        session.enter(Journal(None), named=False)
        session.output.note("  forgotten")
        return
    if name and check_name(name) in {row.name for row in list_sessions()}:
        raise CorollaryError(
            f"there is a session {name!r} already",
            because="a new one needs a name of its own",
            remedy=f"/sessions {name} goes on in it",
        )
    session.enter(Journal(name or fresh_name()), named=bool(name))
    session.output.note(f"  new session {session.journal.name}; the other stays in /sessions")


def tell_where(session: Session) -> None:
    """Say what is in the session: its last problems, and whether a run is open."""
    output, room = session.output, min(70, shutil.get_terminal_size().columns - 7)
    left_out = len(session.turns) - _SHOWN
    if left_out > 0:
        output.note(f"  ({left_out} more before)")
    for turn in session.turns[-_SHOWN:]:
        answer = turn.trace.answer.text if turn.trace.answer else f"no answer ({turn.trace.stop})"
        output.note(f"  {output.glyphs.prompt} {one_line(turn.problem.text, room)}")
        output.note(f"      {one_line(answer, 60)}  ({turn.judged.word})")
    if session.asked is not None:
        output.note(f"  {output.glyphs.prompt} {one_line(session.asked.problem.text, room)}")
        output.note(f"      not finished by {session.asked.model}; Enter or /continue goes on")


def session_offers(_: Session) -> Iterable[str]:
    """The names of the sessions."""
    return [row.name for row in list_sessions()]
