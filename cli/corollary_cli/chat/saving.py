"""A session on disk: Markdown for people, JSON for programs, by the file's ending.

Guarantees that foreign text stands in fenced blocks, where Markdown leaves mathematics alone, and
that JSON holds the whole traces. Does not overwrite half: the file is written in one go.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from corollary_cli.chat.session import Session
from corollary_cli.chat.showing import step_lines
from corollary_cli.chat.turn import Turn
from corollary_cli.plain import printable
from corollary_tools.errors import CorollaryError


def save_session(session: Session, path: Path) -> None:
    """Write the session's problems to `path`, .md or .json. Raises CorollaryError, OSError."""
    if path.suffix == ".json":
        text = json.dumps(session_body(session), indent=1) + "\n"
    elif path.suffix == ".md":
        text = "\n".join(_markdown(turn) for turn in session.turns)
    else:
        raise CorollaryError(
            f"cannot save as {path.name}",
            because="the ending says the form, and it is neither .md nor .json",
            remedy="/save session.md",
        )
    path.write_text(text, encoding="utf-8")


def session_body(session: Session) -> dict[str, object]:
    """The session as one JSON document."""
    turns = [turn.body() for turn in session.turns]
    return {"schema": "corollary.chat/1", "model": session.spec, "turns": turns}


def _markdown(turn: Turn) -> str:
    steps = [line for step in turn.trace.steps for line in step_lines(step)]
    answer = turn.trace.answer.text if turn.trace.answer else f"none ({turn.trace.stop})"
    parts = [
        "## Problem\n",
        _fenced(turn.problem.text),
        f"Solved by `{turn.trace.model}`, trace {turn.trace.id}.\n",
        _fenced("\n".join(steps)),
        "Answer\n",
        _fenced(answer),
        f"{turn.judged.word}: {'; '.join(turn.judged.reasons)}\n",
    ]
    return "\n".join(parts)


def _fenced(text: str) -> str:
    """A fence longer than any run of backticks in the text."""
    inside = printable(text)
    longest = max((len(run) for run in re.findall(r"`+", inside)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{inside}\n{fence}\n"
