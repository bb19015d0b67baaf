"""Progress of a long run: how many are done, how fast, how long still, and what went wrong last.

Guarantees figures only: nothing is printed. `right` is what the run's judge says; `as_written`, the
cheapest one, is at most what the grader will find.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass

from corollary_agent.budget import add_costs
from corollary_agent.problem import Problem
from corollary_agent.trace import Trace
from corollary_tools.equivalence import equivalent
from corollary_tools.worker import Workers

Judge = Callable[[Problem, Trace], bool | None]
"""Whether a rollout came right; None where nobody can tell."""

_WINDOW = 200
"""How many of the latest rollouts the rate is measured over."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands.

    done of total includes the `kept` ones that were stored before. rate: rollouts a second lately.
    seconds_left: None before there is a rate. answered, right: of the new ones that were judged.
    stops: the new ones by stop reason. tokens, cost: of the new ones; cost in US dollars, None
    where no price is known. trace: the one just stored.
    """

    done: int
    total: int
    kept: int
    rate: float
    seconds_left: float | None
    answered: int
    right: int
    errors: int
    stops: dict[str, int]
    last_error: str | None
    tokens: int = 0
    cost: float | None = None
    trace: Trace | None = None


def as_written(problem: Problem, trace: Trace) -> bool | None:
    """Whether the answer is the gold answer as it is written; None where there is none."""
    if problem.answer is None:
        return None
    return trace.answer is not None and trace.answer.value == problem.answer.value


def by_meaning(workers: Workers) -> Judge:
    """A judge that asks the solvers where the answer is not the gold answer as it is written."""

    def judge(problem: Problem, trace: Trace) -> bool | None:
        as_it_stands = as_written(problem, trace)
        if as_it_stands is not False or problem.answer is None or trace.answer is None:
            return as_it_stands
        return equivalent(problem.answer, trace.answer, workers).value

    return judge


class Tally:
    """Counts the traces of a run as they are stored."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.kept = 0
        self.errors_in_a_row = 0
        self._stops: Counter[str] = Counter()
        self._answered = 0
        self._right = 0
        self._last_error: str | None = None
        self._tokens = 0
        self._cost: float | None = None
        self._times = deque([time.monotonic()], maxlen=_WINDOW)

    @property
    def done(self) -> int:
        """How many rollouts are stored, from this run and before."""
        return self.kept + self._stops.total()

    @property
    def errors(self) -> int:
        """How many of this run's rollouts ended in an error."""
        return self._stops["error"]

    def count(self, trace: Trace, right: bool | None) -> None:
        """Count one stored trace, and whether it came right."""
        self._times.append(time.monotonic())
        self._stops[trace.stop] += 1
        self._tokens += trace.usage.input_tokens + trace.usage.output_tokens
        self._cost = add_costs(self._cost, trace.usage.cost)
        if trace.stop == "error":
            self.errors_in_a_row += 1
            self._last_error = trace.error
            return
        self.errors_in_a_row = 0
        self._answered += right is not None
        self._right += right is True

    def progress(self, trace: Trace | None = None) -> Progress:
        """The figures as they stand."""
        span = self._times[-1] - self._times[0]
        rate = (len(self._times) - 1) / span if span > 0 else 0.0
        return Progress(
            done=self.done,
            total=self.total,
            kept=self.kept,
            rate=rate,
            seconds_left=(self.total - self.done) / rate if rate else None,
            answered=self._answered,
            right=self._right,
            errors=self.errors,
            stops=dict(self._stops),
            last_error=self._last_error,
            tokens=self._tokens,
            cost=self._cost,
            trace=trace,
        )
