"""Architectures of the Hub, tiny and random: trained with an adapter, examined, made to call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from chains import logic_chain
from command import run
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from corollary_datagen.unpaired import UnpairedRow
from corollary_training.course import Course
from corollary_training.doctor.stand_ins import build_stand_in
from corollary_training.dpo_settings import DpoSettings
from corollary_training.methods import train_by

SIZES = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
    "num_key_value_heads": 1, "intermediate_size": 64, "max_position_embeddings": 4096,
}  # fmt: skip
FAMILIES: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "qwen3-stock": (Qwen3Config, Qwen3ForCausalLM, {"head_dim": 16, "tie_word_embeddings": True}),
    "qwen2_5-stock": (Qwen2Config, Qwen2ForCausalLM, {"tie_word_embeddings": True}),
    "llama3_2-stock": (LlamaConfig, LlamaForCausalLM, {"rope_parameters": {
        "rope_type": "llama3", "rope_theta": 500000.0, "factor": 32.0, "low_freq_factor": 1.0,
        "high_freq_factor": 4.0, "original_max_position_embeddings": 1024}}),
    "mistral": (MistralConfig, MistralForCausalLM, {"sliding_window": None}),
}  # fmt: skip


def save_random(family: str, folder: Path) -> Path:
    """A checkpoint of the family with random weights and its template, as the Hub has it."""
    tokenizer, stops = build_stand_in(family)
    config, model, special = FAMILIES[family]
    torch.manual_seed(0)
    built = model(config(vocab_size=len(tokenizer), **SIZES, **special))
    built.generation_config.eos_token_id = sorted(stops)
    built.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.parametrize("family", FAMILIES)
def test_a_student_of_the_hub_is_trained_examined_and_served(family: str, tmp_path: Path) -> None:
    student = save_random(family, tmp_path / "student")
    chain = logic_chain()
    row = UnpairedRow(
        problem_id="p",
        family="f",
        tools=(),
        prompt=(chain[0],),
        completion=tuple(chain[1:]),
        label=True,
        trace="t",
    )
    told: list[str] = []
    settings = DpoSettings(
        method="sft", batch=2, lora_rank=2, longest=4096, learning_rate=1e-2, warmup=0
    )
    out = train_by([row] * 4, settings, Course(student, tmp_path / "out", on_note=told.append))
    assert bool(told) == (family == "qwen3-stock")
    data = tmp_path / "rows.jsonl"
    data.write_text(json.dumps({"messages": chain}) + "\n", encoding="utf-8")
    examined = run("doctor", str(out), str(data))
    assert examined.exit_code == 0, examined.stderr
    exported = run("export", str(out), "--out", str(tmp_path / "exported"))
    assert exported.exit_code == 0, exported.stderr
