"""Key-value caches of finished prompts, kept so that a chain's next step reads only what is new.

A step's prompt starts with everything that the step before read and wrote. `Prefixes` finds the
longest stored run of tokens that a new prompt starts with; `stack` lays the stored rows side by
side for a batch; `BatchLayer` grows in place while a batch is decoded. Guarantees that a stored
row is used only where its tokens equal the prompt's. Does not run the model.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers.cache_utils import Cache, DynamicLayer

KEY_TOKENS = 8
"""Shorter prompts are not worth storing; prompts that differ in these share nothing of use."""
GROWTH = 64
"""Tokens that a batch's cache grows by when it is full."""


@dataclass(frozen=True, slots=True)
class Row:
    """One stored prompt. layers: (keys, values), each of shape [heads, tokens, head_dim]."""

    tokens: tuple[int, ...]
    layers: tuple[tuple[Tensor, Tensor], ...]

    @property
    def bytes(self) -> int:
        """Memory of the keys and values."""
        return sum(k.nbytes + v.nbytes for k, v in self.layers)


class Prefixes:
    """The stored rows, least recently used first out, within a bound of bytes."""

    def __init__(self, megabytes: int) -> None:
        self._limit = megabytes * 2**20
        self._rows: OrderedDict[tuple[int, ...], Row] = OrderedDict()
        self._held = 0

    def put(self, row: Row, continues: Row | None = None) -> None:
        """Store a row in place of the one that it continues: the longer one serves for both."""
        if len(row.tokens) < KEY_TOKENS:
            return
        if continues is not None:
            self._drop(continues.tokens)
        self._drop(row.tokens)
        self._rows[row.tokens] = row
        self._held += row.bytes
        while self._held > self._limit:
            self._drop(next(iter(self._rows)))

    def get(self, tokens: list[int]) -> tuple[Row | None, int]:
        """Return the row that shares the longest run with `tokens`, and the run's length.

        The last token is never counted: the model must read it to write the next one.
        """
        best: Row | None = None
        length = 0
        head = tuple(tokens[:KEY_TOKENS])
        for row in self._rows.values():
            if row.tokens[:KEY_TOKENS] == head:
                shared = min(_shared(row.tokens, tokens), len(tokens) - 1)
                if shared > length:
                    best, length = row, shared
        if best is not None:
            self._rows.move_to_end(best.tokens)
        return best, length

    def _drop(self, tokens: tuple[int, ...]) -> None:
        row = self._rows.pop(tokens, None)
        self._held -= row.bytes if row else 0


class BatchLayer(DynamicLayer):  # type: ignore[misc]  # transformers is untyped
    """One layer's keys and values of a batch, with room set aside: a token seldom copies."""

    def __init__(self, keys: Tensor, values: Tensor, used: int) -> None:
        super().__init__()
        self.keys, self.values, self.used = keys, values, used
        self.dtype, self.device = keys.dtype, keys.device
        self.is_initialized = True

    def update(
        self, key_states: Tensor, value_states: Tensor, *args: object, **kwargs: object
    ) -> tuple[Tensor, Tensor]:
        """Write the new tokens behind the used ones and return all that are used."""
        end = self.used + key_states.shape[-2]
        if end > self.keys.shape[-2]:
            self.keys, self.values = _grown(self.keys, end), _grown(self.values, end)
        self.keys[:, :, self.used : end] = key_states
        self.values[:, :, self.used : end] = value_states
        self.used = end
        return self.keys[:, :, :end], self.values[:, :, :end]

    def get_seq_length(self) -> int:
        """Tokens in use."""
        return self.used

    def select(self, rows: Tensor) -> None:
        """Keep these rows of the batch."""
        self.keys, self.values = self.keys[rows], self.values[rows]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a cache of the model looks like: layers, heads, head_dim, and where it lives."""

    layers: int
    heads: int
    head_dim: int
    dtype: torch.dtype
    device: torch.device


def _grown(held: Tensor, end: int) -> Tensor:
    """Copy a layer's tensor into one with room up to `end` and some tokens more."""
    rows, heads, size, head_dim = held.shape
    larger = held.new_zeros(rows, heads, end + GROWTH, head_dim)
    larger[:, :, :size] = held
    return larger


def stack(shape: Shape, reused: list[tuple[Row | None, int]], room: int) -> tuple[Cache, int]:
    """Lay reused rows side by side, aligned at their end; `room` more tokens fit behind.

    Returns the cache and its used length (the longest reused run).
    """
    used = max(length for _, length in reused)
    size = (len(reused), shape.heads, used + room, shape.head_dim)
    layers = []
    for index in range(shape.layers):
        keys = torch.zeros(size, dtype=shape.dtype, device=shape.device)
        values = torch.zeros(size, dtype=shape.dtype, device=shape.device)
        for number, (row, length) in enumerate(reused):
            if row is not None:
                keys[number, :, used - length : used] = row.layers[index][0][:, :length]
                values[number, :, used - length : used] = row.layers[index][1][:, :length]
        layers.append(BatchLayer(keys, values, used))
    return Cache(layers=layers), used


def take(cache: Cache, number: int, seen: Tensor, tokens: tuple[int, ...]) -> Row:
    """Copy batch row `number` out. seen: bool [used], true where a token of that row stands."""
    layers = tuple(
        (
            layer.keys[number, :, : layer.used][:, seen].contiguous(),
            layer.values[number, :, : layer.used][:, seen].contiguous(),
        )
        for layer in cache.layers
    )
    return Row(tokens, layers)


def _shared(left: tuple[int, ...], right: list[int]) -> int:
    for index, (a, b) in enumerate(zip(left, right, strict=False)):
        if a != b:
            return index
    return min(len(left), len(right))
