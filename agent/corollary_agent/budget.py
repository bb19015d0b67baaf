"""What a run may spend, in money, tokens and minutes, and how it ends when that is spent.

Guarantees that no call is begun once a limit is reached. Calls that are under way then are
finished, paid for and kept, so that a budget may be passed by as many calls as run at once. Thread
safe. Does not know prices.
"""

from __future__ import annotations

import threading
import time

from corollary_tools.errors import CorollaryError


class BudgetReached(CorollaryError):
    """The budget is spent: the one failure of a model that ends a whole run, and no single one."""

    def keeping(self, what: str) -> BudgetReached:
        """The same, with what is kept of the run."""
        because = f"{self.because}; {what}"
        return BudgetReached(self.what, because=because, remedy=self.remedy, exit_code=3)


class Budget:
    """The most that may be spent: US dollars, tokens read and written, minutes from now.

    None is no limit. unit: what is counted, for people.
    """

    def __init__(
        self,
        *,
        cost: float | None = None,
        tokens: int | None = None,
        minutes: float | None = None,
        unit: str = "calls",
    ) -> None:
        self.cost = cost
        self.tokens = tokens
        self.minutes = minutes
        self.unit = unit
        self._end = None if minutes is None else time.monotonic() + 60 * minutes
        self.spent_cost = 0.0
        self.spent_tokens = 0
        self.calls = 0
        self.priced = False
        self._lock = threading.Lock()

    def check(self) -> None:
        """Raise BudgetReached where nothing more may be begun."""
        if self.cost is not None and self.spent_cost >= self.cost:
            raise _reached(f"${self.cost:g}", f"cost ${self.spent_cost:.4f}", self._done, "cost")
        if self.tokens is not None and self.spent_tokens >= self.tokens:
            used = f"took {self.spent_tokens} tokens"
            raise _reached(f"{self.tokens} tokens", used, self._done, "tokens")
        if self._end is not None and time.monotonic() >= self._end:
            raise _reached(f"{self.minutes:g} minutes", "were made", self._done, "minutes")

    @property
    def _done(self) -> str:
        return f"{self.calls} {self.unit}"

    @property
    def told(self) -> str:
        """What was spent, for people. The cost is that of the calls whose price is known."""
        cost = f"${self.spent_cost:.4f}" if self.priced else "cost unknown (no price in the table)"
        return f"{self._done}, {self.spent_tokens} tokens, {cost}"

    def spend(self, tokens: int | None, cost: float | None) -> None:
        """Note what one call took. Raises CorollaryError where that has to be known and is not."""
        with self._lock:
            self.calls += 1
            self.spent_tokens += tokens or 0
            self.spent_cost += cost or 0.0
            self.priced = self.priced or cost is not None
        if tokens is None and (self.tokens is not None or self.cost is not None):
            raise CorollaryError(
                "the budget cannot be kept",
                because="the server does not say how many tokens its answers take",
                remedy="the same without --max-cost and --max-tokens",
                exit_code=3,
            )


def add_costs(*costs: float | None) -> float | None:
    """Return the sum of the costs that are known, or None where none is."""
    known = [cost for cost in costs if cost is not None]
    return sum(known) if known else None


def _reached(limit: str, used: str, done: str, flag: str) -> BudgetReached:
    again = "" if flag == "minutes" else f"a higher --max-{flag}: "
    return BudgetReached(
        f"the budget of {limit} is spent",
        because=f"{done} {used}; what was under way was finished and kept",
        remedy=f"{again}the same command goes on, and nothing is paid for twice",
        exit_code=3,
    )
