"""Whether the reader and the grader accept the gold answer of every problem.

Guarantees nothing by itself: it finds problems whose own answer would not be taken for right, so
that no model is blamed for them. Does not ask whether the gold answer is true.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corollary_agent.problem import Problem
from corollary_tools.equivalence import equivalent
from corollary_tools.reading import read_answer
from corollary_tools.worker import Workers


@dataclass(frozen=True, slots=True)
class Failure:
    """A problem whose gold answer, written out and read again, was not accepted."""

    problem: str
    answer: str
    reason: str


def validate(problems: Iterable[Problem], workers: Workers) -> list[Failure]:
    """Read and grade each problem's own answer; return those that fail.

    Problems without an answer are passed over.
    """
    checked = ((problem, _reason(problem, workers)) for problem in problems)
    return [
        Failure(problem.id, problem.answer.text if problem.answer else "", reason)
        for problem, reason in checked
        if reason is not None
    ]


def _reason(problem: Problem, workers: Workers) -> str | None:
    """Why the answer is not accepted; None where it is."""
    if problem.answer is None:
        return None
    read = read_answer(problem.answer.text, problem.asks, problem.options)
    if read is None:
        return "the reader finds no answer in it"
    verdict = equivalent(problem.answer, read, workers)
    return None if verdict.value else f"read as {read.text}: {verdict.reason}"
