"""Intervals and tests for proportions, single and paired: the statistics behind `evaluate` and
`gate`.

Guarantees plain functions of counts, in the standard library alone, held by tests against
published values. Does not know what a problem or a model is, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, comb, sqrt
from statistics import NormalDist

from corollary_datagen.grading.proportion import Interval, wilson

__all__ = ["Interval", "coin_tail", "mcnemar_exact", "paired_difference", "wilson"]


def mcnemar_exact(gained: int, lost: int) -> float:
    """Return the two-sided exact p-value of McNemar's test on the two discordant counts.

    The null: a pair that differs is as likely to differ one way as the other, a fair coin thrown
    gained + lost times. Source: McNemar (1947), Psychometrika 12, 153, in its binomial form.
    """
    return min(1.0, 2 * coin_tail(max(gained, lost), gained + lost))


def coin_tail(heads: int, throws: int) -> float:
    """Return the probability of at least `heads` heads in `throws` throws of a fair coin."""
    tail: int = sum(comb(throws, k) for k in range(heads, throws + 1))
    return tail / (1 << throws)


def paired_difference(gained: int, lost: int, n: int, confidence: float = 0.95) -> Interval:
    """Return the score interval of (gained - lost) / n, the difference of two paired proportions.

    It is the set of differences that Tango's score test does not reject, so it agrees with a
    test of non-inferiority at any margin. Source: Tango (1998), Stat. Med. 17, 891.
    """
    if gained < 0 or lost < 0 or gained + lost > n:
        raise ValueError(f"{gained} gained and {lost} lost among {n} are impossible")
    if n == 0:
        return Interval(-1.0, 1.0)
    z = _normal(confidence)
    centre = (gained - lost) / n

    def score(difference: float) -> float:
        return _tango_score(gained, lost, n, difference)

    low = -1.0 if centre == -1 else _crossing(score, z, (-1.0, centre))
    high = 1.0 if centre == 1 else _crossing(score, -z, (centre, 1.0))
    return Interval(low, high)


def problems_needed(discordance: float, gap: float, confidence: float, power: float) -> int:
    """Return how many pairs a paired test needs to tell a difference `gap` from its threshold.

    discordance: the share of pairs that differ, either way. gap: the true difference less the
    threshold, both as shares. n = (z_confidence + z_power)^2 * discordance / gap^2, as for
    McNemar's test (Connor 1987, Biometrics 43, 207) and for paired non-inferiority at a true
    difference of zero (Nam 1997, Biometrics 53, 1422).
    """
    if gap <= 0:
        raise ValueError("no number of problems shows a difference that is not there")
    z = _normal(confidence) + NormalDist().inv_cdf(power)
    return ceil(z * z * discordance / (gap * gap))


def fewest_problems(margin: float, confidence: float) -> int:
    """Return how many pairs, all alike on both sides, show that no more than `margin` is lost.

    Without any flip the interval reaches down to -z^2 / (n + z^2). No student passes with fewer.
    """
    z = _normal(confidence)
    return ceil(z * z * (1 - margin) / margin) + 1


def _normal(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)


def _tango_score(gained: int, lost: int, n: int, difference: float) -> float:
    """The score statistic of the null that the true difference is `difference`; it falls in it."""
    b = -gained - lost + (2 * n - gained + lost) * difference
    c = -lost * difference * (1 - difference)
    nuisance = (sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)
    variance = n * (2 * nuisance + difference * (1 - difference))
    distance = gained - lost - n * difference
    if variance <= 0:
        return 0.0 if distance == 0 else float("inf") * distance
    return distance / sqrt(variance)


def _crossing(score: Callable[[float], float], level: float, bounds: tuple[float, float]) -> float:
    """Where a falling `score` passes `level`, by bisection to the last bit that matters."""
    low, high = bounds
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if score(middle) > level else (low, middle)
    return (low + high) / 2
