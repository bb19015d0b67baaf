"""Checking the steps of a solution in words, by everything here that can read its problem.

Equations in any problem (`statements`), places in orderings (`orderings`). Guarantees one finding a
step; a step that nothing could read has checked nothing. Does not judge an answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from corollary_agent.problem import Problem
from corollary_datagen.steps.prose.orderings import check_ordering
from corollary_datagen.steps.prose.statements import Finding, check_statements
from corollary_tools.toolkit import Toolkit


def check_steps(problem: Problem, steps: Sequence[str], toolkit: Toolkit) -> tuple[Finding, ...]:
    """What was found of each step of a solution to `problem`."""
    stated = check_statements(steps, toolkit.workers)
    if problem.domain != "constraints" or not any(steps):
        return stated
    placed = check_ordering(problem, steps, toolkit)
    if placed is None:
        return stated
    return tuple(
        Finding(one.checked + other.checked, one.wrong or other.wrong)
        for one, other in zip(stated, placed, strict=True)
    )
