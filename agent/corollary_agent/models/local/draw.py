"""Choosing each row's next token from the model's logits.

Guarantees that a row's choice depends on its own logits, seed and constraint, never on its
neighbours; greedy rows take the likeliest token, as `generate` does. Does not run the model.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from corollary_agent.models.local.requests import Row


def draw(rows: Sequence[Row], logits: Tensor, stops: frozenset[int]) -> list[int]:
    """Draw each row's next token and write it down; logits: [rows, vocabulary].

    A stop token ends its row and is not written.
    """
    held = _held(rows, logits)
    chosen = held.argmax(-1)
    for index, row in enumerate(rows):
        if row.generator is not None:
            chosen[index] = _sample(held[index], row)
    distribution = logits.log_softmax(-1)
    logprobs = distribution.gather(1, chosen[:, None])[:, 0].tolist()
    tokens: list[int] = chosen.tolist()
    for index, (row, token) in enumerate(zip(rows, tokens, strict=True)):
        row.logprobs.append(logprobs[index])
        if row.request.top:
            best = distribution[index].topk(min(row.request.top, distribution.shape[-1]))
            row.top.append(tuple(zip(best.indices.tolist(), best.values.tolist(), strict=True)))
        _write(row, token, stops)
    return tokens


def _write(row: Row, token: int, stops: frozenset[int]) -> None:
    if token in stops:
        row.ended = True
        return
    row.written.append(token)
    constraint, watch = row.request.constraint, row.request.watch
    if row.failure is not None:
        return
    try:
        if constraint is not None:
            constraint.take(token)
            row.ended = constraint.finished
        if watch is not None and watch(token):
            row.ended = True
    except Exception as error:  # noqa: BLE001 - one message's failure is not its neighbours'
        row.failure, row.ended = error, True


def _held(rows: Sequence[Row], logits: Tensor) -> Tensor:
    """The logits with what constraints forbid taken out."""
    held = [index for index, row in enumerate(rows) if row.request.constraint is not None]
    if not held:
        return logits
    masked = logits.clone()
    for index in held:
        allowed = _allowed(rows[index])
        if allowed is not None:
            masked[index].masked_fill_(~allowed.to(logits.device), -torch.inf)
    return masked


def _allowed(row: Row) -> Tensor | None:
    constraint = row.request.constraint
    try:
        return constraint.allowed(row.left) if constraint is not None else None
    except Exception as error:  # noqa: BLE001 - one message's failure is not its neighbours'
        row.failure, row.ended = error, True
        return None


def _sample(logits: Tensor, row: Row) -> int:
    """Draw from the smallest set of tokens whose probability reaches top_p.

    One uniform number against the cumulative probabilities in the vocabulary's order: rounding
    that differs between batches moves a boundary by as much, and never reorders tokens.
    """
    probabilities = (logits / row.request.temperature).softmax(-1).double().cpu()
    if row.request.top_p < 1:
        ordered = probabilities.sort(descending=True).values
        kept = int((ordered.cumsum(0) - ordered < row.request.top_p).sum())
        probabilities[probabilities < ordered[max(kept, 1) - 1]] = 0
    cumulative = probabilities.cumsum(0)
    drawn = torch.rand(1, generator=row.generator, dtype=torch.float64) * cumulative[-1]
    return int(torch.searchsorted(cumulative, drawn, right=True).clamp(max=len(cumulative) - 1))
