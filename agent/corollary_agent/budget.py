"""What a run may spend on hosted models, and how it ends when that is spent.

Guarantees that no call is begun once a limit is reached. Calls that are under way then are
finished, paid for and kept, so that a budget may be passed by as many calls as run at once. Thread
safe. Does not know prices.
"""

from __future__ import annotations

import threading

from corollary_tools.errors import CorollaryError


class BudgetReached(CorollaryError):
    """The budget is spent: the one failure of a model that ends a whole run, and no single one."""

    def keeping(self, what: str) -> BudgetReached:
        """The same, with what is kept of the run."""
        because = f"{self.because}; {what}"
        return BudgetReached(self.what, because=because, remedy=self.remedy, exit_code=3)


class Budget:
    """The most that may be spent: US dollars, and tokens read and written. None: no limit."""

    def __init__(self, *, cost: float | None = None, tokens: int | None = None) -> None:
        self.cost = cost
        self.tokens = tokens
        self.spent_cost = 0.0
        self.spent_tokens = 0
        self.calls = 0
        self.priced = False
        self._lock = threading.Lock()

    def check(self) -> None:
        """Raise BudgetReached where nothing more may be begun."""
        if self.cost is not None and self.spent_cost >= self.cost:
            raise _reached(f"${self.cost:g}", f"cost ${self.spent_cost:.4f}", self.calls, "cost")
        if self.tokens is not None and self.spent_tokens >= self.tokens:
            used = f"took {self.spent_tokens} tokens"
            raise _reached(f"{self.tokens} tokens", used, self.calls, "tokens")

    @property
    def told(self) -> str:
        """What was spent, for people. The cost is that of the calls whose price is known."""
        cost = f"${self.spent_cost:.4f}" if self.priced else "cost unknown (no price in the table)"
        return f"{self.calls} calls, {self.spent_tokens} tokens, {cost}"

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


def _reached(limit: str, used: str, calls: int, flag: str) -> BudgetReached:
    return BudgetReached(
        f"the budget of {limit} is spent",
        because=f"{calls} calls {used}; calls under way were finished and kept",
        remedy=f"a higher --max-{flag}: the same command goes on, and nothing is paid for twice",
        exit_code=3,
    )
