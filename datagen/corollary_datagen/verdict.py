"""Verdicts: what a grader says of a trace, with its reason.

UNDECIDED (a solver gave up, two routes disagree, the answer is not supported by the tool results)
never trains and never counts as wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from corollary_agent.problem import Problem
from corollary_agent.trace import Trace

Judgement = Literal["CORRECT", "INCORRECT", "UNDECIDED"]


class Verdict(BaseModel):
    """The judgement of one trace. first_wrong_step: index from 0, where it is known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    trace_id: str
    judgement: Judgement
    reason: str
    grader: str
    first_wrong_step: int | None = None


@dataclass(frozen=True, slots=True)
class Graded:
    """A trace with its problem and its verdict; None where it was not graded or is an error."""

    problem: Problem
    trace: Trace
    verdict: Verdict | None
