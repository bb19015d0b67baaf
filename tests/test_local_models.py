"""Architectures and number types: the engine writes what each model's own generate writes."""

from __future__ import annotations

import random
from typing import Any

import pytest
import torch
from transformers import AutoConfig, AutoModelForCausalLM

from corollary_agent.models.local.engine import Engine
from corollary_agent.models.local.requests import Request

SMALL = {
    "vocab_size": 99,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 256,
    "initializer_range": 0.3,
    "bos_token_id": 0,
    "eos_token_id": 98,
    "pad_token_id": 0,
}
LAYERS = ["sliding_attention", "full_attention"]
KINDS: dict[str, dict[str, Any]] = {
    "llama": {},
    "qwen3": {},
    "mistral": {"sliding_window": 12},
    "gemma2": {"sliding_window": 12, "layer_types": LAYERS, "query_pre_attn_scalar": 8},
    "gemma3_text": {"sliding_window": 12, "layer_types": LAYERS, "query_pre_attn_scalar": 8},
    "gpt_oss": {
        "sliding_window": 12,
        "layer_types": LAYERS,
        "num_local_experts": 4,
        "num_experts_per_tok": 2,
    },
}


def network(kind: str, dtype: torch.dtype = torch.float32) -> Any:
    torch.manual_seed(0)
    config = AutoConfig.for_model(kind, **SMALL, **KINDS[kind])
    return AutoModelForCausalLM.from_config(config).to(dtype).eval()


def written(model: Any, prompt: list[int], count: int) -> tuple[int, ...]:
    ids = torch.tensor([prompt])
    given = {"attention_mask": torch.ones_like(ids), "do_sample": False}
    tokens = model.generate(ids, max_new_tokens=count, **given)[0, len(prompt) :].tolist()
    return tuple(tokens[: tokens.index(98)] if 98 in tokens else tokens)


def chains(count: int) -> list[list[int]]:
    chance = random.Random(1)
    return [[chance.randrange(1, 98) for _ in range(chance.randrange(3, 40))] for _ in range(count)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_that_goes_on_equals_generate(kind: str) -> None:
    model = network(kind)
    engine = Engine(model, frozenset([98]))
    prompts = chains(5)
    for _ in range(2):
        done = engine.decode([Request(tuple(prompt), max_tokens=16) for prompt in prompts])
        assert [d.tokens for d in done] == [written(model, prompt, 16) for prompt in prompts]
        prompts = [p + list(d.tokens) + [5, 7] for p, d in zip(prompts, done, strict=True)]
    assert all(d.reused for d in engine.decode([Request(tuple(prompts[0]), max_tokens=2)]))


@pytest.mark.parametrize("kind", ["llama", "qwen3", "gpt_oss"])
def test_in_bfloat16_too(kind: str) -> None:
    model = network(kind, torch.bfloat16)
    prompts = chains(5)
    done = Engine(model, frozenset([98])).decode([Request(tuple(p), 16) for p in prompts])
    assert [d.tokens for d in done] == [written(model, prompt, 16) for prompt in prompts]
