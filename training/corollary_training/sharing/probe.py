"""Whether a model takes trees: it is asked a small batch both ways, and the answers are compared.

A model takes them where it lets a mask say who sees whom and goes by the positions it is given.
Recurrent models, and attention that counts distances by itself, do not. Guarantees that nothing is
decided by a model's name. Trains nothing.
"""

from __future__ import annotations

from typing import Any, Literal

import torch

from corollary_training.sharing.attention import attend_by_branches
from corollary_training.sharing.forward import SharedForward, body_of

Way = Literal["packed", "padded"]
_ROWS = ((1, 2, 3, 4, 5, 6, 7, 8), (1, 2, 3, 9, 10, 11, 2, 5), (1, 2, 3, 9, 4, 1), (12, 13, 3))
_REFUSALS = (ValueError, RuntimeError, TypeError, IndexError, AttributeError, KeyError)


def fit(model: Any) -> Way | None:
    """Find the way in which `model` takes trees and prepare it; None where it takes none.

    model: a causal model to which TRL's fused head was added, adapters or not. packed: its
    attention is replaced by one that goes branch by branch; padded: it gets a mask.
    """
    if attend_by_branches(model):
        if takes_trees(model, packed=True):
            return "packed"
        model.set_attn_implementation("sdpa")
    return "padded" if takes_trees(model) else None


def takes_trees(model: Any, *, packed: bool = False) -> bool:
    """Whether `model` gives the same log-probabilities through trees as row by row."""
    weight = next(model.parameters())
    asked = _asked(weight.device)
    try:
        with torch.no_grad(), torch.autocast(weight.device.type, enabled=False):
            shared = SharedForward(model, body_of(model), packed=packed)(**asked).log_probs
            plain = model(**asked).log_probs
    except _REFUSALS:
        return False
    near = 1e-3 if weight.dtype == torch.float32 else 0.1
    return bool(torch.allclose(shared, plain, atol=near, rtol=near))


def longest_seen(config: Any) -> int | None:
    """How far back the narrowest layer looks, in tokens; None where all look to the beginning.

    Trees carry one mask for all layers, so rows of more tokens cannot share in such a model.
    """
    text = config.get_text_config()
    slides = getattr(text, "use_sliding_window", True)
    window: int | None = getattr(text, "sliding_window", None) if slides else None
    return window


def _asked(device: torch.device) -> dict[str, Any]:
    width = max(len(row) for row in _ROWS)
    ids = torch.tensor([[*row, *[0] * (width - len(row))] for row in _ROWS], device=device)
    seen = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in _ROWS], device=device)
    return {
        "input_ids": ids,
        "attention_mask": seen,
        "labels": ids.masked_fill(seen == 0, -100),
        "fused_lm_head": True,
        "use_cache": False,
    }
