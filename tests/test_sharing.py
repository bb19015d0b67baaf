"""Computing common beginnings once changes no value and no gradient, only the work."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import torch
from chains import logic_chain, tiny_model, tiny_tokenizer
from datasets import Dataset
from test_dpo import CHAIN, WRONG, pair
from transformers import AutoConfig, AutoModelForCausalLM
from trl.trainer.utils import add_fused_lm_head

from corollary_datagen.pair import PreferencePair
from corollary_training.dpo import MaskedCollator, MaskedDPOTrainer, build_config, tokenise_pair
from corollary_training.dpo_settings import DpoSettings
from corollary_training.sharing.attention import NAME, attend_by_branches
from corollary_training.sharing.forward import Scope, SharedForward, body_of
from corollary_training.sharing.layout import lay_out
from corollary_training.sharing.probe import fit, longest_seen, takes_trees
from corollary_training.sharing.together import TogetherSampler
from corollary_training.sharing.trees import plant

FIELDS = ("log_probs", "entropy", "log_sum_sq_probs", "mean_logits", "is_top1")
SIZES = {
    "vocab_size": 60,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 128,
}
ARCHITECTURES = {
    "llama": SIZES,
    "qwen2": SIZES,
    "qwen3": SIZES,
    "mistral": SIZES,
    "gemma": SIZES,
    "gpt2": {"vocab_size": 60, "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 128},
}


def random_model(kind: str) -> Any:
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **ARCHITECTURES[kind]))
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    add_fused_lm_head(model, outputs=FIELDS)
    return model.eval()


def batch(rows: Sequence[Sequence[int]], masks: Sequence[Sequence[int]]) -> dict[str, Any]:
    """What TRL gives a model: rows padded on the right, labels where the mask is 1."""
    width = max(len(row) for row in rows)
    ids = torch.tensor([[*row, *[0] * (width - len(row))] for row in rows])
    mask = torch.tensor([[*row, *[0] * (width - len(row))] for row in masks])
    seen = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
    labels = ids.masked_fill(mask == 0, -100)
    return {
        "input_ids": ids,
        "attention_mask": seen,
        "labels": labels,
        "fused_lm_head": True,
        "use_cache": False,
    }


def random_batch(seed: int, pairs: int = 4) -> dict[str, Any]:
    """Rows over few tokens with beginnings of earlier rows, so that they fork at every depth."""
    draw = random.Random(seed)
    rows: list[list[int]] = []
    for _ in range(2 * pairs):
        stem = draw.choice(rows)[: draw.randrange(1, 20)] if rows and draw.random() < 0.8 else []
        rows.append(stem + [draw.randrange(1, 60) for _ in range(draw.randrange(1, 20))])
    return batch(rows, [[0] + [draw.randrange(2) for _ in row[1:-1]] + [1] for row in rows])


def gradients(model: Any, forward: Any, asked: dict[str, Any]) -> tuple[Any, list[torch.Tensor]]:
    """The outputs, and the gradients of a sum in which every place has a weight of its own."""
    model.zero_grad()
    found = forward(**asked)
    weights = torch.linspace(-1, 1, found.log_probs.numel()).view_as(found.log_probs)
    (found.log_probs * weights).sum().backward()
    return found, [p.grad.clone() for p in model.parameters() if p.grad is not None]


def assert_alike(model: Any, asked: dict[str, Any], scope: Scope) -> None:
    plain = gradients(model, model, asked)
    for packed in (False, attend_by_branches(model)):
        shared = SharedForward(model, body_of(model), scope, packed=packed)
        assert_same(asked, plain, gradients(model, shared, asked))
    model.set_attn_implementation("sdpa")


def assert_same(asked: dict[str, Any], one_way: Any, other_way: Any) -> None:
    (plain, slopes), (shared, others) = one_way, other_way
    scored = asked["labels"][:, 1:] != -100
    assert bool(plain.log_probs[scored].any())
    for name in FIELDS:
        one, other = getattr(plain, name).float(), getattr(shared, name).float()
        torch.testing.assert_close(other, one, atol=1e-5, rtol=1e-5)
    assert len(slopes) == len(others)
    for one, other in zip(slopes, others, strict=True):
        assert float((one - other).abs().max()) <= 1e-4 * max(1.0, float(one.abs().max()))


@pytest.mark.parametrize("scope", ["row", "pair", "batch"])
@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_values_and_gradients_are_those_of_the_plain_forward(kind: str, scope: Scope) -> None:
    model = random_model(kind)
    for seed in range(2):
        assert_alike(model, random_batch(seed), scope)


@pytest.mark.parametrize(
    ("rows", "masks"),
    [
        ([[1, 2, 3], [1, 2, 3]], [[0, 1, 1], [0, 1, 1]]),
        ([[1, 2, 3], [1, 2]], [[0, 0, 1], [0, 1]]),
        ([[1, 2], [1, 2, 3, 4]], [[0, 1], [0, 0, 1, 1]]),
        ([[1, 2, 3], [4, 5, 6]], [[0, 1, 1], [0, 1, 1]]),
        ([[1, 2], [1, 3]], [[0, 1], [0, 1]]),
        ([[1, 2], [3]], [[0, 1], [1]]),
        ([[1, 2, 3, 4], [1, 2, 5, 6]], [[0, 1, 0, 0], [0, 0, 1, 0]]),
    ],
    ids=["equal", "beginning", "left", "apart", "one token", "nothing scored", "cut tails"],
)
def test_odd_rows(rows: list[list[int]], masks: list[list[int]]) -> None:
    for scope in ("row", "pair", "batch"):
        assert_alike(random_model("llama"), batch(rows, masks), scope)  # type: ignore[arg-type]


def test_a_batch_in_which_nothing_is_scored_is_left_to_the_model() -> None:
    asked = batch([[1, 2], [3, 4]], [[0, 0], [0, 0]])
    assert lay_out(asked["input_ids"], asked["labels"], [0, 0]) is None
    model = random_model("llama")
    found = SharedForward(model, body_of(model))(**asked)
    assert not bool(found.log_probs.any())


def test_every_row_is_a_path_and_no_beginning_stands_twice() -> None:
    rows = random_batch(5, pairs=12)["input_ids"].tolist()
    trees = plant(rows, [0] * len(rows))
    for tree in trees:
        for number, path in tree.paths.items():
            assert [tree.tokens[node] for node in path] == rows[number]
            assert [tree.depths[node] for node in path] == list(range(len(path)))
        known = {
            tuple(rows[n][: i + 1]) for n, path in tree.paths.items() for i in range(len(path))
        }
        assert len(tree) == len(known)
    assert sorted(n for tree in trees for n in tree.paths) == list(range(len(rows)))


def test_rows_share_where_that_spares_work_and_only_with_their_kin() -> None:
    long = list(range(1, 301))
    rows = [[*long, 1], [*long, 2], [*long, 3], [*long, 4]]
    assert [len(tree) for tree in plant(rows, [0, 0, 0, 0])] == [304]
    assert [len(tree) for tree in plant(rows, [0, 1, 0, 1])] == [302, 302]
    apart = [[1, *range(2, 400)], [1, *range(500, 900)]]
    assert len(plant(apart, [0, 0])) == 2


def test_rows_of_a_problem_follow_each_other_in_another_order_each_epoch() -> None:
    problems = [str(row % 7) for row in range(40)]
    sampler, again = TogetherSampler(problems, 3), TogetherSampler(problems, 3)
    first = list(sampler)
    sampler.set_epoch(1)
    again.set_epoch(1)
    assert sorted(first) == list(range(40)) == list(range(len(sampler)))
    assert len([name for name, _ in groupby(problems[row] for row in first)]) == 7
    assert list(sampler) == list(again) != first
    assert list(TogetherSampler(problems, 4)) != first


def test_training_takes_them_in_that_order(tmp_path: Path) -> None:
    tokenizer = tiny_tokenizer()
    pairs = [replace_problem(pair(CHAIN[1:], WRONG[1:]), f"p{number % 3}") for number in range(12)]
    trainer = MaskedDPOTrainer(
        model=tiny_model(tokenizer),
        args=build_config(DpoSettings(batch=4), tmp_path),
        train_dataset=Dataset.from_list([tokenise_pair(tokenizer, each) for each in pairs]),
        processing_class=tokenizer,
        data_collator=MaskedCollator(pad_token_id=tokenizer.pad_token_id),
        share="batch",
        together=True,
    )
    sampler = trainer._get_train_sampler()
    assert len([name for name, _ in groupby(f"p{row % 3}" for row in sampler)]) == 3
    trainer.train()
    assert trainer.state.global_step == 3


def replace_problem(row: PreferencePair, problem: str) -> PreferencePair:
    return row.model_copy(update={"problem_id": problem})


@pytest.mark.parametrize("kind", ["mamba", "bloom"])
def test_a_model_that_cannot_share_is_found_out(kind: str) -> None:
    sizes = {"vocab_size": 60, "hidden_size": 32, "num_hidden_layers": 2}
    named = {"n_layer": 2, "n_head": 4} if kind == "bloom" else {"state_size": 4}
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **sizes, **named))
    add_fused_lm_head(model)
    assert fit(model.eval()) is None
    assert model.config._attn_implementation != NAME


@pytest.mark.parametrize("kind", ARCHITECTURES)
def test_the_models_that_are_tested_can_share(kind: str) -> None:
    model = random_model(kind)
    assert takes_trees(model)
    assert fit(model) == "packed"


def test_rows_longer_than_a_layer_looks_back_are_left_to_the_model() -> None:
    sizes = {**SIZES, "sliding_window": 6}
    assert longest_seen(AutoConfig.for_model("mistral", **sizes)) == 6
    assert longest_seen(AutoConfig.for_model("llama", **SIZES)) is None
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model("mistral", **sizes)).eval()
    add_fused_lm_head(model)
    asked = random_batch(0)
    shared = SharedForward(model, body_of(model), longest=6)(**asked)
    assert torch.equal(shared.log_probs, model(**asked).log_probs)


@pytest.mark.parametrize("settings", [
    DpoSettings(batch=4, anchor=0),
    DpoSettings(batch=4, flip_rate=0.1),
    DpoSettings(batch=4, anchor=0.5, lora_rank=4),
], ids=["sigmoid", "robust and sft", "an adapter"])  # fmt: skip
def test_a_step_of_trl_has_the_same_loss_metrics_and_gradients(
    tmp_path: Path, settings: DpoSettings
) -> None:
    plain, shared = (step(tmp_path, settings, share) for share in (None, "batch"))
    assert shared[0] == pytest.approx(plain[0], abs=1e-4)
    assert shared[1] == pytest.approx(plain[1], abs=1e-3, rel=1e-3)
    assert shared[2] == pytest.approx(plain[2], rel=1e-3)


def step(
    folder: Path, settings: DpoSettings, share: Scope | None
) -> tuple[float, dict[str, float], float]:
    """The loss of one batch, TRL's metrics, and the norm of the gradient, in single precision."""
    tokenizer = tiny_tokenizer()
    torch.manual_seed(1)
    others = [logic_chain(animal)[1:] for animal in ("lion", "bald eagle")]
    pairs = [pair(CHAIN[1:], WRONG[1:]), *(pair(chain, WRONG[1:]) for chain in others)] * 2
    config = build_config(settings, folder, bf16=False)
    trainer = MaskedDPOTrainer(
        model=tiny_model(tokenizer),
        args=config,
        train_dataset=Dataset.from_list([tokenise_pair(tokenizer, each) for each in pairs]),
        processing_class=tokenizer,
        data_collator=MaskedCollator(pad_token_id=tokenizer.pad_token_id),
        peft_config=None if not settings.lora_rank else lora(settings),
        share=share,
    )
    jitter(trainer.model)
    inputs = trainer._prepare_inputs(next(iter(trainer.get_train_dataloader())))
    with torch.autocast("cpu", enabled=False):
        loss = trainer._compute_loss(trainer.model, inputs, return_outputs=False)
    loss.backward()
    slopes = [p.grad.norm() for p in trainer.model.parameters() if p.grad is not None]
    metrics = {name: float(values[0]) for name, values in trainer._metrics["train"].items()}
    return float(loss.detach()), metrics, float(torch.stack(slopes).norm())


def lora(settings: DpoSettings) -> Any:
    from peft import LoraConfig

    rank = settings.lora_rank
    return LoraConfig(r=rank, target_modules="all-linear", task_type="CAUSAL_LM")


def jitter(model: Any) -> None:
    """Move the model from its reference, so that the loss depends on both sides."""
    torch.manual_seed(2)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn_like(parameter), alpha=0.1)


def test_what_is_saved_does_not_name_the_attention_of_training(tmp_path: Path) -> None:
    model = random_model("llama")
    assert fit(model) == "packed"
    model.save_pretrained(tmp_path)
    assert NAME not in (tmp_path / "config.json").read_text("utf-8")


def test_an_adapter_is_found_under_its_model() -> None:
    from peft import get_peft_model

    model = get_peft_model(random_model("qwen2"), lora(DpoSettings(lora_rank=2)))
    assert body_of(model) is model.get_base_model().base_model
    assert fit(model) == "packed"
    assert_alike(model, random_batch(3), "batch")
