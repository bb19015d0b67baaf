"""A student from nothing: its tokenizer, its model, its first supervised training on right chains.

Short chains first, small batches that grow: a tiny model learns to copy within seconds that way
and never from uniform batches. Guarantees the same weights for the same chains, settings and
thread count. Does not make the chains (rollouts do) and does not do preference training (`dpo`).

Why not a library's trainer: none batches by a budget of tokens that grows with the run.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from corollary_training.progress import Progress
from corollary_training.render import Rendered
from corollary_training.scratch_settings import ScratchSettings

IGNORED = -100


def build_model(tokenizer: PreTrainedTokenizerFast, settings: ScratchSettings) -> LlamaForCausalLM:
    """Return a randomly initialised Llama-type model for the tokenizer."""
    torch.manual_seed(settings.seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=settings.hidden,
        num_hidden_layers=settings.layers,
        num_attention_heads=settings.heads,
        num_key_value_heads=settings.key_value_heads,
        intermediate_size=settings.feed_forward,
        max_position_embeddings=settings.context,
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
    )
    return LlamaForCausalLM(config)


def train_from_scratch(
    model: Any,
    chains: Sequence[Rendered],
    settings: ScratchSettings,
    *,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> None:
    """Train `model` in place on the masked tokens of `chains` by the curriculum."""
    optimizer = torch.optim.AdamW(
        model.parameters(),
        lr=settings.learning_rate,
        weight_decay=settings.weight_decay,
        betas=(0.9, 0.95),
    )
    model.train()
    started, seen = time.monotonic(), 0
    for step, batch in enumerate(_batches(chains, settings)):
        rate = _rate(step, seen / settings.tokens, settings)
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = _step(model, optimizer, batch)
        seen += sum(len(chain.ids) for chain in batch)
        if step % 20 == 0 or seen >= settings.tokens:
            speed = seen / (time.monotonic() - started)
            figures = {"step": step, "learning_rate": rate, "tokens_per_second": speed}
            on_progress(Progress(seen, settings.tokens, loss, figures))
    model.eval()


def save_student(
    model: Any, tokenizer: PreTrainedTokenizerFast, folder: Path, card: dict[str, Any]
) -> None:
    """Write the checkpoint (bfloat16 safetensors), its tokenizer and its card `corollary.json`."""
    model.to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "corollary.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def _step(model: Any, optimizer: torch.optim.Optimizer, batch: Sequence[Rendered]) -> float:
    ids, labels, attention = collate(batch, pad=model.config.pad_token_id)
    device = model.device
    with torch.autocast(device.type, torch.bfloat16):
        hidden = model.model(input_ids=ids.to(device), attention_mask=attention.to(device))[0]
        kept = labels[:, 1:].to(device) != IGNORED
        logits = model.lm_head(hidden[:, :-1][kept])
    loss = torch.nn.functional.cross_entropy(logits.float(), labels[:, 1:].to(device)[kept])
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float(loss.detach())


def collate(batch: Sequence[Rendered], *, pad: int) -> tuple[Tensor, Tensor, Tensor]:
    """Right-pad chains: ids, labels (IGNORED where the model did not write), attention mask."""
    width = max(len(chain.ids) for chain in batch)
    ids = torch.full((len(batch), width), pad)
    labels = torch.full((len(batch), width), IGNORED)
    attention = torch.zeros((len(batch), width), dtype=torch.long)
    for row, chain in enumerate(batch):
        size = len(chain.ids)
        ids[row, :size] = torch.tensor(chain.ids)
        attention[row, :size] = 1
        written = torch.tensor(chain.mask, dtype=torch.bool)
        labels[row, :size][written] = ids[row, :size][written]
    return ids, labels, attention


def _batches(chains: Sequence[Rendered], settings: ScratchSettings) -> Iterator[Sequence[Rendered]]:
    """Yield batches of like length until the run's tokens are spent."""
    generator = torch.Generator().manual_seed(settings.seed)
    ordered = sorted(chains, key=lambda chain: len(chain.ids))
    seen = 0
    while seen < settings.tokens:
        done = seen / settings.tokens
        allowed = ordered[: _allowed(len(ordered), done, settings)]
        budget = settings.first_batch + done * (settings.last_batch - settings.first_batch)
        batch = _draw(allowed, budget, generator)
        seen += sum(len(chain.ids) for chain in batch)
        yield batch


def _allowed(size: int, done: float, settings: ScratchSettings) -> int:
    """How many of the chains, shortest first, may be drawn yet."""
    share = 1.0 if settings.short_share <= 0 else 0.1 + 0.9 * done / settings.short_share
    return max(1, min(size, math.ceil(size * share)))


def _draw(
    allowed: Sequence[Rendered], budget: float, generator: torch.Generator
) -> Sequence[Rendered]:
    """A random chain and its neighbours in length, as many as the budget of tokens holds."""
    start = int(torch.randint(len(allowed), (1,), generator=generator))
    count = max(1, int(budget // len(allowed[start].ids)))
    window = allowed[max(0, start - 2 * count) : start + 2 * count + 1]
    picked = torch.randperm(len(window), generator=generator)[:count]
    return [window[int(i)] for i in picked]


def _rate(step: int, done: float, settings: ScratchSettings) -> float:
    """Linear warm-up, then cosine to a twentieth."""
    cosine = 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
    return settings.learning_rate * min(1.0, (step + 1) / settings.warmup) * cosine
