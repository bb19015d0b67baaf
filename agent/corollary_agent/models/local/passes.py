"""Forward passes over slots: reading prompts, and one token more for every message under way.

Guarantees that a row attends to its own slot's tokens up to its own position, whatever else is in
the batch, within the sliding windows of models that have them. Does not draw tokens and keeps no
books.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from corollary_agent.models.local.slots import SlotCache, Where


class Passes:
    """Runs one model over one cache of slots."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._config = model.config.get_text_config()
        self._device = model.device
        self._eager = getattr(self._config, "_attn_implementation", "") == "eager"
        self.cache = SlotCache(self._config.num_hidden_layers)

    @torch.inference_mode()
    def read(
        self, slots: Sequence[int], starts: Sequence[int], rows: list[list[int]], *, keep: int = 1
    ) -> Tensor:
        """Read new tokens behind what stands in the slots; return the logits after each row.

        rows: the new tokens of each slot, of any lengths; starts: the column of the first.
        Logits: [rows, keep, vocabulary], after the last so many tokens of each row.
        """
        width = max(len(row) for row in rows)
        ids = torch.zeros(len(rows), width, dtype=torch.long)
        positions = torch.zeros(len(rows), width, dtype=torch.long)
        written = torch.zeros(len(rows), width, dtype=torch.bool)
        for index, (start, row) in enumerate(zip(starts, rows, strict=True)):
            ids[index, width - len(row) :] = torch.tensor(row)
            positions[index, width - len(row) :] = torch.arange(start, start + len(row))
            written[index, width - len(row) :] = True
        at = torch.tensor(slots)
        owners = at[:, None].expand(-1, width)[written]
        extent = int(positions.max()) + 1
        where = Where(
            owners.to(self._device),
            positions[written].to(self._device),
            written.to(self._device),
            at.to(self._device),
            extent,
        )
        return self._forward(ids, positions, where, keep)

    @torch.inference_mode()
    def step(self, slots: Sequence[int], columns: Sequence[int], tokens: Sequence[int]) -> Tensor:
        """Read one token for each slot, at its column; return the logits, [slots, 1, vocabulary].

        Where most of the first slots take part, all of them go through the model as they lie, which
        copies nothing; what the others give is thrown away. Else the slots are gathered.
        """
        span = max(slots) + 1
        extent = max(columns) + 1
        at = torch.tensor(slots, device=self._device)
        positions = torch.tensor(columns, device=self._device)
        inputs = torch.tensor(tokens, device=self._device)
        if 2 * len(slots) < span:
            where = Where(at, positions, None, at, extent)
            return self._forward(inputs[:, None], positions[:, None], where)
        all_inputs = torch.zeros(span, dtype=torch.long, device=self._device)
        all_positions = torch.zeros(span, dtype=torch.long, device=self._device)
        all_inputs[at], all_positions[at] = inputs, positions
        where = Where(at, positions, at, span, extent)
        return self._forward(all_inputs[:, None], all_positions[:, None], where)[at]

    def _forward(self, ids: Tensor, positions: Tensor, where: Where, keep: int = 1) -> Tensor:
        positions = positions.to(self._device)
        self.cache.where = where
        output = self._model(
            input_ids=ids.to(self._device),
            position_ids=positions,
            attention_mask=self._masks(positions, where.extent),
            past_key_values=self.cache,
            use_cache=True,
            logits_to_keep=keep,
        )
        logits: Tensor = output.logits[:, -keep:].float()
        return logits

    def _masks(self, positions: Tensor, extent: int) -> Any:
        """The masks of each kind of layer, [rows, 1, length, extent], as the model takes them."""
        kinds = getattr(self._config, "layer_types", None)
        if kinds:
            return {kind: self._mask(kind, positions, extent) for kind in set(kinds)}
        window = getattr(self._config, "sliding_window", None)
        return self._mask("sliding_attention" if window else "full_attention", positions, extent)

    def _mask(self, kind: str, positions: Tensor, extent: int) -> Tensor:
        columns = torch.arange(extent, device=positions.device)
        here = positions[:, None, :, None]
        seen = columns <= here
        if kind == "sliding_attention":
            seen &= columns > here - int(self._config.sliding_window)
        if kind == "chunked_attention":
            size = int(self._config.attention_chunk_size)
            seen &= columns // size == here // size
        if not self._eager:
            return seen
        mask = torch.zeros(seen.shape, dtype=self._model.dtype, device=seen.device)
        return mask.masked_fill_(~seen, torch.finfo(self._model.dtype).min)
