"""Attention over packed trees, in single precision, for processors.

Each branch attends to its path alone, so nothing is computed to be masked away and nothing is
padded. Torch's attention on a processor takes about three times as long in bfloat16 as in single
precision (heads of 32, one core), while its matrix products are several times faster in bfloat16:
so products stay in it and attention leaves it, which is nearer to the exact value too. Guarantees
the values of transformers' own `sdpa` for calls without trees. Leaves graphics processors alone.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from corollary_training.sharing.reading import Reading

NAME = "corollary_trees"


def attend_by_branches(model: Any) -> bool:
    """Let a model on a processor attend this way; False for any other, which stays as it is."""
    on_processor = next(model.parameters()).device.type == "cpu"
    if not on_processor or model.config._attn_implementation not in ("sdpa", NAME):
        return False
    AttentionInterface.register(NAME, attend)
    AttentionMaskInterface.register(NAME, sdpa_mask)
    model.set_attn_implementation(NAME)
    return True


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    reading: Reading | None = None,
    **rest: Any,
) -> tuple[torch.Tensor, None]:
    """Attention as transformers calls it: [batch, heads, tokens, width]; tokens come second."""
    query, key, value = query.float(), key.float(), value.float()
    with torch.autocast(query.device.type, enabled=False):
        if reading is None:
            found = sdpa_attention_forward(module, query, key, value, attention_mask, **rest)
            return found[0], None
        return _by_branches(query, (key, value), reading, rest.get("scaling")), None


def _by_branches(
    query: torch.Tensor,
    read: tuple[torch.Tensor, torch.Tensor],
    reading: Reading,
    scaling: float | None,
) -> torch.Tensor:
    keys, values = (torch.split(each, reading.pieces, 2) for each in read)
    branches = torch.split(query, reading.queries, 2)
    seen = [
        scaled_dot_product_attention(
            branch,
            _joined(keys, pieces),
            _joined(values, pieces),
            attn_mask=mask,
            is_causal=mask is None,
            scale=scaling,
            enable_gqa=True,
        )
        for branch, pieces, mask in zip(branches, reading.reads, reading.masks, strict=True)
    ]
    return torch.cat(seen, 2).transpose(1, 2).contiguous()


def _joined(all_pieces: tuple[torch.Tensor, ...], wanted: list[int]) -> torch.Tensor:
    first = all_pieces[wanted[0]]
    return first if len(wanted) == 1 else torch.cat([all_pieces[piece] for piece in wanted], 2)
