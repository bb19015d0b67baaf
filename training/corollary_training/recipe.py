"""Recipes: one configuration of the whole loop, from problems to gate, in one TOML file.

Does not run anything (`loop` does).
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from corollary_agent.limits import Limits
from corollary_agent.trace import Sampling
from corollary_training.dpo_settings import DpoSettings
from corollary_training.gate import GateSettings
from corollary_training.recipe_file import read_recipe


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ProblemSection(_Section):
    """Which problems are trained on and which are held out.

    Without `evaluation_source` the evaluation problems are families held out of the same source
    and split, `held_out` of them. stop: problems, held out too, that the stop rule looks at.
    """

    source: str
    split: str = "train"
    limit: int | None = None
    evaluation_source: str | None = None
    evaluation_split: str = "dev"
    evaluation_limit: int = 200
    stop: int = 0
    seed: int = 0


class ModelSection(_Section):
    """A model's spec, as `corollary solve --model` takes it, and how its tokens are drawn.

    limit: it is rolled out on so many of the training problems; None is all.
    """

    model: str
    limit: int | None = None
    samples: int = 1
    sampling: Sampling = Sampling()
    concurrency: int = 64


class PairSection(_Section):
    """How many pairs of each kind at most, in all and a problem. See `PairSettings`."""

    outcome: int = 400
    step: int = 1200
    repair: int = 100
    outcome_cap: int = 2
    step_cap: int = 6
    balance: float | None = 2.0
    error_balance: float | None = None
    near_duplicates: float | None = None


class Recipe(_Section):
    """The whole loop. rounds: how often the student is rolled out, paired and trained again."""

    name: str
    toolkit: str = "all"
    problems: ProblemSection
    teacher: ModelSection = ModelSection(model="expert:0.15")
    student: ModelSection = ModelSection(model="starter")
    limits: Limits = Limits()
    pairs: PairSection = PairSection()
    train: DpoSettings = DpoSettings()
    gate: GateSettings = GateSettings()
    rounds: int = 1


def load_recipe(name: str | Path) -> Recipe:
    """Read a recipe of the loop from a file, or a shipped one by its name (`demo`)."""
    return read_recipe(Recipe, name)
