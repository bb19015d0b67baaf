"""Which rollouts are stored: a set that is looked up in the store and held by nobody's memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from typing import Any, NamedTuple


class TraceKey(NamedTuple):
    """What makes a rollout the same one: its settings are the hash of `settings_key`."""

    problem_id: str
    model: str
    settings: str
    sample: int


Read = Callable[..., Iterator[tuple[Any, ...]]]


class Done(Set[TraceKey]):
    """The keys of the stored rollouts, as they stand when asked.

    read: runs a query with its values. errors: whether those that ended in an error count.
    """

    def __init__(self, read: Read, *, errors: bool) -> None:
        self._read = read
        self._where = "" if errors else " AND stop <> 'error'"

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, tuple):
            return False
        columns = "problem_id = ? AND model = ? AND settings = ? AND sample = ?"
        query = f"SELECT 1 FROM traces WHERE {columns}{self._where}"
        return any(True for _ in self._read(query, tuple(key)))

    def __iter__(self) -> Iterator[TraceKey]:
        query = "SELECT problem_id, model, settings, sample FROM traces WHERE 1"
        return (TraceKey(*row) for row in self._read(f"{query}{self._where}"))

    def __len__(self) -> int:
        count: int = next(self._read("SELECT count(*) FROM traces"))[0]
        failed: int = next(self._read("SELECT count(*) FROM traces WHERE stop = 'error'"))[0]
        return count - (failed if self._where else 0)

    @classmethod
    def _from_iterable(cls, it: Iterable[Any]) -> set[Any]:
        return set(it)
