"""The command in a process that is killed at a chosen moment, and what a run must hold after it."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

_MAIN = "from corollary_cli.main import main; main()"


def start(*words: str) -> subprocess.Popen[bytes]:
    """Start `corollary WORDS` in a group of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", _MAIN, *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def finish(*words: str) -> None:
    """Run `corollary WORDS` to its end."""
    await_end(start(*words))


def await_end(process: subprocess.Popen[bytes]) -> None:
    """Wait until a command has ended, and well."""
    _, told = process.communicate(timeout=600)
    assert process.returncode == 0, told.decode()


def kill_at(moment: float, *words: str) -> bool:
    """Kill `corollary WORDS` with SIGKILL after so many seconds; whether it was still running."""
    process = start(*words)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=moment)
    return _kill(process)


def kill_at_work(draw: random.Random, run_dir: Path, table: str, *words: str) -> bool:
    """Kill `corollary WORDS` some time after its next row is in `table`."""
    process, before = start(*words), rows_in(run_dir, table)
    while process.poll() is None and rows_in(run_dir, table) == before:
        time.sleep(0.01)
    time.sleep(draw.uniform(0, 0.3))
    return _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> bool:
    is_running = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=600)
    return is_running


def rows_in(run_dir: Path, table: str) -> int:
    """How many rows a table has; 0 where it is not there yet."""
    try:
        connection = sqlite3.connect(f"{(run_dir / 'run.sqlite').as_uri()}?mode=ro", uri=True)
    except sqlite3.OperationalError:
        return 0
    try:
        found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return found
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def all_rows(run_dir: Path) -> dict[str, list[str]]:
    """Every row of every table but what a clock measured and the order of arrival."""
    connection = sqlite3.connect(run_dir / "run.sqlite")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    names = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    tables = [name for (name,) in connection.execute(names).fetchall()]
    found = {}
    for table in tables:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        kept = ", ".join(column for column in columns if column != "number")
        rows = connection.execute(f"SELECT {kept} FROM {table}").fetchall()
        found[table] = sorted(json.dumps([_timeless(value) for value in row]) for row in rows)
    connection.close()
    return found


def _timeless(value: object) -> object:
    if isinstance(value, str) and value[:1] in "{[":
        return _without_times(json.loads(value))
    return value


def _without_times(value: object) -> object:
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if not k.endswith("milliseconds")}
        return {key: _without_times(inner) for key, inner in kept.items()}
    if isinstance(value, list):
        return [_without_times(inner) for inner in value]
    return value
