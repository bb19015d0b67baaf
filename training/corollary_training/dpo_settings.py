"""The settings of a training; reading them loads no torch."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class DpoSettings(BaseModel):
    """One training of a student.

    method: dpo on pairs; kto on single completions, right or wrong; sft on right ones alone. beta
    is used by dpo and kto; anchor, flip_rate and share by dpo.

    anchor: weight of the likelihood of the chosen side beside the DPO loss (0: none); it keeps the
    likelihood of right chains from falling. beta: DPO's temperature. flip_rate: the share of pairs
    that the grader has the wrong way round (0: plain sigmoid loss, else TRL's robust loss).
    longest: a pair with a side of more tokens is left out and counted, never cut: a chain that lost
    its way is long, and its cost grows with the square. lora_rank 0 trains all weights. share:
    compute what sides and pairs of a batch have in common once; the values are the same. together:
    pairs of one problem come in one batch, which lets them share more, in another order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["dpo", "kto", "sft"] = "dpo"
    beta: float = 0.1
    learning_rate: float = 1e-4
    anchor: float = 1.0
    flip_rate: float = 0.0
    epochs: float = 1.0
    batch: int = 16
    longest: int = 1024
    accumulate: int = 1
    warmup: float = 0.1
    schedule: Literal["cosine", "linear", "constant"] = "cosine"
    lora_rank: int = 0
    seed: int = 0
    share: bool = True
    together: bool = False
