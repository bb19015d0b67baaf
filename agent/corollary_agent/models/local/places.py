"""Which tokens stand in which slot, which slots are in use, and where a new prompt goes.

A prompt goes on in the idle slot that holds its beginning (the last step of its chain); else it
takes an empty slot, or the one idle for longest, and copies the longest beginning that any slot
holds. Guarantees that a slot is used only where its tokens and adapter are the prompt's. Does not
touch keys and values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

_LOOSE = 8
"""Slots that write may have one other among so many of them."""
_LOST = 64
"""Tokens of another end that a prompt may overwrite to go on in place."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a prompt goes: `length` of its tokens stand there, or are copied from `source`."""

    slot: int
    length: int
    source: int | None = None


class Places:
    """The books of a SlotCache that begins with one slot of `columns`."""

    def __init__(self, columns: int) -> None:
        self._tokens: Any = np.zeros((1, columns), dtype=np.int64)
        self._adapters: list[str | None] = [None]
        self._used: Any = np.zeros(1, dtype=np.int64)
        self._clock = 0
        self.lengths: Any = np.zeros(1, dtype=np.int64)
        self.busy: set[int] = set()

    def __len__(self) -> int:
        return len(self.lengths)

    def find(self, tokens: Sequence[int], adapter: str | None) -> Place | None:
        """Return where a prompt goes; None where every slot is busy.

        The last token is never counted as standing there: the model must read it.
        """
        shared = self.shared(tokens, adapter)
        best = int(shared.argmax())
        idle = [slot for slot in range(len(self)) if slot not in self.busy]
        if not idle:
            return None
        own = max(idle, key=lambda slot: int(shared[slot]))
        lost = int(self.lengths[own] - shared[own])
        if shared[own] and shared[own] == shared[best] and lost <= _LOST:
            return Place(own, int(shared[own]))
        others = [slot for slot in idle if slot != best] or idle
        slot = min(others, key=lambda other: (bool(self.lengths[other]), self._used[other], other))
        if slot == best:
            return Place(slot, int(shared[best]))
        return Place(slot, int(shared[best]), best if shared[best] else None)

    def shared(self, tokens: Sequence[int], adapter: str | None) -> Any:
        """How many of the first tokens each slot holds, [slots]."""
        width = min(len(tokens) - 1, self._tokens.shape[1])
        same = self._tokens[:, :width] == np.asarray(tokens[:width], dtype=np.int64)
        alike = np.where(same.all(axis=1), width, same.argmin(axis=1) if width else 0)
        alike = np.minimum(alike, self.lengths)
        return np.where([own == adapter for own in self._adapters], alike, 0)

    def take(self, place: Place, tokens: Sequence[int], adapter: str | None) -> None:
        """Put a prompt in its slot; none of it counts as computed beyond the place's length."""
        self.busy.add(place.slot)
        self._tokens[place.slot, : len(tokens)] = tokens
        self._adapters[place.slot] = adapter
        self.lengths[place.slot] = place.length
        self._touch(place.slot)
        if place.source is not None:
            self._touch(place.source)

    def extend(self, slot: int, tokens: Sequence[int]) -> None:
        """Note that these tokens now stand computed at the end of a slot."""
        start = int(self.lengths[slot])
        self._tokens[slot, start : start + len(tokens)] = tokens
        self.lengths[slot] = start + len(tokens)

    def free(self, slot: int) -> None:
        """Leave a slot idle; what stands in it serves whoever begins with it."""
        self.busy.discard(slot)
        self._touch(slot)

    def gaps(self, working: Sequence[int]) -> list[tuple[int, int]]:
        """Exchanges, a slot of `working` with a lower one, after which those stand together.

        A few slots of others among them cost less than the exchange of their contents.
        """
        inside = set(working)
        others = [slot for slot in range(max(working)) if slot not in inside]
        spare = max(2, len(working) // _LOOSE)
        if len(others) <= spare:
            return []
        return [
            (high, low)
            for high, low in zip(sorted(working)[::-1], others, strict=False)
            if low < high
        ]

    def swap(self, one: int, other: int) -> dict[int, int]:
        """Exchange two slots; return the new number of each."""
        for held in (self._tokens, self.lengths, self._used):
            held[[one, other]] = held[[other, one]]
        adapters = self._adapters
        adapters[one], adapters[other] = adapters[other], adapters[one]
        moved = {one: other, other: one}
        self.busy = {moved.get(slot, slot) for slot in self.busy}
        return moved

    def oldest_first(self) -> list[int]:
        """The idle slots that hold something, the one idle for longest first."""
        held = [s for s in range(len(self)) if s not in self.busy and self.lengths[s]]
        return sorted(held, key=lambda slot: int(self._used[slot]))

    def resize(self, kept: list[int], slots: int, columns: int) -> dict[int, int]:
        """Keep these slots as the first ones; return the new number of each."""
        tokens = np.zeros((slots, columns), dtype=np.int64)
        width = min(columns, self._tokens.shape[1])
        tokens[: len(kept), :width] = self._tokens[kept, :width]
        self._tokens = tokens
        self.lengths = _padded(self.lengths[kept], slots)
        self._used = _padded(self._used[kept], slots)
        adapters = [self._adapters[slot] for slot in kept]
        self._adapters = adapters + [None] * (slots - len(kept))
        moved = {old: new for new, old in enumerate(kept)}
        self.busy = {moved[slot] for slot in self.busy}
        return moved

    def _touch(self, slot: int) -> None:
        self._clock += 1
        self._used[slot] = self._clock


def _padded(values: Any, size: int) -> Any:
    return np.concatenate([values, np.zeros(size - len(values), dtype=values.dtype)])
