"""A student from nothing: its tokenizer, its model, its first supervised training on right chains.

Excerpts of one step first, then longer ones, then whole chains, in batches that grow: a tiny model
learns to copy within a minute that way and not at all from whole chains alone.
Guarantees the same weights for the same chains, settings and thread count. Does not make the
chains (rollouts do) and does not do preference training (`dpo`).

Why not a library's trainer: none batches by a budget of tokens that grows with the run.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from corollary_agent.models.local import CARD
from corollary_training.drills import DRILL_TOKENS
from corollary_training.progress import Progress
from corollary_training.render import Rendered
from corollary_training.scratch_settings import ScratchSettings

IGNORED = -100
INIT_SCALE = 0.85
"""Weights start at this over the root of the width; with transformers' 0.02 a narrow model's
attention starts flat, and 400,000 tokens of ProofWriter chains left a loss of 0.28 against 0.06."""


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
        initializer_range=INIT_SCALE / math.sqrt(settings.hidden),
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
    drills: Sequence[Rendered] = (),
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> None:
    """Train `model` in place on the masked tokens of `chains`, and of `drills` at first."""
    optimizer = torch.optim.AdamW(
        model.parameters(),
        lr=settings.learning_rate,
        weight_decay=settings.weight_decay,
        betas=(0.9, 0.95),
    )
    model.train()
    started, seen = time.monotonic(), 0
    for step, batch in enumerate(_batches(chains, drills, settings)):
        rate = _rate(step, seen / settings.tokens, settings)
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = _step(model, optimizer, batch)
        seen += sum(len(chain.ids) for chain in batch)
        if step % 20 == 0 or seen >= settings.end:
            speed = seen / (time.monotonic() - started)
            figures = {"step": step, "learning_rate": rate, "tokens_per_second": speed}
            on_progress(Progress(seen, settings.end, loss, figures))
    model.eval()


def save_student(
    model: Any, tokenizer: PreTrainedTokenizerFast, folder: Path, card: dict[str, Any]
) -> None:
    """Write the checkpoint (bfloat16 safetensors), its tokenizer and its card."""
    model.to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


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


def _batches(
    chains: Sequence[Rendered], drills: Sequence[Rendered], settings: ScratchSettings
) -> Iterator[Sequence[Rendered]]:
    """Yield batches of like length until the run ends.

    The share of batches that are drills falls to nothing while excerpts grow to whole chains.
    """
    chance = random.Random(settings.seed)
    opening = chains[0].ids[0]
    ordered = sorted(chains, key=lambda chain: len(chain.ids))
    seen = 0
    while seen < settings.end:
        done = seen / settings.tokens
        budget = settings.first_batch + done * (settings.last_batch - settings.first_batch)
        limit = _limit(done, len(ordered[-1].ids), settings)
        drilled = drills and chance.random() < _drill_share(done, settings)
        batch = (
            chance.sample(drills, int(budget // DRILL_TOKENS))
            if drilled
            else _draw(ordered, budget, limit, opening, chance)
        )
        seen += sum(len(chain.ids) for chain in batch)
        yield batch


def _drill_share(done: float, settings: ScratchSettings) -> float:
    return settings.drills * (1 - done / settings.short_share) if settings.short_share else 0.0


def _limit(done: float, longest: int, settings: ScratchSettings) -> int:
    """The longest excerpt allowed yet, in tokens: grows by a constant factor to whole chains."""
    if done >= settings.short_share:
        return longest
    return int(settings.shortest * (longest / settings.shortest) ** (done / settings.short_share))


def _draw(
    ordered: Sequence[Rendered], budget: float, limit: int, opening: int, chance: random.Random
) -> Sequence[Rendered]:
    """Excerpts of a random chain and of its neighbours in length, as many as the budget holds."""
    middle = chance.randrange(len(ordered))
    count = max(1, int(budget // min(limit, len(ordered[middle].ids))))
    window = ordered[max(0, middle - 2 * count) : middle + 2 * count + 1]
    picked = chance.sample(window, min(count, len(window)))
    return [excerpt(chain, limit, opening, chance) for chain in picked]


def excerpt(chain: Rendered, limit: int, opening: int, chance: random.Random) -> Rendered:
    """Return consecutive steps of a chain in at most `limit` tokens (always at least one step).

    A step starts with what the model reads. The excerpt opens with the mark `opening` of a user's
    turn, whatever opened that step in the chain. A chain that fits is returned whole.
    """
    if len(chain.ids) <= limit:
        return chain
    starts = [i for i, m in enumerate(chain.mask) if not m and (i == 0 or chain.mask[i - 1])]
    first = chance.choice(starts)
    ends = [*(s for s in starts if s > first), len(chain.ids)]
    end = max([e for e in ends if e - first <= limit], default=ends[0])
    return Rendered((opening, *chain.ids[first + 1 : end]), chain.mask[first:end])


def _rate(step: int, done: float, settings: ScratchSettings) -> float:
    """Linear warm-up, then cosine to the share `last_rate`."""
    last = settings.last_rate
    cosine = last + (1 - last) * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
    return settings.learning_rate * min(1.0, (step + 1) / settings.warmup) * cosine
