"""Keys and values of many prompts, one prompt to a slot, each from column 0 on.

A message is written in its slot, and stays there when it is finished: the next step of its chain
goes on in place, and prompts that begin alike copy what they share. A forward pass says by `Where`
which slots it reads and which columns it writes. Guarantees that no slot is written by another's
pass, and that columns beyond a slot's length are never attended to (the masks see to that). Does
not know which tokens stand where (`places` does).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import Cache, DynamicLayer

GROWTH = 64
"""Columns are set aside by this many, so that a token seldom copies."""


@dataclass(frozen=True, slots=True)
class Where:
    """What one pass writes and reads.

    slots, columns: of each token written, [tokens]. written: which of the pass's [rows, length]
    tokens those are, or, of passes of one token a row, which rows; None where all are. read: the
    slots whose keys are attended to, a number meaning the first so many. extent: columns attended
    to.
    """

    slots: Tensor
    columns: Tensor
    written: Tensor | None
    read: Tensor | int
    extent: int


class SlotLayer(DynamicLayer):  # type: ignore[misc]  # transformers is untyped
    """One layer's keys and values, [slots, columns, heads, head_dim]."""

    def __init__(self, cache: SlotCache) -> None:
        super().__init__()
        self._cache = cache
        self.keys: Tensor | None = None
        self.values: Tensor | None = None
        self.is_initialized = True

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: object, **kwargs: object
    ) -> tuple[Tensor, Tensor]:
        """Write a pass's keys and values, [rows, heads, length, head_dim]; return those to read."""
        where = self._cache.where
        if self.keys is None or self.values is None:
            self.keys, self.values = self._new(key_states), self._new(value_states)
        for held, states in ((self.keys, key_states), (self.values, value_states)):
            fresh = states.transpose(1, 2)
            held[where.slots, where.columns] = _chosen(fresh, where.written)
        return self._read(self.keys, where), self._read(self.values, where)

    def get_seq_length(self) -> int:
        """Nothing counts columns here: positions and masks are given with each pass."""
        return 0

    def resize(self, kept: Tensor, slots: int, columns: int) -> None:
        """Move to `slots` by `columns`, the kept slots first, in their order."""
        if self.keys is not None and self.values is not None:
            self.keys = _resized(self.keys, kept, (slots, columns))
            self.values = _resized(self.values, kept, (slots, columns))

    def _new(self, states: Tensor) -> Tensor:
        size = (self._cache.slots, self._cache.columns, states.shape[1], states.shape[3])
        return torch.zeros(size, dtype=states.dtype, device=states.device)

    @staticmethod
    def _read(held: Tensor, where: Where) -> Tensor:
        rows = held[: where.read] if isinstance(where.read, int) else held[where.read]
        return rows[:, : where.extent].transpose(1, 2)


class SlotCache(Cache):  # type: ignore[misc]  # transformers is untyped
    """The slots of all layers. slots, columns: how much is set aside."""

    def __init__(self, layers: int) -> None:
        self.slots, self.columns = 1, GROWTH
        self.where: Any = None
        super().__init__(layers=[SlotLayer(self) for _ in range(layers)])

    @property
    def token_bytes(self) -> int:
        """Memory of one column of one slot; 0 before the first pass."""
        held = [t for layer in self.layers for t in (layer.keys, layer.values) if t is not None]
        return sum(t[0, 0].nbytes for t in held)

    def copy(self, source: int, target: int, length: int) -> None:
        """Copy the first `length` columns of a slot into another."""
        for layer in self.layers:
            if layer.keys is not None:
                layer.keys[target, :length] = layer.keys[source, :length]
                layer.values[target, :length] = layer.values[source, :length]

    def swap(self, one: int, other: int, length: int) -> None:
        """Exchange the first `length` columns of two slots."""
        for layer in self.layers:
            for held in (layer.keys, layer.values):
                if held is not None:
                    held[[one, other], :length] = held[[other, one], :length]

    def resize(self, kept: list[int], slots: int, columns: int) -> None:
        """Keep these slots, which become the first ones, and set aside slots by columns."""
        for layer in self.layers:
            layer.resize(torch.tensor(kept, dtype=torch.long), slots, columns)
        self.slots, self.columns = slots, columns


def _chosen(fresh: Tensor, written: Tensor | None) -> Tensor:
    """The tokens that are written, [tokens, heads, head_dim]."""
    if written is None:
        return fresh[:, 0]
    return fresh[written] if written.dtype == torch.bool else fresh[written, 0]


def _resized(held: Tensor, kept: Tensor, size: tuple[int, int]) -> Tensor:
    moved = held.new_zeros(*size, *held.shape[2:])
    columns = min(held.shape[1], size[1])
    moved[: len(kept), :columns] = held[kept.to(held.device), :columns]
    return moved
