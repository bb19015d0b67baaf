"""Group commit: what one thread's interruption leaves, the others still store."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from corollary_datagen.store.commits import Commits

PATIENCE = 20.0  # seconds until a thread that hangs is given up


class Disk:
    """Fails for a whole group, is interrupted at its first row, and then works."""

    def __init__(self) -> None:
        self.rows: list[str] = []
        self._failures: list[BaseException] = [OSError("full"), KeyboardInterrupt()]

    def write(self, rows: Sequence[str]) -> list[int]:
        if self._failures:
            raise self._failures.pop(0)
        self.rows += rows
        return [1] * len(rows)


def test_an_interrupted_writer_keeps_no_other_waiting() -> None:
    disk, turn, ended = Disk(), threading.RLock(), list[str]()
    commits = Commits[str](disk.write, turn)

    def add(row: str) -> None:
        try:
            ended.append(f"{row}: {commits.add(row)}")
        except KeyboardInterrupt:
            ended.append(f"{row}: interrupted")

    threads = [threading.Thread(target=add, args=(row,), daemon=True) for row in "ab"]
    with turn:
        for thread in threads:
            thread.start()
        while len(commits._queue) < len(threads):
            threading.Event().wait(0.001)
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    assert sorted(end.split(": ")[1] for end in ended) == ["1", "interrupted"]
    assert len(disk.rows) == 1
