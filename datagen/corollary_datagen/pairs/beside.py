"""What stands beside the traces of a problem in its store: runs from their states, and twins.

Guarantees bounded memory: both are looked up by their keys, one problem at a time. Leaves out
traces of problems that were set aside. Builds nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from corollary_agent.problem import Problem
from corollary_datagen.chains.continuation import Continuation
from corollary_datagen.store.store import Store
from corollary_datagen.verdict import Graded


@dataclass(frozen=True)
class Beside:
    """A store to look things up in. without: ids of problems that take no part."""

    store: Store
    without: Collection[str] = field(default=())

    def runs(self, state: str) -> list[Continuation]:
        """What any model made of a state."""
        return self.store.runs_from(state)

    def has_runs(self) -> bool:
        """Whether there is anything to look up."""
        return self.store.has_runs()

    def siblings(self, problem: Problem) -> Iterator[list[Graded]]:
        """The traces of the problem's original, where it is a twin, else of each of its twins."""
        original = _original(problem)
        ids = [original] if original else self.store.twins_of(problem.id)
        for problem_id in ids:
            rows = [] if problem_id in self.without else self.store.graded_of(problem_id)
            if rows and (original or _original(rows[0].problem) == problem.id):
                yield rows


def _original(problem: Problem) -> str | None:
    """`twins.twin_of`, without the graph that making twins needs."""
    found = problem.meta.get("twin_of")
    return found if isinstance(found, str) else None
