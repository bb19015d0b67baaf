"""Verdicts: what a grader says of a trace, with its reason, and by which route it knows.

UNDECIDED (a solver gave up, two routes disagree, the answer is not supported by the tool results)
never trains and never counts as wrong. A person's verdict is one of the grader `person:NAME` and
outranks every other. Rows that older graders wrote can still be read: later fields are optional.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from corollary_agent.problem import Problem
from corollary_agent.trace import Trace

Judgement = Literal["CORRECT", "INCORRECT", "UNDECIDED"]
Route = Literal["gold", "certificate", "person"]
PERSON = "person:"
"""What the grader of a person's verdict starts with."""


class Finding(BaseModel):
    """What one route says of the answer: right, wrong or None for nothing, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    route: Route
    value: bool | None
    reason: str


StepMethod = Literal["calls", "statements", "comparison", "values"]


class StepJudgement(BaseModel):
    """What one method says of one step. before, after: share of runs that end right from there.

    method: its calls run again, what it states in words, a right chain beside it, or the values of
    the states around it; rollouts: how many runs those rest on, both states together.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: int
    method: StepMethod
    judgement: Judgement
    reason: str = ""
    before: float | None = None
    after: float | None = None
    rollouts: int = 0


class Verdict(BaseModel):
    """The judgement of one trace. first_wrong_step: index from 0, where it is known.

    route: what decided it. findings: what each route says, where there was more to say than
    `reason` does. note: a person's remark. audit: drawn at random, so that it counts in an error
    rate.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    trace_id: str
    judgement: Judgement
    reason: str
    grader: str
    first_wrong_step: int | None = None
    route: Route | None = None
    findings: tuple[Finding, ...] = ()
    note: str = ""
    audit: bool = False
    step_judgements: tuple[StepJudgement, ...] = ()

    @property
    def by_person(self) -> bool:
        """Did a person give it?"""
        return self.grader.startswith(PERSON)


@dataclass(frozen=True, slots=True)
class Graded:
    """A trace with its problem and its verdict; None where it was not graded or is an error."""

    problem: Problem
    trace: Trace
    verdict: Verdict | None
