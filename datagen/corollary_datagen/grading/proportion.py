"""The score interval of a proportion, in the standard library alone.

Guarantees a plain function of counts, held by tests against published values. Decides nothing.
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import NamedTuple


class Interval(NamedTuple):
    """A confidence interval, both ends included."""

    low: float
    high: float


def wilson(successes: float, n: float, confidence: float = 0.95) -> Interval:
    """Return the score interval of a proportion; of nothing (n = 0) it is all of 0..1.

    Counts may be weighted, so that they are not whole. Source: Wilson (1927), JASA 22, 209;
    Newcombe (1998), Stat. Med. 17, 857, method 3.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes in {n} are impossible")
    if n == 0:
        return Interval(0.0, 1.0)
    z, share = NormalDist().inv_cdf((1 + confidence) / 2), successes / n
    centre = share + z * z / (2 * n)
    half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)
    return Interval(low if successes else 0.0, high if successes < n else 1.0)
