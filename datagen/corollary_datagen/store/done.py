"""What is done already: stored rollouts as a set, a grader's verdicts as a mapping.

Guarantees that both are looked up in the store when asked and are held in nobody's memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import Any, NamedTuple

from corollary_datagen.verdict import Verdict


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


class Judged(Mapping[str, Verdict]):
    """The verdicts of one grader by trace id, as they stand when asked."""

    def __init__(self, read: Read, grader: str) -> None:
        self._read = read
        self._grader = grader

    def __getitem__(self, trace_id: str) -> Verdict:
        query = "SELECT body FROM verdicts WHERE trace_id = ? AND grader = ?"
        for (body,) in list(self._read(query, (trace_id, self._grader))):
            return Verdict.model_validate_json(body)
        raise KeyError(trace_id)

    def __iter__(self) -> Iterator[str]:
        query = "SELECT trace_id FROM verdicts WHERE grader = ? ORDER BY number"
        return (trace_id for (trace_id,) in self._read(query, (self._grader,)))

    def __len__(self) -> int:
        query = "SELECT count(*) FROM verdicts WHERE grader = ?"
        count: int = next(self._read(query, (self._grader,)))[0]
        return count
