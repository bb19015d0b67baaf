"""The settings of a student from nothing; reading them loads no torch."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ScratchSettings(BaseModel):
    """The size of the model and its curriculum.

    tokens: how many tokens the plan reads in all, padding not counted. stop: the run ends after so
    many, where its student is meant to fall short. first_batch, last_batch: tokens a
    step at the start and at the end. short_share: the share of the run over which excerpts grow
    from `shortest` tokens to whole chains. drills: the share of copy drills
    among the first batches, falling to none meanwhile. warmup: steps of rising rate. last_rate: the
    share of the learning rate that is left at the end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    hidden: int = 192
    layers: int = 4
    heads: int = 6
    key_value_heads: int = 2
    feed_forward: int = 512
    context: int = 4096
    vocabulary: int = 1024
    tokens: int = 2_000_000
    stop: int | None = None
    first_batch: int = 1_000
    last_batch: int = 6_000
    short_share: float = 0.6
    shortest: int = 64
    drills: float = 0.25
    learning_rate: float = 2e-3
    warmup: int = 50
    last_rate: float = 0.05
    weight_decay: float = 0.01
    seed: int = 0

    @property
    def end(self) -> int:
        """After how many tokens the run ends."""
        return self.tokens if self.stop is None else min(self.stop, self.tokens)
