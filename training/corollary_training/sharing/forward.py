"""A callable that stands in a causal model's place and scores tokens through shared trees.

TRL calls a model with `labels` and `fused_lm_head=True` and reads log-probabilities a token. The
same call made to a `SharedForward` gives the same values in the same places, computed on each
common beginning once and, in the head, only where a token is scored. Guarantees that gradients are
those of the plain call. Knows no loss, and is for models that take a mask of four dimensions
(`sharing.probe` finds out).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import Any, Literal

import torch

from corollary_training.sharing.layout import Layout, lay_out

Scope = Literal["row", "pair", "batch"]
OURS = ("input_ids", "attention_mask", "labels", "fused_lm_head", "use_cache")


class SharedForward:
    """One forward of `model`. body: the module under its head, whose outputs the head reads.

    scope: which rows may share: none, the two of a pair (rows n and n + half), or any. packed:
    the model's attention takes a `Reading`. longest: a batch with longer rows than this goes to
    the model as it is.
    """

    def __init__(
        self,
        model: Any,
        body: torch.nn.Module,
        scope: Scope = "batch",
        *,
        packed: bool = False,
        longest: int | None = None,
    ) -> None:
        self._model = model
        self._body = body
        self._scope = scope
        self._packed = packed
        self._longest = longest

    def __call__(self, **asked: Any) -> Any:
        """Return what the model returns; fields a token are [rows, length - 1]."""
        ids = asked["input_ids"]
        if not asked.get("fused_lm_head") or ids.shape[1] > (self._longest or ids.shape[1]):
            return self._model(**asked)
        alike = kin(len(ids), self._scope)
        layout = lay_out(ids, asked["labels"], alike, packed=self._packed)
        if layout is None:
            return self._model(**asked)
        rest = {key: value for key, value in asked.items() if key not in OURS}
        if layout.reading is not None:
            rest["reading"] = layout.reading
        with _only(self._body, layout.sources):
            found = self._model(
                input_ids=layout.ids,
                position_ids=layout.positions,
                attention_mask=layout.sees,
                shift_labels=layout.labels,
                fused_lm_head=True,
                use_cache=False,
                **rest,
            )
        return _spread(found, layout, (ids.shape[0], ids.shape[1] - 1))


def body_of(model: Any) -> torch.nn.Module:
    """The module under the head of a causal model, adapters or not."""
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    body: torch.nn.Module = base.base_model
    return body


def kin(rows: int, scope: Scope) -> list[int]:
    """For each row a number; rows of the same number may share. Pairs are rows n and n + half."""
    if scope == "row":
        return list(range(rows))
    return [row % (rows // 2) for row in range(rows)] if scope == "pair" else [0] * rows


@contextmanager
def _only(body: torch.nn.Module, sources: torch.Tensor) -> Iterator[None]:
    """Let the body hand over the outputs of these nodes only, as one row."""

    def narrow(module: Any, arguments: Any, outputs: Any) -> Any:
        states = outputs.last_hidden_state
        outputs.last_hidden_state = states.flatten(0, 1).index_select(0, sources)[None]
        return outputs

    handle = body.register_forward_hook(narrow)
    try:
        yield
    finally:
        handle.remove()


def _spread(found: Any, layout: Layout, shape: tuple[int, int]) -> Any:
    """The model's record with every field a token put where the plain forward has it."""
    scored = layout.labels.shape
    changed = {
        field.name: layout.spread(value, shape)
        for field in fields(found)
        if isinstance(value := getattr(found, field.name), torch.Tensor) and value.shape == scored
    }
    return replace(found, **changed)
