"""Choosing: which traces and pairs of a run are shown.

Guarantees that a name which fits nothing can be answered with the names that there are. Reads rows
as a stream and draws nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_datagen.pair import PreferencePair
    from corollary_datagen.store import Store
    from corollary_datagen.verdict import Graded

_JUDGED = {"CORRECT": "right", "INCORRECT": "wrong", "UNDECIDED": "undecided"}
_PREFIX = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for; empty fields ask for nothing. Families and models match by their start.

    error_kind: a fault of a step, or what the rejected side of a pair did wrong.
    """

    verdict: str = ""
    kind: str = ""
    family: str = ""
    model: str = ""
    error_kind: str = ""

    def traces(self, graded: Iterable[Graded]) -> Iterator[Graded]:
        """The traces that fit, in the order of the store."""
        return (row for row in graded if self._fits(row))

    def pairs(self, store: Store) -> Iterator[tuple[int, PreferencePair]]:
        """The pairs that fit, with their numbers from 1 in the order of the store."""
        for number, pair in enumerate(store.pairs(), 1):
            if self._fits_pair(pair, store):
                yield number, pair

    def names(self, store: Store, *, pairs: bool) -> dict[str, set[str]]:
        """The values that the run has of each field that was asked for."""
        found: dict[str, set[str]] = {name: set() for name in self.__slots__ if getattr(self, name)}
        rows = map(_pair_names, store.pairs()) if pairs else map(_trace_names, store.graded())
        for row in rows:
            for name in found:
                found[name] |= row.get(name, set())
        return {name.replace("_", "-"): values - {""} for name, values in found.items()}

    def _fits(self, row: Graded) -> bool:
        if self.verdict and judged(row) != self.verdict:
            return False
        if not row.trace.model.startswith(self.model):
            return False
        if not row.problem.family.startswith(self.family):
            return False
        faults = {fault for step in row.trace.steps for fault in step.faults}
        return not self.error_kind or self.error_kind in faults

    def _fits_pair(self, pair: PreferencePair, store: Store) -> bool:
        if self.kind and pair.kind != self.kind:
            return False
        if not pair.family.startswith(self.family):
            return False
        if not pair.error_kind.startswith(self.error_kind):
            return False
        return not self.model or any(
            origin is not None and origin.model.startswith(self.model)
            for origin in map(store.origin, (pair.chosen_trace, pair.rejected_trace))
        )


def _trace_names(row: Graded) -> dict[str, set[str]]:
    return {
        "verdict": {judged(row)},
        "family": {row.problem.family},
        "model": {row.trace.model},
        "error_kind": {fault for step in row.trace.steps for fault in step.faults},
    }


def _pair_names(pair: PreferencePair) -> dict[str, set[str]]:
    return {"kind": {pair.kind}, "family": {pair.family}, "error_kind": {pair.error_kind}}


def judged(row: Graded) -> str:
    """The verdict of a trace in a word; without one, error where the model failed, or ungraded."""
    if row.verdict:
        return _JUDGED[row.verdict.judgement]
    return "error" if row.trace.stop == "error" else "ungraded"


def find_trace(graded: Iterable[Graded], name: str) -> Graded:
    """The trace whose id is, or alone begins with, `name`. Raises CorollaryError otherwise."""
    near: list[Graded] = []
    for row in graded:
        if row.trace.id == name:
            return row
        if len(name) >= _PREFIX and row.trace.id.startswith(name):
            near.append(row)
    if len(near) == 1:
        return near[0]
    told = ", ".join(row.trace.id for row in near[:4])
    raise CorollaryError(
        f"no trace has the id {name!r}" if not near else f"{len(near)} traces begin with {name!r}",
        because=f"they are {told}" if near else "the ids are hexadecimal digits",
        remedy="more of its digits" if near else "corollary show RUN lists the traces",
    )


def find_pair(store: Store, number: int) -> PreferencePair:
    """The pair of this number, from 1. Raises CorollaryError where there are not so many."""
    count = store.counts()["pairs"]
    if 1 <= number <= count:
        for place, pair in enumerate(store.pairs(), 1):
            if place == number:
                return pair
    raise CorollaryError(
        f"there is no pair {number}",
        because=f"the run has {count} pairs" + (f", numbered 1 to {count}" if count else ""),
        remedy="corollary show RUN --pairs" if count else "corollary pairs RUN",
    )
