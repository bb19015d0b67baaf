"""A session on disk: a folder with what was asked, what came of it, and the states of open runs.

Guarantees that each line is on the disk before anything else happens, so that a killed session is
found again; that a line cut by a kill is passed over; and that a session is open in one place only.
The folder is made when the first problem is asked. Does not judge or show anything.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from corollary_cli.places import state_dir
from corollary_tools.errors import CorollaryError

_NAME = re.compile(r"[\w][\w.-]{0,63}")
_TURNS = "turns.jsonl"


@dataclass(frozen=True, slots=True)
class Row:
    """What a list says of a session. used: when, in seconds since 1970."""

    name: str
    problems: int
    used: float
    last: str


@dataclass(slots=True)
class Journal:
    """One session's folder. name: None keeps nothing."""

    name: str | None
    _lock: IO[str] | None = field(default=None, repr=False)

    @property
    def folder(self) -> Path | None:
        """Where the session is kept, if it is."""
        return None if self.name is None else sessions_dir() / self.name

    @property
    def states(self) -> Path | None:
        """The file of the open run's states."""
        return None if self.folder is None else self.folder / "states.sqlite"

    @property
    def is_open(self) -> bool:
        """Whether this process holds the session."""
        return self._lock is not None

    def open(self) -> None:
        """Make the folder and hold it. Raises CorollaryError where another process does."""
        from corollary_datagen.store.database import lock_writer

        if self.folder is None or self._lock is not None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._lock = lock_writer(self.folder / "lock")
        except CorollaryError as error:
            raise CorollaryError(
                f"session {self.name} is open elsewhere",
                because=error.because,
                remedy="another --session NAME, or leave the other window",
            ) from None

    def add(self, row: dict[str, Any]) -> None:
        """Write one line and see it on the disk."""
        if self.folder is None:
            return
        self.open()
        with (self.folder / _TURNS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def rows(self) -> Iterator[dict[str, Any]]:
        """What was written, in order."""
        if self.folder is not None:
            yield from _rows(self.folder)

    def close(self) -> None:
        """Let go of the session."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def sessions_dir() -> Path:
    """The folder of all sessions."""
    return state_dir() / "sessions"


def check_name(name: str) -> str:
    """Return a session's name; raise CorollaryError where it cannot be a folder's."""
    if _NAME.fullmatch(name):
        return name
    raise CorollaryError(
        f"{name!r} cannot be the name of a session",
        because="a name has letters, digits, - _ . and at most 64 of them",
        remedy="--session homework-3",
    )


def fresh_name() -> str:
    """A name of today that no session has."""
    base = time.strftime("%Y-%m-%d-%H%M")
    taken = {row.name for row in list_sessions()}
    later = (f"{base}-{number}" for number in range(2, 10_000))
    return next(name for name in (base, *later) if name not in taken)


def list_sessions() -> list[Row]:
    """The sessions with problems in them, the last used first."""
    folders = sessions_dir().iterdir() if sessions_dir().is_dir() else ()
    rows = (_row(folder) for folder in folders if (folder / _TURNS).is_file())
    return sorted((row for row in rows if row.problems), key=lambda row: -row.used)


def _row(folder: Path) -> Row:
    asked: dict[int, str] = {}
    for row in _rows(folder):
        if "problem" in row:
            asked[row["turn"]] = row["text"]
        elif row.get("undone"):
            asked.pop(row["turn"], None)
    last = next(reversed(asked.values()), "")
    return Row(folder.name, len(asked), (folder / _TURNS).stat().st_mtime, last)


def _rows(folder: Path) -> Iterator[dict[str, Any]]:
    file = folder / _TURNS
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    for line in text.splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue  # cut by a kill
        if isinstance(row, dict) and isinstance(row.get("turn"), int):
            yield row
