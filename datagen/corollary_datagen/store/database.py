"""One SQLite file with one writer: how it is opened, locked, and brought to this version.

Guarantees that a second writer is refused with the first one's process id, that what was committed
survives a kill of the process (a power cut may take the last rows, never the file), and that a file
of an older version is upgraded whole or left as it was. Knows no records; failures are told by
`failures`.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from corollary_datagen.store.failures import explained, foreign, missing, unlockable, unusable
from corollary_datagen.store.schema import APPLICATION, SCHEMA, SHOWN, UPGRADES, VERSION
from corollary_tools.errors import CorollaryError

__all__ = ["explained", "lock_writer", "open_database", "transaction"]

Lock = Callable[[IO[str], int], None]

_TAKEN = (errno.EWOULDBLOCK, errno.EACCES)
_WRITING = """
PRAGMA synchronous = NORMAL;
PRAGMA foreign_keys = ON;
PRAGMA cache_size = -65536;
PRAGMA wal_autocheckpoint = 8000;
PRAGMA journal_size_limit = 67108864;
"""


def open_database(path: Path, *, write: bool) -> sqlite3.Connection:
    """Open the file, making or upgrading its tables; CorollaryError where it is not ours.

    A file of an older version that may not be written is shown as one of this version.
    """
    with explained(path):
        connection = _connect(path, write=write)
        try:
            _check(connection, path, write=write)
        except BaseException:
            connection.close()
            raise
        return connection


def lock_writer(path: Path, lock: Lock = fcntl.flock) -> IO[str]:
    """Take the writer's lock on `path`, held until the returned file is closed.

    lock: takes a file's lock or raises OSError, as `fcntl.flock` does.
    """
    try:
        handle = path.open("a+")
    except OSError as error:
        raise unusable(path, error) from error
    try:
        lock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        told = _refused(path, handle, error)
        handle.close()
        raise told from None
    try:
        _sign(handle.fileno())
    except OSError as error:
        handle.close()
        raise unusable(path, error) from error
    return handle


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


def _sign(file: int) -> None:
    """Write this process's id into the lock's file, for whoever is refused."""
    if os.fstat(file).st_size:
        os.ftruncate(file, 0)
    os.write(file, str(os.getpid()).encode())


def _refused(path: Path, handle: IO[str], error: OSError) -> CorollaryError:
    if error.errno not in _TAKEN:
        return unlockable(path, error)
    handle.seek(0)
    owner = handle.read().strip() or "unknown"
    return CorollaryError(
        f"another process is writing to {path.parent}",
        because=f"process {owner} holds {path.name}, and a run has one writer",
        remedy=f"wait for process {owner} to end, or use another run directory",
    )


def _connect(path: Path, *, write: bool) -> sqlite3.Connection:
    if not write and not path.is_file():
        raise missing(path)
    mode = "rwc" if write else "ro"
    if not write and not _may_write_beside(path):
        mode = "ro&immutable=1"  # Nobody writes there, and no reader can make its -shm.
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    # The isolation level None leaves every transaction to `transaction` above.
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)


def _may_write_beside(path: Path) -> bool:
    beside = path.with_name(f"{path.name}-wal")
    return beside.exists() or os.access(path.parent, os.W_OK)


def _check(connection: sqlite3.Connection, path: Path, *, write: bool) -> None:
    application, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("application_id", "user_version")
    )
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if write and (application, version, tables) == (0, 0, 0):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT;")
    elif application != APPLICATION or (version != VERSION and version not in UPGRADES):
        raise foreign(path, application, version)
    elif version != VERSION:
        _upgrade(connection, version, write=write)
    if write:
        connection.executescript(_WRITING)


def _upgrade(connection: sqlite3.Connection, version: int, *, write: bool) -> None:
    """Bring a file to this version in one transaction, or show it as one of this version."""
    if write:
        with transaction(connection):
            for statement in _statements(UPGRADES[version]):
                connection.execute(statement)
    else:
        connection.executescript(f"PRAGMA temp_store = MEMORY; {SHOWN[version]}")


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: `executescript` would not roll back as a whole."""
    statement = ""
    for part in script.split(";")[:-1]:
        statement += part + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
