"""The statistics against published values and against their own definitions."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corollary_training.intervals import (
    coin_tail,
    fewest_problems,
    mcnemar_exact,
    paired_difference,
    problems_needed,
    wilson,
)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, 857, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        # by symmetry of the score interval
        (20, 20, 1 - 0.1611, 1.0),
    ],
)
def test_wilson_gives_the_published_intervals(
    successes: int, n: int, low: float, high: float
) -> None:
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


def test_wilson_of_nothing_is_everything() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_wilson_refuses_impossible_counts() -> None:
    with pytest.raises(ValueError, match="5 successes in 4"):
        wilson(5, 4)


@pytest.mark.parametrize(
    ("gained", "lost", "p_value"),
    [
        (1, 7, 18 / 256),  # Fagerland, Lydersen and Laake (2014): 0.0703
        (0, 5, 2 / 32),
        (10, 10, 1.0),
        (0, 0, 1.0),
        (2, 12, 2 * (1 + 14 + 91) / 2**14),
    ],
)
def test_mcnemar_is_a_coin_thrown_by_hand(gained: int, lost: int, p_value: float) -> None:
    assert mcnemar_exact(gained, lost) == pytest.approx(p_value)


@pytest.mark.parametrize(
    ("gained", "lost", "n", "low", "high"),
    [
        # Tango's interval as Fagerland, Lydersen and Laake (2014), Stat. Med. 33, 2850, give it
        (1, 7, 21, -0.517, -0.026),
        # data of Agresti and Min (2005), Stat. Med. 24, 729
        (16, 8, 86, -0.020, 0.207),
        # without any discordant pair it is +- z^2 / (n + z^2)
        (0, 0, 50, -0.0713, 0.0713),
    ],
)
def test_paired_difference_gives_the_published_intervals(
    gained: int, lost: int, n: int, low: float, high: float
) -> None:
    assert paired_difference(gained, lost, n) == pytest.approx((low, high), abs=5e-4)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 200))
def test_paired_difference_holds_the_estimate_and_mirrors(
    gained: int, lost: int, rest: int
) -> None:
    n = gained + lost + rest
    low, high = paired_difference(gained, lost, n)
    assert -1 <= low <= (gained - lost) / n <= high <= 1
    assert paired_difference(lost, gained, n) == pytest.approx((-high, -low), abs=1e-9)


@given(st.integers(0, 40), st.integers(0, 40))
def test_more_pairs_of_the_same_kind_narrow_the_interval(gained: int, lost: int) -> None:
    n = gained + lost + 10
    wide, narrow = (
        paired_difference(gained, lost, n),
        paired_difference(2 * gained, 2 * lost, 2 * n),
    )
    assert narrow.high - narrow.low < wide.high - wide.low


def test_a_coin_has_two_tails() -> None:
    assert coin_tail(0, 9) == 1.0
    assert coin_tail(9, 9) == pytest.approx(1 / 512)
    assert coin_tail(5, 9) == pytest.approx(sum(comb(9, k) for k in range(5, 10)) / 512)


def test_problems_needed_follows_the_formula() -> None:
    # (1.959964 + 0.841621)^2 * 0.10 / 0.05^2 = 313.96
    assert problems_needed(0.10, 0.05, 0.95, 0.8) == 314
    with pytest.raises(ValueError, match="not there"):
        problems_needed(0.1, 0.0, 0.95, 0.8)


@pytest.mark.parametrize("margin", [0.01, 0.05, 0.1, 0.3])
def test_the_fewest_problems_are_the_fewest(margin: float) -> None:
    n = fewest_problems(margin, 0.95)
    assert paired_difference(0, 0, n).low > -margin
    assert paired_difference(0, 0, n - 2).low <= -margin


def test_the_number_needed_gives_about_the_power_it_promises() -> None:
    """At the number needed an equal student passes 80 % of the time, computed exactly."""
    discordance, margin = 0.2, 0.1
    n = problems_needed(discordance, margin, 0.95, 0.8)
    passed = sum(
        _trinomial(gained, lost, n, discordance / 2)
        for gained in range(60)
        for lost in range(60)
        if paired_difference(gained, lost, n).low > -margin
    )
    assert passed == pytest.approx(0.8, abs=0.03)


def _trinomial(gained: int, lost: int, n: int, share: float) -> float:
    ways = comb(n, gained) * comb(n - gained, lost)
    return float(ways) * share ** (gained + lost) * (1 - 2 * share) ** (n - gained - lost)
