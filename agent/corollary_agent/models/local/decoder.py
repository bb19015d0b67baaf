"""Decoding a batch of prompts together, each with its own sampling, reusing stored prefixes.

Guarantees that greedy decoding writes the tokens that the model's own `generate` writes for each
prompt alone, and that a sampled row depends on its prompt and seed, never on its neighbours. Does
not render, parse or queue.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from corollary_agent.models.local.cache import (
    GROWTH,
    BatchLayer,
    Prefixes,
    Shape,
    stack,
    take,
)
from corollary_agent.models.local.draw import draw
from corollary_agent.models.local.requests import Completion, Request, Row, new_row


class Decoder:
    """Decodes batches with one model. stops: token ids that end a message."""

    def __init__(self, model: Any, stops: frozenset[int], *, cache_megabytes: int = 1024) -> None:
        self._model = model
        self._stops = stops
        self._prefixes = Prefixes(cache_megabytes)
        config = model.config.get_text_config()
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        head_dim = getattr(config, "head_dim", None) or (
            config.hidden_size // config.num_attention_heads
        )
        self._shape = Shape(config.num_hidden_layers, heads, head_dim, model.dtype, model.device)

    @torch.inference_mode()
    def decode(self, requests: list[Request]) -> list[Completion]:
        """Return the completions of `requests`, in their order."""
        reused = [self._prefixes.get(list(r.tokens)) for r in requests]
        longest = max(len(r.tokens) - n for r, (_, n) in zip(requests, reused, strict=True))
        room = longest + max(r.max_tokens for r in requests)
        cache, used = stack(self._shape, reused, longest + GROWTH)
        rows = [new_row(r) for r in requests]
        for row, (_, length) in zip(rows, reused, strict=True):
            row.reused = length
        shared = [length for _, length in reused]
        mask = torch.zeros(len(rows), used + room, dtype=torch.long, device=self._shape.device)
        for number, length in enumerate(shared):
            mask[number, used - length : used] = 1
        logits = self._read(rows, shared, cache, mask)
        self._write(rows, logits, cache, mask)
        return [row.completion() for row in rows]

    def _read(self, rows: list[Row], shared: list[int], cache: Any, mask: Tensor) -> Tensor:
        """Read what is new of each prompt; return the logits after it, [rows, vocabulary]."""
        fresh = [row.request.tokens[n:] for row, n in zip(rows, shared, strict=True)]
        width = max(len(tokens) for tokens in fresh)
        used = cache.layers[0].used
        ids = torch.zeros(len(rows), width, dtype=torch.long)
        positions = torch.zeros(len(rows), width, dtype=torch.long)
        for number, tokens in enumerate(fresh):
            ids[number, width - len(tokens) :] = torch.tensor(tokens)
            start = shared[number]
            positions[number, width - len(tokens) :] = torch.arange(start, start + len(tokens))
            mask[number, used + width - len(tokens) : used + width] = 1
        return self._forward(ids, positions, cache, mask)

    def _write(self, rows: list[Row], logits: Tensor, cache: Any, mask: Tensor) -> None:
        """Draw token after token until every row is done; store each row's cache."""
        live = list(rows)
        while True:
            chosen = torch.tensor(draw(live, logits, self._stops), device=self._shape.device)
            kept = [i for i, row in enumerate(live) if not row.done]
            self._store(live, cache, mask)
            if not kept:
                return
            if len(kept) < len(live):
                index = torch.tensor(kept, device=self._shape.device)
                _select(cache, index)
                mask, chosen = mask[index], chosen[index]
                live = [live[i] for i in kept]
            used = cache.layers[0].used
            mask[:, used] = 1
            lengths = [[len(r.request.tokens) + len(r.written) - 1] for r in live]
            logits = self._forward(chosen[:, None], torch.tensor(lengths), cache, mask)

    def _forward(self, ids: Tensor, positions: Tensor, cache: Any, mask: Tensor) -> Tensor:
        device = self._shape.device
        end = cache.layers[0].used + ids.shape[1]
        output = self._model(
            input_ids=ids.to(device),
            position_ids=positions.to(device),
            attention_mask=mask[:, :end],
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        logits: Tensor = output.logits[:, -1].float()
        return logits

    def _store(self, live: list[Row], cache: Any, mask: Tensor) -> None:
        """Keep the caches of rows that are done, for the next step of their chains."""
        for index, row in enumerate(live):
            if row.done:
                seen = mask[index, : cache.layers[0].used].bool()
                tokens = (*row.request.tokens, *row.written)[: int(seen.sum())]
                self._prefixes.put(take(cache, index, seen, tokens))


def _select(cache: Any, rows: Tensor) -> None:
    layers: list[BatchLayer] = cache.layers
    for layer in layers:
        layer.select(rows)
