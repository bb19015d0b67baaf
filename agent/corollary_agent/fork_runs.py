"""Running a graph from a copy of one checkpoint to its end, interrupts answered on the way.

Guarantees that a failure of a node, a limit and an interrupt that nobody answers become a fault in
words; a spent budget and Ctrl-C pass through. Asynchronous, so that nodes that are only that run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import merge_configs
from langgraph.checkpoint.base import CheckpointTuple
from langgraph.types import Command, Interrupt, StateSnapshot

from corollary_agent.budget import BudgetReached
from corollary_agent.fork_threads import Copies, find_path
from corollary_agent.heard import Heard

Answer = Callable[[Interrupt], Any]

_PAUSES = 100
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class ForkSettings:
    """How forks are made.

    alternatives: how often each decision is made anew. endings: how often each distinct one is run
    to the end. answer: what to say to an interrupt; by default a run ends there, undecided.
    concurrency: runs at once.
    """

    alternatives: int = 4
    endings: int = 1
    answer: Answer | None = None
    concurrency: int = 8


@dataclass(frozen=True, slots=True)
class Ran:
    """A run on a copy: its path, why it did not end (else empty), what was heard in it."""

    path: list[StateSnapshot]
    fault: str
    heard: Heard
    copies: Copies

    def kept(self, snapshot: StateSnapshot) -> CheckpointTuple | None:
        """A checkpoint of this run, to be gone on with."""
        return self.copies.saver.get_tuple(snapshot.config)


class Runner:
    """Runs copies of checkpoints, a few at once. context: the graph's runtime context."""

    def __init__(self, copies: Copies, settings: ForkSettings, context: Any = None) -> None:
        self._copies = copies
        self._settings = settings
        self._context = context
        self._gate = asyncio.Semaphore(max(1, settings.concurrency))

    async def run(self, kept: CheckpointTuple) -> Ran:
        """Go on from one checkpoint."""
        heard, begun = Heard(), self._copies.begin(kept)
        async with self._gate:
            fault = await self._to_end(begun, heard)
        newest = self._copies.newest(begun)
        history = [s async for s in self._copies.graph.aget_state_history(newest)]
        return Ran(find_path(history), fault, heard, self._copies)

    async def _to_end(self, begun: RunnableConfig, heard: Heard) -> str:
        graph, given, place = self._copies.graph, None, begun
        for _ in range(_PAUSES):
            config = merge_configs(place, {"callbacks": [heard]})
            try:
                await graph.ainvoke(given, config, context=self._context)
            except BudgetReached:
                raise
            except Exception as error:  # noqa: BLE001  a failing run is a fork's outcome, not its end
                return f"{type(error).__name__}: {error}"[:_LONGEST]
            place = self._copies.newest(begun)
            state = await graph.aget_state(place)
            if not state.next:
                return ""
            if self._settings.answer is None:
                return f"interrupted before {', '.join(state.next)}"
            given = _answered(state, self._settings.answer)
        return f"interrupted {_PAUSES} times"


def _answered(state: StateSnapshot, answer: Answer) -> Command[Any] | None:
    """What goes on from an interrupt; nothing is said at a breakpoint."""
    if not state.interrupts:
        return None
    return Command(resume={interrupt.id: answer(interrupt) for interrupt in state.interrupts})
