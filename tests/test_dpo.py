"""Preference training puts the model's own tokens, and no others, into TRL's loss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from chains import TINY, call, logic_chain, result, save_untrained, tiny_model, tiny_tokenizer
from datasets import Dataset
from transformers import AutoModelForCausalLM

from corollary_datagen.pair import PreferencePair
from corollary_tools.errors import CorollaryError
from corollary_training.dpo import (
    MaskedCollator,
    MaskedDPOTrainer,
    build_config,
    tokenise_pair,
    train_dpo,
)
from corollary_training.dpo_settings import DpoSettings

CHAIN = logic_chain()
WRONG = [CHAIN[0], call("premise", {"n": 1, "formula": "~blue(cow)"}), *CHAIN[2:5], CHAIN[5]]


def pair(chosen: list[dict[str, Any]], rejected: list[dict[str, Any]]) -> PreferencePair:
    return PreferencePair(
        kind="outcome",
        problem_id="p",
        family="f",
        tools=(),
        prompt=(CHAIN[0],),
        chosen=tuple(chosen),
        rejected=tuple(rejected),
        chosen_trace="a",
        rejected_trace="b",
    )


@pytest.fixture(scope="module")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_untrained(tmp_path_factory.mktemp("student"))


def by_hand(model: Any, tokenizer: Any, messages: list[dict[str, Any]]) -> float:
    """The log-probability of the assistant turns alone, one token at a time."""
    row = tokenise_pair(tokenizer, pair(messages[1:], messages[1:]))
    ids = row["prompt_ids"] + row["chosen_ids"]
    logprobs = model(torch.tensor([ids])).logits.log_softmax(-1)[0]
    start = len(row["prompt_ids"])
    return sum(
        float(logprobs[start + i - 1, token])
        for i, (token, written) in enumerate(
            zip(row["chosen_ids"], row["chosen_mask"], strict=True)
        )
        if written
    )


def test_trls_log_probabilities_are_those_of_the_assistants_tokens(
    student: Path, tmp_path: Path
) -> None:
    tokenizer = tiny_tokenizer()
    model = AutoModelForCausalLM.from_pretrained(student, dtype=torch.float32)
    rows = [tokenise_pair(tokenizer, pair(CHAIN[1:], WRONG[1:]))]
    trainer = MaskedDPOTrainer(
        model=model,
        args=build_config(DpoSettings(batch=1), tmp_path),
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        data_collator=MaskedCollator(pad_token_id=tokenizer.pad_token_id),
    )
    reference = trainer.train_dataset[0]
    with torch.no_grad():
        assert reference["ref_chosen_logps"] == pytest.approx(
            by_hand(model, tokenizer, CHAIN), abs=0.3
        )
        assert reference["ref_rejected_logps"] == pytest.approx(
            by_hand(model, tokenizer, WRONG), abs=0.3
        )


def test_the_collator_masks_tool_results_of_both_sides() -> None:
    tokenizer = tiny_tokenizer()
    rows = [tokenise_pair(tokenizer, pair(CHAIN[1:], WRONG[1:]))] * 2
    batch = MaskedCollator(pad_token_id=tokenizer.pad_token_id).torch_call(rows)
    kept = [
        tokenizer.decode(ids[mask.bool()])
        for ids, mask in zip(batch["input_ids"], batch["completion_mask"], strict=True)
    ]
    assert all("Question" not in text and "from 1" not in text for text in kept)
    assert all(text.endswith("True<|end|>") for text in kept)
    assert "~blue" in kept[2]
    assert "~blue" not in kept[0]


def test_a_side_without_a_word_of_the_model_is_refused() -> None:
    with pytest.raises(CorollaryError, match=r"trains nothing|nothing to train on"):
        tokenise_pair(tiny_tokenizer(), pair(CHAIN[1:], [result("a tool's word")]))


@pytest.mark.parametrize("rank", [0, 4], ids=["all weights", "an adapter"])
def test_training_prefers_the_chosen_side(student: Path, tmp_path: Path, rank: int) -> None:
    """An adapter is merged into what is saved, so both come out as whole checkpoints."""
    tokenizer = tiny_tokenizer()
    losses: list[float] = []
    settings = DpoSettings(
        learning_rate=1e-2, epochs=3, batch=4, anchor=0.5, warmup=0, lora_rank=rank
    )
    out = train_dpo(
        student,
        [pair(CHAIN[1:], WRONG[1:])] * 20,
        settings,
        out=tmp_path / "after",
        on_progress=lambda progress: losses.append(progress.loss),
    )
    before = AutoModelForCausalLM.from_pretrained(student, dtype=torch.float32)
    after = AutoModelForCausalLM.from_pretrained(out, dtype=torch.float32)
    with torch.no_grad():
        margins = [
            by_hand(model, tokenizer, CHAIN) - by_hand(model, tokenizer, WRONG)
            for model in (before, after)
        ]
    assert margins[1] > margins[0] + 1
    assert losses[-1] < losses[0]
    assert (out / "corollary.json").is_file()
    assert not (out / "trainer").exists()


def test_tiny_settings_are_tiny() -> None:
    assert tiny_model(tiny_tokenizer()).num_parameters() < 100_000
    assert TINY.tokens <= 20_000
