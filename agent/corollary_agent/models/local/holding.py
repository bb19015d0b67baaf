"""Messages in their slots: where they go, what of their prompts is computed, what is kept.

Guarantees that memory for messages that are finished stays within its bound: those idle for longest
go first. Does not draw tokens and does not queue.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from corollary_agent.models.local.passes import Passes
from corollary_agent.models.local.places import Places
from corollary_agent.models.local.requests import Row
from corollary_agent.models.local.slots import GROWTH

_WORTH = 32
"""Shared tokens that a request waits one round for, so that they are computed once."""
_SLOTS = 256
"""Slots kept at most beyond those in use; each prompt is compared with all of them."""
_TOGETHER = 8192
"""Tokens of prompts that one pass reads."""
_SHORT = 96
"""Rows of up to so many new tokens are read together whatever their lengths."""
_PIECE = 2048
"""Tokens of one prompt that one pass reads."""
_FEW = 4
"""Messages that read what they know ahead with a pass of more than one token."""


class Held(Protocol):
    """A message with a slot."""

    row: Row
    slot: int
    token: int

    @property
    def tokens(self) -> tuple[int, ...]:
        """Prompt and what has been written."""
        ...


class Holding:
    """The slots of one model. megabytes: memory that slots may take beyond those in use."""

    def __init__(self, model: Any, *, megabytes: int | None = None) -> None:
        self._passes = Passes(model)
        self._places = Places(self._passes.cache.columns)
        self._limit = (megabytes or _own_megabytes(model)) * 2**20
        self.placed: list[Held] = []

    def place(self, writing: Held) -> bool:
        """Give a message a slot; false where none can be had until another is finished."""
        tokens, adapter = writing.tokens, writing.row.request.adapter
        self._make_room(len(tokens) + min(writing.row.left, GROWTH) + 1)
        place = self._places.find(tokens, adapter)
        if place is None:
            return False
        if place.source is not None:
            self._passes.cache.copy(place.source, place.slot, place.length)
        self._places.take(place, tokens, adapter)
        writing.slot = place.slot
        writing.row.reused = max(writing.row.reused, place.length)
        self.placed.append(writing)
        return True

    def free(self, writing: Held) -> None:
        """Take a message's slot from it; what stands there stays, for what begins alike."""
        if writing.slot >= 0:
            self._places.free(writing.slot)
            self.placed = [other for other in self.placed if other is not writing]
            writing.slot = -1

    def worth_waiting(self, writing: Held, joined: Sequence[Held]) -> bool:
        """Is one of those that join now about to compute a beginning that this one shares?"""
        if not joined:
            return False
        tokens, adapter = writing.tokens, writing.row.request.adapter
        head = int(self._places.shared(tokens, adapter).max()) + _WORTH
        return len(tokens) > head and any(
            other.tokens[:head] == tokens[:head] and other.row.request.adapter == adapter
            for other in joined
        )

    def parts(self, group: Sequence[Held]) -> Iterator[list[Any]]:
        """Yield messages whose new tokens are read in one pass: of like length, not too many."""
        ordered = sorted(group, key=self._fresh, reverse=True)
        while ordered:
            first = max(1, self._fresh(ordered[0]))
            fits = [w for w in ordered if self._fresh(w) * 2 >= first or first <= _SHORT]
            part = fits[: max(1, _TOGETHER // first)]
            yield part
            taken = set(map(id, part))
            ordered = [w for w in ordered if id(w) not in taken]

    def read(self, group: Sequence[Held]) -> Tensor:
        """Read what is new of each prompt and what is known ahead.

        Returns logits, [messages, places, vocabulary]: as many places as somebody knows ahead, and
        one after that.
        """
        for writing in group:
            while self._fresh(writing) > _PIECE:
                self._read([writing], [self._new_tokens(writing)[:_PIECE]])
        known = [writing.row.ahead for writing in group]
        self._make_room(0, max(len(w.tokens) + len(w.row.ahead) for w in group))
        rows = [self._new_tokens(w) + ahead for w, ahead in zip(group, known, strict=True)]
        return self._read(group, rows, keep=1 + max(map(len, known)))

    def step(self, group: Sequence[Held]) -> Tensor:
        """Read each message's last token; return the logits after it, [messages, 1, vocabulary].

        Few messages read what is known ahead with it, as `read` does: many would need a pass of
        their own for it, which costs more than it saves.
        """
        if len(group) <= _FEW and any(writing.row.ahead for writing in group):
            return self.read(group)
        self._make_room(0)
        self._draw_together(group)
        slots = [writing.slot for writing in group]
        columns = [int(self._places.lengths[slot]) for slot in slots]
        logits = self._passes.step(slots, columns, [writing.token for writing in group])
        for writing in group:
            self._places.extend(writing.slot, [writing.token])
        return logits

    def forget_idle(self) -> None:
        """Give back the memory of messages that are finished."""
        kept = sorted(self._places.busy)
        self._resize(kept, max(1, len(kept)), self._passes.cache.columns)

    def _read(self, group: Sequence[Held], rows: list[list[int]], *, keep: int = 1) -> Tensor:
        starts = [int(self._places.lengths[writing.slot]) for writing in group]
        logits = self._passes.read([w.slot for w in group], starts, rows, keep=keep)
        for writing, row in zip(group, rows, strict=True):
            self._places.extend(writing.slot, row)
        return logits

    def _new_tokens(self, writing: Held) -> list[int]:
        return list(writing.tokens[int(self._places.lengths[writing.slot]) :])

    def _fresh(self, writing: Held) -> int:
        return len(writing.tokens) - int(self._places.lengths[writing.slot])

    def _draw_together(self, group: Sequence[Held]) -> None:
        """Let the slots of a group stand side by side, so that a pass runs over few others."""
        for one, other in self._places.gaps([writing.slot for writing in group]):
            length = int(self._places.lengths[[one, other]].max())
            self._passes.cache.swap(one, other, length)
            moved = self._places.swap(one, other)
            for writing in self.placed:
                writing.slot = moved.get(writing.slot, writing.slot)

    def _make_room(self, columns: int, extent: int = 0) -> None:
        """See that a new prompt of `columns`, and one token more of every message, have room.

        extent: columns that a message which has its slot is about to fill.
        """
        cache, places = self._passes.cache, self._places
        longest = max(columns, extent, int(places.lengths.max()) + 1)
        wide = cache.columns
        if longest > wide:
            wide = max(longest, wide + wide // 4) // GROWTH * GROWTH + GROWTH
        empty = columns == 0 or any(
            not places.lengths[s] and s not in places.busy for s in range(len(places))
        )
        wanted = len(places) if empty else 2 * len(places)
        bound = min(_SLOTS, self._limit // max(1, cache.token_bytes * wide))
        slots = max(min(wanted, bound), len(places.busy) + (columns > 0))
        if wide != cache.columns or slots > len(places) or (slots < len(places) and bound < slots):
            self._resize(self._kept(slots), slots, wide)

    def _kept(self, slots: int) -> list[int]:
        """The slots that stay: those in use, then the latest of the others."""
        idle = self._places.oldest_first()[::-1]
        kept = [*self._places.busy, *idle][: max(slots, len(self._places.busy))]
        return sorted(kept)

    def _resize(self, kept: list[int], slots: int, columns: int) -> None:
        self._passes.cache.resize(kept, slots, columns)
        moved = self._places.resize(kept, slots, columns)
        for writing in self.placed:
            writing.slot = moved[writing.slot]


def _own_megabytes(model: Any) -> int:
    """Half of what is free on a GPU; a gigabyte elsewhere."""
    if model.device.type != "cuda":
        return 1024
    free, _ = torch.cuda.mem_get_info(model.device)
    return max(256, int(free) // 2**21)
