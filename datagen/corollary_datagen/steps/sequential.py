"""A sequential test of a win rate: hopeful or hopeless, as soon as the runs so far allow it.

Wald's probability ratio test between two rates (Sequential Tests of Statistical Hypotheses, 1945).
Guarantees at most the stated error against either rate, wherever the rate is beyond it; between the
two rates it may say either. Runs nothing.
"""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Hope = Literal["hopeful", "hopeless"]


class WinTest(BaseModel):
    """hopeless, hopeful: the win rates told apart, 0 < hopeless < hopeful < 1. error: of either.

    With the defaults a win at once says hopeful, later two are needed; four losses say hopeless.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    hopeless: float = Field(default=0.05, gt=0, lt=1)
    hopeful: float = Field(default=0.5, gt=0, lt=1)
    error: float = Field(default=0.1, gt=0, lt=0.5)

    @model_validator(mode="after")
    def _in_order(self) -> WinTest:
        if self.hopeless >= self.hopeful:
            raise ValueError("hopeless must be below hopeful")
        return self

    def decide(self, wins: int, losses: int) -> Hope | None:
        """What `wins` and `losses` so far allow to say; None where more runs are needed."""
        ratio = wins * math.log(self.hopeful / self.hopeless)
        ratio += losses * math.log((1 - self.hopeful) / (1 - self.hopeless))
        bound = math.log((1 - self.error) / self.error)
        if ratio >= bound:
            return "hopeful"
        return "hopeless" if ratio <= -bound else None
