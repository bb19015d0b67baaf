"""Progress of a long run: how many are done, how fast, how long still, and what went wrong last.

Guarantees figures only: nothing is printed. `right` counts answers that equal the gold answer as
they are written, which is cheap and at most what the grader will find.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import dataclass

from corollary_agent.problem import Problem
from corollary_agent.trace import Trace

_WINDOW = 200
"""How many of the latest rollouts the rate is measured over."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands.

    done of total includes the `kept` ones that were stored before. rate: rollouts a second lately.
    seconds_left: None before there is a rate. answered, right: of the new ones with a gold answer.
    stops: the new ones by stop reason. trace: the one just stored.
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
    trace: Trace | None = None


class Tally:
    """Counts the traces of a run as they are stored."""

    def __init__(self, total: int, kept: int) -> None:
        self.total = total
        self.kept = kept
        self.errors_in_a_row = 0
        self._stops: Counter[str] = Counter()
        self._answered = 0
        self._right = 0
        self._last_error: str | None = None
        self._times = deque([time.monotonic()], maxlen=_WINDOW)

    @property
    def done(self) -> int:
        """How many rollouts are stored, from this run and before."""
        return self.kept + self._stops.total()

    @property
    def errors(self) -> int:
        """How many of this run's rollouts ended in an error."""
        return self._stops["error"]

    def count(self, problem: Problem, trace: Trace) -> None:
        """Count one stored trace."""
        self._times.append(time.monotonic())
        self._stops[trace.stop] += 1
        if trace.stop == "error":
            self.errors_in_a_row += 1
            self._last_error = trace.error
            return
        self.errors_in_a_row = 0
        if problem.answer is not None:
            self._answered += 1
            self._right += trace.answer is not None and trace.answer.value == problem.answer.value

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
            trace=trace,
        )
