"""The recipe of a student made from nothing: whose chains, on which problems, how long."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from corollary_training.recipe_file import read_recipe
from corollary_training.scratch_settings import ScratchSettings


class ProblemSet(BaseModel):
    """One set of problems.

    held_out: so many are left for evaluation, whole families, as a loop with the same
    `evaluation_limit` would choose them. orders: how often each logic problem is read, its
    statements shuffled.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    split: str = "train"
    limit: int | None = None
    held_out: int = 0
    orders: int = 1


class StudentRecipe(BaseModel):
    """Everything that the weights follow from, besides the code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["student"] = "student"
    name: str
    toolkit: str = "all"
    teacher: str = "expert:0"
    problems: tuple[ProblemSet, ...]
    scratch: ScratchSettings = ScratchSettings()
    concurrency: int = 8
    seed: int = 0


def load_student_recipe(name: str | Path) -> StudentRecipe:
    """Read a student's recipe from a file, or a shipped one by its name (`starter`)."""
    return read_recipe(StudentRecipe, name)
