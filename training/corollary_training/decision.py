"""Decisions: may this student take that teacher's place, with everything that the answer rests on.

Guarantees frozen, versioned records in which the verdict follows from the findings: one failed
check is NO-GO, otherwise one unclear check is NOT-ENOUGH-DATA, otherwise it is GO. Does not test
anything itself (`gate` does).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from corollary_training.files import load_record, save_record
from corollary_training.intervals import Interval, paired_difference

Effort = Literal["tokens", "ms", "cost"]
GateVerdict = Literal["GO", "NO-GO", "NOT-ENOUGH-DATA"]
State = Literal["passed", "failed", "unclear"]
_EXIT_CODES: dict[GateVerdict, int] = {"GO": 0, "NO-GO": 1, "NOT-ENOUGH-DATA": 3}


class GateSettings(BaseModel):
    """What a student must show. Shares are of 1, so 0.05 is five points of accuracy.

    margin: the loss of accuracy that is acceptable; with 0 or less the student must be better, by
    more than -margin. gain: where it must be better, the gain that the number of problems needed is
    worked out for. minimum: the fewest compared problems that can decide. family_margin and
    family_minimum: no kind of family with at least so many problems may lose more. excluded: the
    share of problems that may be without a verdict. guess_minimum: the fewest true/false or
    multiple-choice problems of a source on which guessing is looked for. *_ratio: the most that the
    student may need of what the teacher needs; None asks nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    margin: float = Field(default=0.05, gt=-1, lt=1)
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    power: float = Field(default=0.8, gt=0.5, lt=1)
    gain: float = Field(default=0.1, gt=0, lt=1)
    minimum: int = Field(default=50, ge=1)
    family_margin: float = Field(default=0.1, ge=0, lt=1)
    family_minimum: int = Field(default=20, ge=1)
    excluded: float = Field(default=0.02, ge=0, le=1)
    guess_minimum: int = Field(default=20, ge=1)
    token_ratio: float | None = Field(default=None, gt=0)
    ms_ratio: float | None = Field(default=None, gt=0)
    cost_ratio: float | None = Field(default=None, gt=0)


class Finding(BaseModel):
    """One check: what was looked at, how it came out, and why, in one sentence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    check: Literal["identity", "size", "errors", "accuracy", "guessing", "families", "effort"]
    state: State
    sentence: str


class FamilyShift(BaseModel):
    """The student against the teacher on one kind of family. worse: shown, beyond its margin.

    watch: beyond the margin, but so few problems that it may be chance. low, high: the interval of
    the difference, widened for the number of families looked at (Bonferroni).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    n: int
    teacher: float
    student: float
    difference: float
    low: float
    high: float
    state: Literal["ok", "watch", "worse"]


class Flips(BaseModel):
    """The four cells of the paired table, with the ids of the problems that flipped."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    both_right: int
    both_wrong: int
    lost: tuple[str, ...]
    gained: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many problems were compared."""
        return self.both_right + self.both_wrong + len(self.lost) + len(self.gained)

    @property
    def teacher_accuracy(self) -> float:
        """The share that the teacher has right; 0 of nothing."""
        return (self.both_right + len(self.lost)) / max(1, self.n)

    @property
    def student_accuracy(self) -> float:
        """The share that the student has right; 0 of nothing."""
        return (self.both_right + len(self.gained)) / max(1, self.n)

    @property
    def difference(self) -> float:
        """student - teacher."""
        return (len(self.gained) - len(self.lost)) / max(1, self.n)

    def interval(self, confidence: float) -> Interval:
        """The interval of the difference."""
        return paired_difference(len(self.gained), len(self.lost), self.n, confidence)


class Decision(BaseModel):
    """The gate's answer. difference = student - teacher, with the interval low to high.

    p_value: McNemar's exact test. more_problems: how many more are needed, where too few were
    compared (NOT-ENOUGH-DATA) or the gain asked for was not seen. ratios: student / teacher for
    tokens, ms and cost, where both are known. excluded: ids without a verdict on either side.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    verdict: GateVerdict
    teacher: str
    student: str
    settings: GateSettings
    n: int
    teacher_accuracy: float
    student_accuracy: float
    difference: float
    low: float
    high: float
    p_value: float
    more_problems: int | None
    flips: Flips
    families: tuple[FamilyShift, ...]
    ratios: dict[Effort, float]
    excluded: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """The command's exit code: 0 GO, 1 NO-GO, 3 could not tell."""
        return _EXIT_CODES[self.verdict]

    @property
    def reasons(self) -> tuple[str, ...]:
        """The sentences that decided: of the failed checks, else the unclear ones, else all."""
        for state in ("failed", "unclear"):
            if told := tuple(f.sentence for f in self.findings if f.state == state):
                return told
        return tuple(f.sentence for f in self.findings)

    def save(self, path: Path) -> None:
        """Write the record as JSON; `path` holds the old file or the new one, never half of it."""
        save_record(self, path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a saved record. Raises CorollaryError naming the file and the field at fault."""
        return load_record(cls, path)


def conclude(findings: tuple[Finding, ...]) -> GateVerdict:
    """Return the verdict that follows from the findings."""
    states = {finding.state for finding in findings}
    if "failed" in states:
        return "NO-GO"
    return "NOT-ENOUGH-DATA" if "unclear" in states else "GO"


def points(share: float) -> str:
    """A share as points of accuracy, for people: 0.05 is "5.0 points"."""
    return f"{share * 100:.1f} points"
