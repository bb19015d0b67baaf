"""Figures: what a benchmark found, with how often it was measured and how sure that is.

Guarantees that a median comes with an interval that assumes nothing of the distribution. Prints
and judges nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import comb
from statistics import median
from time import perf_counter
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. low, high: its 95 % interval; goal: what it should reach, if anything."""

    figure: str
    value: float
    unit: str
    goal: float | None
    better: Literal["lower", "higher"]
    n: int
    low: float
    high: float

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; None without one."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.better == "lower" else self.value >= self.goal


def median_figure(
    figure: str, values: Sequence[float], unit: str, *, goal: float | None = None
) -> Figure:
    """The median of measured times (lower is better), with its interval from order statistics."""
    ordered = sorted(values)
    rank = _rank(len(ordered))
    low, high = ordered[rank], ordered[len(ordered) - 1 - rank]
    return Figure(figure, median(ordered), unit, goal, "lower", len(ordered), low, high)


def ratio_figure(figure: str, ratios: Sequence[float], *, goal: float | None = None) -> Figure:
    """The median of measured ratios, how many times better (higher is better)."""
    lower = median_figure(figure, ratios, "times", goal=goal)
    return replace(lower, better="higher")


def count_figure(figure: str, value: int, *, goal: float | None = None) -> Figure:
    """A count that is what it is (lower is better)."""
    return Figure(figure, value, "", goal, "lower", 1, value, value)


def milliseconds(work: Callable[[], object]) -> float:
    """How long one call of `work` takes."""
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1000


def _rank(n: int) -> int:
    """How many values may lie outside on each side: the largest rank with coverage of 95 %."""
    rank, tail = -1, 0.0
    while tail <= 0.025 * 2**n:
        rank += 1
        tail += comb(n, rank)
    return max(0, rank - 1)
