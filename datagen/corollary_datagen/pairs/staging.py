"""Staging: rows that may be kept lie in a temporary file while rules over all of them are applied.

Guarantees bounded memory whatever the number of rows, the same choice whatever their order (a row's
rank, a hash of what it says, decides), and a file that is gone in the end, even after `kill -9`: it
has no name once it is open. Knows nothing of what the rows are.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corollary_datagen.pairs.near_duplicates import bands, similarity
from corollary_datagen.store.failures import explained

Trait = Literal["step_kind", "error_kind"]

_TABLES = """
CREATE TABLE rows (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    step_kind TEXT NOT NULL,
    error_kind TEXT NOT NULL,
    rank TEXT NOT NULL,
    signature BLOB NOT NULL,
    kept INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE bodies (number INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE bands (key INTEGER PRIMARY KEY, number INTEGER NOT NULL);
CREATE TEMP TABLE surplus (number INTEGER PRIMARY KEY);
"""
_SURPLUS = """
INSERT INTO surplus SELECT number FROM (
    SELECT number, row_number() OVER (PARTITION BY {trait} ORDER BY rank, number) AS place
    FROM rows WHERE kind = ? AND kept
) WHERE place > ?
"""


@dataclass(frozen=True, slots=True)
class StagedRow:
    """One row. The traits are counted; the rank decides between rows; body is the row itself."""

    kind: str
    rank: str
    body: str
    step_kind: str = ""
    error_kind: str = ""
    signature: bytes = b""


class Staging:
    """An open staging file.

    folder: where it lies; the system's folder for temporary files where there is none that may be
    written to.
    """

    def __init__(self, folder: Path | None = None) -> None:
        is_usable = folder is not None and os.access(folder, os.W_OK)
        place = folder if folder and is_usable else Path(tempfile.gettempdir())
        self._path = place / "pairs.staging"
        with explained(self._path):
            self._connection = _connect(place)

    def add(self, rows: Iterable[StagedRow]) -> None:
        """Add rows; they come out in the order in which they went in."""
        with explained(self._path):
            for row in rows:
                self._connection.execute(
                    "INSERT INTO rows (kind, step_kind, error_kind, rank, signature)"
                    " VALUES (?, ?, ?, ?, ?)",
                    (row.kind, row.step_kind, row.error_kind, row.rank, row.signature),
                )
                self._connection.execute("INSERT INTO bodies (body) VALUES (?)", (row.body,))

    def drop_alike(self, threshold: float) -> int:
        """Leave out each row whose signature is that similar to one kept before; return how many.

        Of a band's rows only the first is compared with, which holds the time linear and may leave
        a row that is like a later one.
        """
        dropped = 0
        with explained(self._path):
            query = "SELECT number, signature FROM rows WHERE kept ORDER BY rank, number"
            for number, signed in self._connection.execute(query):
                keys = list(bands(signed, threshold))
                if self._is_alike(signed, keys, threshold):
                    self._drop(number)
                    dropped += 1
                else:
                    self._occupy(number, keys)
        return dropped

    def limit(self, trait: Trait, factor: float, kind: str) -> dict[str, int]:
        """Keep, of `kind`, at most `factor` times the mean number of each value of `trait`.

        Return how many of each value were dropped.
        """
        total, values = self._one(
            f"SELECT count(*), count(DISTINCT {trait}) FROM rows WHERE kind = ? AND kept", kind
        )
        if not total:
            return {}
        with explained(self._path):
            most = max(1, int(factor * total / values))
            self._connection.execute(_SURPLUS.format(trait=trait), (kind, most))
            counted = f"SELECT {trait}, count(*) FROM rows JOIN surplus USING (number) GROUP BY 1"
            dropped: dict[str, int] = dict(self._connection.execute(counted))
            self._connection.execute(
                "UPDATE rows SET kept = 0 WHERE number IN (SELECT number FROM surplus)"
            )
            self._connection.execute("DELETE FROM surplus")
        return dropped

    def kinds(self) -> list[str]:
        """The kinds that there are rows of."""
        with explained(self._path):
            return [kind for (kind,) in self._connection.execute("SELECT DISTINCT kind FROM rows")]

    def bodies(self) -> Iterator[str]:
        """Read what is kept, in order."""
        query = "SELECT body FROM rows JOIN bodies USING (number) WHERE kept ORDER BY rows.number"
        with explained(self._path):
            for (body,) in self._connection.execute(query):
                yield body

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    def _is_alike(self, signed: bytes, keys: list[int], threshold: float) -> bool:
        places = ", ".join("?" * len(keys))
        where = f"number IN (SELECT number FROM bands WHERE key IN ({places}))"
        found = self._connection.execute(f"SELECT signature FROM rows WHERE {where}", keys)
        return any(similarity(signed, other) >= threshold for (other,) in found)

    def _occupy(self, number: int, keys: list[int]) -> None:
        rows = ((key, number) for key in keys)
        self._connection.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", rows)

    def _drop(self, number: int) -> None:
        self._connection.execute("UPDATE rows SET kept = 0 WHERE number = ?", (number,))

    def _one(self, query: str, *values: object) -> tuple[int, int]:
        with explained(self._path):
            first, second = self._connection.execute(query, values).fetchone()
        return first, second


def _connect(folder: Path) -> sqlite3.Connection:
    """A database in a file of `folder` that is unlinked as soon as it is open."""
    with tempfile.NamedTemporaryFile(
        prefix="pairs-", suffix=".staging", dir=folder, delete=False
    ) as file:
        path = Path(file.name)
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA cache_size = -65536")  # KiB
        connection.executescript(_TABLES)
        connection.execute("BEGIN")
    finally:
        with suppress(OSError):
            path.unlink()
    return connection
