"""Texts that many rows share, kept once: the long messages that traces begin with, tool schemas.

A text is known by the hash of its body, so that writing it again changes nothing. Guarantees that
what was parted comes back equal, and memory that does not grow with the number of texts.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from typing import Final

from corollary_agent.trace import Message

_LONG: Final = 200
"""A message shorter than this many characters of JSON is not worth a reference."""

_REMEMBERED: Final = 512
"""How many texts are held in memory at most."""


class Texts:
    """The texts and schemas of one open file. Writes only inside the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._written: set[str] = set()
        self._read: dict[str, str] = {}
        self._schemas: dict[int, tuple[dict[str, object], ...]] = {}
        self._latest: tuple[Sequence[object], int] | None = None

    def keep(self, bodies: Sequence[str]) -> str:
        """Keep texts and return their hashes as a JSON array."""
        return json.dumps([self._keep(body) for body in bodies])

    def messages(self, head: str) -> list[Message]:
        """The messages behind a JSON array of hashes; each call makes them anew."""
        return [json.loads(self._body(key)) for key in json.loads(head)] if head != "[]" else []

    def keep_schemas(self, tools: Sequence[object]) -> int:
        """Keep a row's tool schemas and return their number."""
        if self._latest is None or self._latest[0] is not tools:  # Rows mostly share one object.
            body = (json.dumps(tools),)
            self._connection.execute("INSERT OR IGNORE INTO schemas (body) VALUES (?)", body)
            query = "SELECT number FROM schemas WHERE body = ?"
            self._latest = (tools, self._connection.execute(query, body).fetchone()[0])
        return self._latest[1]

    def schemas(self, number: int) -> tuple[dict[str, object], ...]:
        """The tool schemas of a number: one copy for all rows."""
        if number not in self._schemas:
            query = "SELECT body FROM schemas WHERE number = ?"
            (body,) = self._connection.execute(query, (number,)).fetchone()
            self._schemas[number] = tuple(json.loads(body))
        return self._schemas[number]

    def forget(self) -> None:
        """Forget what was written: a transaction was rolled back, and it may not be there."""
        self._written.clear()
        self._latest = None

    def _keep(self, body: str) -> str:
        key = hashlib.sha256(body.encode()).hexdigest()[:32]
        if key not in self._written:
            row = (key, body)
            self._connection.execute("INSERT OR IGNORE INTO texts (hash, body) VALUES (?, ?)", row)
            _bound(self._written)
            self._written.add(key)
        return key

    def _body(self, key: str) -> str:
        if key not in self._read:
            query = "SELECT body FROM texts WHERE hash = ?"
            found = self._connection.execute(query, (key,)).fetchone()
            if found is None:
                raise sqlite3.DatabaseError(f"malformed: text {key} is missing")
            _bound(self._read)
            self._read[key] = found[0]
        return self._read[key]


def part(messages: Sequence[Message]) -> tuple[list[str], tuple[Message, ...]]:
    """The long system and user messages that `messages` begin with, as JSON, and the rest."""
    heads: list[str] = []
    for message in messages:
        if message.get("role") not in ("system", "user"):
            break
        body = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
        if len(body) < _LONG:
            break
        heads.append(body)
    return heads, tuple(messages[len(heads) :])


def _bound(kept: dict[str, str] | set[str]) -> None:
    """Start anew when a memory is full; what repeats is soon there again."""
    if len(kept) >= _REMEMBERED:
        kept.clear()
