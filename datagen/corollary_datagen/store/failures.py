"""SQLite's and the disk's failures on a run's files, as errors for people.

Guarantees what, because and a next step for each; bugs of the caller pass as they are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corollary_datagen.store.schema import APPLICATION, VERSION
from corollary_tools.errors import CorollaryError

_FULL = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_TRUNCATE", "SQLITE_IOERR_FSYNC")
_LOCKLESS = ("SQLITE_PROTOCOL", "SQLITE_IOERR_LOCK", "SQLITE_IOERR_SHM", "SQLITE_IOERR_UNLOCK")
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's failures on `path` into errors for people; anything else passes."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise  # Bugs of the caller: a row that breaks the tables' rules, a store that was closed.
    except sqlite3.DatabaseError as error:
        raise _told(path, error) from error


def missing(path: Path) -> CorollaryError:
    """The error of reading where no run is."""
    return CorollaryError(
        f"there is no run in {path.parent}",
        because=f"{path.name} is not there",
        remedy="give the directory that `corollary rollout` wrote, or start one there",
    )


def foreign(path: Path, application: int, version: int) -> CorollaryError:
    """The error of a database of something else, or of a version that is not known here."""
    if application == APPLICATION:
        return CorollaryError(
            f"{path} is of another version",
            because=f"its tables are of version {version}, and this program reads up to {VERSION}",
            remedy="use the version of Corollary that wrote it, or another run directory",
        )
    return CorollaryError(
        f"{path} is not a run of Corollary",
        because="it is a database that something else wrote",
        remedy="give another run directory; this file was left as it is",
    )


def unlockable(path: Path, error: Exception) -> CorollaryError:
    """The error of a filesystem without locks: two writers could not be told apart."""
    return CorollaryError(
        f"cannot lock {path}",
        because=f"{error}; network and some shared filesystems have no file locks",
        remedy="put the run on a local disk, and copy it over when it is done",
        exit_code=3,
    )


def unusable(path: Path, error: Exception) -> CorollaryError:
    """The error of a path that cannot be opened or written."""
    return CorollaryError(
        f"cannot use {path}",
        because=str(error),
        remedy="check that the directory is there and that you may write to it",
        exit_code=3,
    )


def damaged(path: Path, reason: str) -> CorollaryError:
    """The error of a file with broken pages, or of a record that does not read."""
    check = f'sqlite3 {path} "PRAGMA integrity_check"'
    return CorollaryError(
        f"{path} cannot be read",
        because=f"{reason}: the file is damaged or something else wrote it",
        remedy=f"look: {check}; save what is left: sqlite3 {path} .recover; or use another run",
    )


def _told(path: Path, error: sqlite3.DatabaseError) -> CorollaryError:
    name = getattr(error, "sqlite_errorname", "")
    reason = str(error)
    if name.startswith(_DAMAGED) or "malformed" in reason:
        return damaged(path, reason)
    if name.startswith(_LOCKLESS):
        return unlockable(path, error)
    if name.startswith(_FULL):
        return CorollaryError(
            f"could not write to {path}",
            because=f"{reason}; everything reported as stored is still there",
            remedy=f"free some space on the disk of {path.parent}, then run the same command again",
            exit_code=3,
        )
    return unusable(path, error)
