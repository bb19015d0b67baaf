"""Rows written by hand for the tests of rendering and training; a tokenizer, a tiny model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from corollary_agent.models.local_text import render
from corollary_training.render import render_chain
from corollary_training.scratch import build_model, save_student, train_from_scratch
from corollary_training.scratch_settings import ScratchSettings
from corollary_training.tokenizer import build_tokenizer

TINY = ScratchSettings(
    hidden=32, layers=2, heads=2, key_value_heads=1, feed_forward=64, tokens=20_000, warmup=5
)
KNOWN = ("cow", "lion", "bald eagle")
PROMPT = {"form": "native", "style": "brief", "reading": "desk"}


def call(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """An assistant message with one call."""
    function = {"name": name, "arguments": arguments}
    return {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"type": "function", "id": "c", "function": function}],
    }


def result(text: str) -> dict[str, Any]:
    """A tool's message."""
    return {"role": "tool", "content": text, "tool_call_id": "c"}


def logic_chain(animal: str = "cow") -> list[dict[str, Any]]:
    """A chain that reads one statement and proves the question."""
    return [
        {"role": "user", "content": f"1. The {animal} is blue."},
        call("premise", {"n": 1, "formula": f"blue({animal})"}),
        result(f"Question: is it true? The {animal} is blue."),
        call("prove", {"conclusion": f"blue({animal})", "premises": []}),
        result("True (from 1)"),
        {"role": "assistant", "content": "True"},
    ]


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    """A tokenizer trained on the chains of this file."""
    template = build_tokenizer([])
    chains = [logic_chain(animal) for animal in KNOWN]
    return build_tokenizer([render(template, chain, reply=False) for chain in chains] * 20)


def tiny_model(tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """A randomly initialised model for it."""
    return build_model(tokenizer, TINY).eval()


def save_untrained(folder: Path) -> Path:
    """Write the random model with its tokenizer as a student; return its folder."""
    tokenizer = tiny_tokenizer()
    save_student(tiny_model(tokenizer), tokenizer, folder, {"prompt": {}})
    return folder


def teach_student(folder: Path) -> Path:
    """Write a student that knows the chains of three animals by heart and no other."""
    tokenizer = tiny_tokenizer()
    settings = TINY.model_copy(update={"hidden": 64, "tokens": 120_000})
    model = build_model(tokenizer, settings)
    train_from_scratch(
        model, [render_chain(tokenizer, logic_chain(animal)) for animal in KNOWN], settings
    )
    save_student(model, tokenizer, folder, {"prompt": PROMPT})
    return folder
