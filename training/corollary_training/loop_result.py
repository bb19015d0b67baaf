"""What a loop came to: the figures of `result.json`, and the evaluations that they come from."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from corollary_training.decision import Decision
from corollary_training.evaluation import Evaluation

Figures = dict[str, float | int]


class Round(BaseModel):
    """One round of preference training: what it learned from, and what the stop rule saw.

    pairs: how many of each kind; left_out: those of them that were too long to train on. before,
    after: the share of the stop problems solved before and after it; None where there is no stop
    rule. kept: whether the trained student goes on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rollouts: int
    pairs: dict[str, int]
    left_out: int = 0
    loss: float | None
    before: float | None = None
    after: float | None = None
    kept: bool = True


class LoopResult(BaseModel):
    """The whole loop in figures. seconds: by stage. gate: GO, NO-GO or NOT-ENOUGH-DATA."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    recipe: str
    source: str
    teacher_model: str
    student_model: str
    teacher: Figures
    student_before: Figures
    student_after: Figures
    gate: str
    gate_reasons: tuple[str, ...]
    rounds: tuple[Round, ...]
    seconds: dict[str, float]
    student: str


class Comparison(BaseModel):
    """The three evaluations of a loop and the gate's decision, for tables and the report."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    teacher: Evaluation
    before: Evaluation
    after: Evaluation
    decision: Decision


def load_comparison(run_dir: Path) -> Comparison:
    """Read the evaluations and the decision that a loop left in `run_dir`."""
    return Comparison(
        teacher=Evaluation.load(run_dir / "teacher.json"),
        before=Evaluation.load(run_dir / "before.json"),
        after=Evaluation.load(run_dir / "after.json"),
        decision=Decision.load(run_dir / "gate.json"),
    )
