"""Which pairs and unpaired rows are built: one frozen configuration, kept in the manifest."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, NonNegativeInt, PositiveFloat

from corollary_agent.prompt import PromptSettings
from corollary_datagen.pair import PairKind
from corollary_datagen.steps.sequential import WinTest

Share = Annotated[float, Field(ge=0, le=1)]


class EfficiencySettings(BaseModel):
    """What one right chain costs beside another (`efficiency_pairs`).

    minimum: the share of tokens that chosen must save. per_call: tokens that one tool call stands
    for. gamma, epsilon: of the value-of-computation reward.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    minimum: Share = 0.2
    per_call: NonNegativeFloat = 0.0
    gamma: PositiveFloat = 0.1
    epsilon: PositiveFloat = 1e-4


class PairSettings(BaseModel):
    """Which pairs are built.

    prompt: the one prompt of all pairs, the student's. The caps are rows a problem. closest: under
    the cap, the wrong chains nearest to a right one stand before the silly ones; else by lot.
    balance: no step kind (its tool) has more than this many times the mean number of all kinds.
    error_balance: likewise the error kinds, within each kind of pair. label_balance: likewise the
    two labels of unpaired rows. near_duplicates: the similarity from which one of two pairs is left
    out, of texts in which numbers are alike where same_numbers. None leaves a rule out.
    win_test: which runs from a state call a decision right or wrong (`value_pairs`).
    models: take traces of these alone; empty is all. teacher: the model whose reading counts where
    it has a right chain: right chains that read a statement otherwise were right by luck. Without
    one, most distinct right chains decide.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: PromptSettings = PromptSettings(style="brief", reading="desk")
    kinds: tuple[PairKind, ...] = ("outcome", "step", "repair")
    outcome_cap: NonNegativeInt = 2
    step_cap: NonNegativeInt = 8
    repair_cap: NonNegativeInt = 2
    efficiency_cap: NonNegativeInt = 1
    unpaired_cap: NonNegativeInt = 2
    closest: bool = True
    balance: PositiveFloat | None = 2.0
    error_balance: PositiveFloat | None = 2.0
    label_balance: PositiveFloat | None = 1.5
    near_duplicates: Annotated[float, Field(gt=0, le=1)] | None = 0.9
    same_numbers: bool = False
    efficiency: EfficiencySettings = EfficiencySettings()
    win_test: WinTest = WinTest()
    models: tuple[str, ...] = ()
    teacher: str | None = None
    seed: int = 0

    @property
    def caps(self) -> dict[PairKind, int]:
        """The pairs a problem by kind."""
        return {
            "outcome": self.outcome_cap,
            "step": self.step_cap,
            "repair": self.repair_cap,
            "efficiency": self.efficiency_cap,
        }
