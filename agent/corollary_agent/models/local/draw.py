"""Choosing each row's next token from the model's logits.

Guarantees that a row's choice depends on its own logits, seed and constraint, never on its
neighbours; greedy rows take the likeliest token, as `generate` does. A row that is held to a
grammar draws freely first and again among what is allowed only where that was not: the likeliest
allowed token, or the allowed tokens' own distribution, without a mask for most tokens. Does not run
the model.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from corollary_agent.models.local.requests import Constraint, Row

_COLDEST = 1e-6
"""The lowest temperature that is told from none."""


def draw(rows: Sequence[Row], logits: Tensor, stops: frozenset[int]) -> list[int]:
    """Draw each row's next token and write it down; logits: [rows, places, vocabulary].

    The last place is drawn from. Where there are more, those before it are of what the row knew
    ahead, which is written down first. A stop token ends its row and is not written.
    """
    distribution = logits.log_softmax(-1)
    if logits.shape[1] > 1:
        for row, given in zip(rows, distribution, strict=True):
            _write_ahead(row, given, stops)
    tokens = _chosen(rows, logits[:, -1])
    places = distribution[:, -1]
    logprobs = places.gather(1, torch.tensor(tokens, device=places.device)[:, None])[:, 0].tolist()
    for index, (row, token) in enumerate(zip(rows, tokens, strict=True)):
        if not row.done:
            _note(row, logprobs[index], places[index])
            _write(row, token, stops)
    return tokens


def _write_ahead(row: Row, distribution: Tensor, stops: frozenset[int]) -> None:
    """Write what was known; distribution: [places, vocabulary], the last beyond what is known."""
    known = row.ahead
    for place, token in zip(distribution[-1 - len(known) : -1], known, strict=True):
        if not row.done:
            _note(row, float(place[token]), place)
            _write(row, token, stops)


def _note(row: Row, logprob: float, distribution: Tensor) -> None:
    row.logprobs.append(logprob)
    if row.request.top:
        best = distribution.topk(min(row.request.top, distribution.shape[-1]))
        row.top.append(tuple(zip(best.indices.tolist(), best.values.tolist(), strict=True)))


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
            row.look_ahead()
        if watch is not None and watch(token):
            row.ended = True
    except Exception as error:  # noqa: BLE001 - one message's failure is not its neighbours'
        row.failure, row.ended = error, True


def _chosen(rows: Sequence[Row], logits: Tensor) -> list[int]:
    """The next token of each row; logits: [rows, vocabulary]."""
    tokens: list[int] = logits.argmax(-1).tolist()
    sampled = [i for i, row in enumerate(rows) if row.generator is not None and _free_first(row)]
    if sampled:
        drawn = _sample([rows[i] for i in sampled], logits[sampled])
        for index, token in zip(sampled, drawn, strict=True):
            tokens[index] = token
    for index, row in enumerate(rows):
        if row.request.constraint is not None and not row.done:
            tokens[index] = _held(row, row.request.constraint, logits[index], tokens[index])
    return tokens


def _free_first(row: Row) -> bool:
    """Whether a free draw is of use: not where the set that top_p cuts is one of allowed tokens."""
    held = row.request.constraint is not None
    return not held or (not row.ahead and row.request.top_p >= 1)


def _held(row: Row, constraint: Constraint, logits: Tensor, free: int) -> int:
    """What a row held to a grammar writes, given what it would write without."""
    try:
        if row.ahead:
            return row.ahead[0]
        greedy = row.generator is None
        if (greedy or _free_first(row)) and constraint.allows(free, row.left):
            return free
        allowed = constraint.allowed(row.left).to(logits.device)
        held = logits.masked_fill(~allowed, -torch.inf)
        return int(held.argmax()) if greedy else _sample([row], held[None])[0]
    except Exception as error:  # noqa: BLE001 - one message's failure is not its neighbours'
        row.failure, row.ended = error, True
        return free


def _sample(rows: Sequence[Row], logits: Tensor) -> list[int]:
    """Draw for each row from the smallest set of tokens whose probability reaches its top_p.

    One uniform number against the cumulative probabilities in the vocabulary's order: rounding
    that differs between batches moves a boundary by as much, and never reorders tokens.
    """
    heat = [max(row.request.temperature, _COLDEST) for row in rows]
    raised = logits - logits.amax(-1, keepdim=True)  # so that nothing overflows
    raised /= torch.tensor(heat, device=logits.device)[:, None]
    probabilities = raised.softmax(-1).double().cpu()
    for index, row in enumerate(rows):
        if row.request.top_p < 1:
            _cut(probabilities[index], row.request.top_p)
    cumulative = probabilities.cumsum(-1)
    uniform = [torch.rand(1, generator=row.generator, dtype=torch.float64) for row in rows]
    aim = torch.stack(uniform) * cumulative[:, -1:]
    drawn = torch.searchsorted(cumulative, aim, right=True)[:, 0]
    return drawn.clamp(max=cumulative.shape[-1] - 1).tolist()


def _cut(probabilities: Tensor, top_p: float) -> None:
    """Set to zero what is outside the smallest set that reaches top_p."""
    ordered = probabilities.sort(descending=True).values
    kept = int((ordered.cumsum(0) - ordered < top_p).sum())
    probabilities[probabilities < ordered[max(kept, 1) - 1]] = 0
