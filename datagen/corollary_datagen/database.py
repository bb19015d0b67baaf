"""One SQLite file with one writer: how it is opened, locked, and how its failures are told.

Guarantees that a second writer is refused with the first one's process id, that what was committed
survives a kill of the process (a power cut may take the last rows, never the file), and that a
damaged, foreign or full file becomes a CorollaryError. Knows no records.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from corollary_datagen.schema import APPLICATION, SCHEMA, VERSION
from corollary_tools.errors import CorollaryError

_FULL = ("database or disk is full", "disk I/O error")


def open_database(path: Path, *, write: bool) -> sqlite3.Connection:
    """Open the file, making its tables where it is new; CorollaryError where it is not ours."""
    with explained(path):
        connection = _connect(path, write=write)
        try:
            _check(connection, path, write=write)
        except BaseException:
            connection.close()
            raise
        return connection


def lock_writer(path: Path) -> IO[str]:
    """Take the writer's lock on `path`, held until the returned file is closed."""
    try:
        handle = path.open("a+")
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.seek(0)
        owner = handle.read().strip() or "unknown"
        handle.close()
        raise CorollaryError(
            f"another process is writing to {path.parent}",
            because=f"process {owner} holds {path.name}, and a run has one writer",
            remedy=f"wait for process {owner} to end, or use another run directory",
        ) from None
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn SQLite's failures on `path` into errors for people; anything else passes."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise  # Bugs of the caller: a row that breaks the tables' rules, a store that was closed.
    except sqlite3.DatabaseError as error:
        raise _told(path, error) from error


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit everything inside at once, or nothing where it raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _connect(path: Path, *, write: bool) -> sqlite3.Connection:
    if not write and not path.is_file():
        raise CorollaryError(
            f"there is no run in {path.parent}",
            because=f"{path.name} is not there",
            remedy="give the directory that `corollary rollout` wrote, or start one there",
        )
    mode = "rwc" if write else "ro"
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    # The isolation level None leaves every transaction to `transaction` above.
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)


def _check(connection: sqlite3.Connection, path: Path, *, write: bool) -> None:
    application, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("application_id", "user_version")
    )
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if write and (application, version, tables) == (0, 0, 0):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
    elif application != APPLICATION or version != VERSION:
        raise _foreign(path, application, version)
    if write:
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")


def _foreign(path: Path, application: int, version: int) -> CorollaryError:
    if application == APPLICATION:
        because = f"its tables are of version {version}, and this program reads version {VERSION}"
        return CorollaryError(
            f"{path} is of another version",
            because=because,
            remedy="use the version of Corollary that wrote it, or another run directory",
        )
    return CorollaryError(
        f"{path} is not a run of Corollary",
        because="it is a database that something else wrote",
        remedy="give another run directory; this file was left as it is",
    )


def _told(path: Path, error: sqlite3.DatabaseError) -> CorollaryError:
    reason = str(error)
    if any(words in reason for words in _FULL):
        return CorollaryError(
            f"could not write to {path}",
            because=f"{reason}; everything reported as stored is still there",
            remedy=f"free some space on the disk of {path.parent}, then run the same command again",
            exit_code=3,
        )
    if "not a database" in reason or "malformed" in reason:
        return CorollaryError(
            f"{path} cannot be read",
            because=f"{reason}: the file is damaged or something else wrote it",
            remedy=f"save what is left: sqlite3 {path} .recover; or use another run directory",
        )
    return _unusable(path, error)


def _unusable(path: Path, error: Exception) -> CorollaryError:
    return CorollaryError(
        f"cannot use {path}",
        because=str(error),
        remedy="check that the directory is there and that you may write to it",
        exit_code=3,
    )
