"""Answers that were paid for, kept on the disk under the hash of all that they depend on.

Guarantees that an answer is on the disk before it is used, that a process killed at any moment
loses none and breaks nothing, and that several processes may share the file. Failures are never
kept: only what is put here is. Does not know how an answer was asked for.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage

from corollary_tools.errors import CorollaryError

_TABLE = (
    "CREATE TABLE IF NOT EXISTS answers"
    " (key TEXT PRIMARY KEY, model TEXT NOT NULL, made REAL NOT NULL, answer TEXT NOT NULL)"
)


class Answers:
    """The answers in one SQLite file, which is made when the first is looked for."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()
        self._opened: sqlite3.Connection | None = None

    def get(self, key: str) -> list[AIMessage] | None:
        """Return the messages (one a choice) kept under `key`. Raises CorollaryError."""
        rows = self._run("SELECT answer FROM answers WHERE key = ?", (key,))
        if not rows:
            return None
        try:
            return [AIMessage(**fields) for fields in json.loads(rows[0][0])]
        except (ValueError, TypeError):
            return None  # written by another version: it is asked for again

    def put(self, key: str, model: str, messages: Sequence[AIMessage]) -> None:
        """Keep an answer. Raises CorollaryError where it cannot be written."""
        fields = [_fields(message) for message in messages]
        text = json.dumps(fields, ensure_ascii=False, default=str).encode("utf-8", "replace")
        row = (key, model, time.time(), text.decode())
        self._run("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", row)

    def _run(self, statement: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                if self._opened is None:
                    self._opened = _open(self.path)
                return self._opened.execute(statement, values).fetchall()
        except (sqlite3.Error, OSError) as error:
            raise CorollaryError(
                f"cannot keep answers in {self.path}",
                because=str(error).lower(),
                remedy=f"free some space, delete {self.path}, or --no-cache",
                exit_code=3,
            ) from error


def answer_key(
    model: str, messages: Sequence[BaseMessage], options: dict[str, Any], stop: Sequence[str] | None
) -> str:
    """Return the SHA-256 over everything an answer depends on: 64 hexadecimal digits.

    options: tools, sampling and seed as they are sent. Ids of calls do not count, their order does.
    """
    numbers: dict[str, int] = {}
    rows = [_row(message, numbers) for message in messages]
    asked = {"version": 1, "model": model, "messages": rows, "options": options, "stop": stop or []}
    text = json.dumps(asked, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _row(message: BaseMessage, numbers: dict[str, int]) -> dict[str, Any]:
    row: dict[str, Any] = {"type": message.type, "content": message.content, "name": message.name}
    for field in ("tool_calls", "invalid_tool_calls"):
        calls = getattr(message, field, None) or []
        row[field] = [
            [call["name"], call["args"], numbers.setdefault(str(call["id"]), len(numbers))]
            for call in calls
        ]
    answered = getattr(message, "tool_call_id", None)
    row["answers"] = numbers.setdefault(answered, len(numbers)) if answered else None
    return row


def _fields(message: AIMessage) -> dict[str, Any]:
    names = (
        "content", "tool_calls", "invalid_tool_calls", "usage_metadata", "response_metadata",
        "additional_kwargs",
    )  # fmt: skip
    return {name: getattr(message, name) for name in names}


def _open(path: Path) -> sqlite3.Connection:
    """Open or make the file, for its owner alone: it holds what was asked."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    opened = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    opened.execute("PRAGMA journal_mode=WAL")
    opened.execute("PRAGMA synchronous=FULL")
    opened.execute(_TABLE)
    return opened
