"""Batched decoding with reused prefixes writes what the model's own generate writes."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
import torch
from chains import tiny_model, tiny_tokenizer
from torch import Tensor

from corollary_agent.models.local.engine import Engine
from corollary_agent.models.local.passes import Passes
from corollary_agent.models.local.requests import Request

TOKENIZER = tiny_tokenizer()
MODEL = tiny_model(TOKENIZER)
STOPS = frozenset([TOKENIZER.eos_token_id])


def prompts(count: int, seed: int = 0) -> list[list[int]]:
    chance = random.Random(seed)
    sizes = [chance.randrange(17, 60) for _ in range(count)]
    return [[chance.randrange(5, len(TOKENIZER)) for _ in range(size)] for size in sizes]


def by_generate(prompt: list[int], count: int) -> tuple[int, ...]:
    ids = torch.tensor([prompt])
    written = MODEL.generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=count, do_sample=False
    )
    tokens = written[0, len(prompt) :].tolist()
    return tuple(tokens[: tokens.index(next(iter(STOPS)))] if STOPS & set(tokens) else tokens)


def test_greedy_tokens_equal_generate_over_the_steps_of_a_chain() -> None:
    decoder = Engine(MODEL, STOPS)
    chains = prompts(6)
    for step in range(3):
        written = decoder.decode([Request(tuple(c), max_tokens=9) for c in chains])
        assert [w.tokens for w in written] == [by_generate(c, 9) for c in chains]
        more = prompts(6, seed=step + 1)
        chains = [c + list(w.tokens) + m for c, w, m in zip(chains, written, more, strict=True)]


def test_rows_of_different_length_end_apart() -> None:
    decoder = Engine(MODEL, STOPS)
    chains = prompts(4)
    limits = [1, 3, 9, 5]
    written = decoder.decode(
        [Request(tuple(c), max_tokens=n) for c, n in zip(chains, limits, strict=True)]
    )
    expected = [by_generate(c, n) for c, n in zip(chains, limits, strict=True)]
    assert [w.tokens for w in written] == expected


def test_a_sampled_row_does_not_depend_on_its_neighbours() -> None:
    requests = [Request(tuple(c), 9, temperature=1.0, top_p=0.9, seed=7) for c in prompts(5)]
    together = Engine(MODEL, STOPS).decode(requests)
    alone = [Engine(MODEL, STOPS).decode([request])[0] for request in requests]
    assert [w.tokens for w in together] == [w.tokens for w in alone]
    other = Engine(MODEL, STOPS).decode([Request(requests[0].tokens, 9, 1.0, 0.9, seed=8)])
    assert other[0].tokens != together[0].tokens


@pytest.mark.parametrize("seed", range(3))
def test_the_log_probability_is_that_of_all_that_was_drawn(seed: int) -> None:
    prompt = prompts(1, seed)[0]
    written = Engine(MODEL, STOPS).decode([Request(tuple(prompt), max_tokens=4)])[0]
    drawn = [*written.tokens, *(STOPS if written.ended else ())]
    with torch.inference_mode():
        logits = MODEL(torch.tensor([prompt + drawn])).logits.log_softmax(-1)
    total = sum(float(logits[0, len(prompt) - 1 + i, token]) for i, token in enumerate(drawn))
    assert written.logprob == pytest.approx(total, abs=1e-3)


def test_messages_that_write_stand_together() -> None:
    """Chains leave and come back: a pass runs over few slots besides those that write."""
    spans: list[tuple[int, int]] = []

    class Watched(Passes):
        def step(self, slots: Sequence[int], *rest: Any) -> Tensor:
            spans.append((len(slots), max(slots) + 1))
            return super().step(slots, *rest)

    engine = Engine(MODEL, STOPS)
    engine._holding._passes = Watched(MODEL)
    chains = prompts(24)
    for step in range(3):
        turn = [c for number, c in enumerate(chains) if number % (step + 1) == step]
        written = engine.decode([Request(tuple(c), max_tokens=5 + len(c) % 9) for c in turn])
        for chain, w in zip(turn, written, strict=True):
            assert w.tokens == by_generate(chain, 5 + len(chain) % 9)
            chain += [*w.tokens, 7, 8]
    assert all(span <= writing + max(2, writing // 8) for writing, span in spans)
