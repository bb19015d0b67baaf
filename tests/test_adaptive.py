"""Adaptive sampling: where rollouts go, what they are worth, and what a forecast is worth."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corollary_datagen.rollouts.adaptive import (
    AdaptiveSettings,
    Prior,
    Standing,
    fit_prior,
    next_round,
    worth,
)
from corollary_datagen.rollouts.forecast import Price, forecast

FLAT = Prior(1.0, 1.0)
SETTINGS = AdaptiveSettings(first=2, most=8)


def test_every_problem_is_tried_before_any_is_preferred() -> None:
    standings = {"a": Standing(1, 1, 2), "b": Standing(0, 1, 1), "c": Standing()}
    assert next_round(standings, SETTINGS, left=10) == ["b", "c"]
    assert next_round(standings, SETTINGS, left=1) == ["b"]


def test_a_problem_with_enough_pairs_and_one_at_its_most_get_nothing() -> None:
    standings = {"done": Standing(1, 2, 3), "most": Standing(0, 8, 8), "open": Standing(1, 1, 2)}
    assert next_round(standings, SETTINGS, left=10) == ["open"]
    assert next_round(standings, SETTINGS, left=0) == []


def test_what_is_always_right_or_always_wrong_is_worth_less_than_what_is_mixed() -> None:
    mixed = worth(Standing(1, 1, 2), FLAT, 2)
    assert mixed > worth(Standing(6, 0, 6), FLAT, 2) > 0
    assert mixed > worth(Standing(0, 6, 6), FLAT, 2) > 0
    assert worth(Standing(3, 2, 5), FLAT, 2) == 0


def test_hopeless_problems_end_the_run_before_its_budget() -> None:
    easy = {str(n): Standing(40, 0, 40) for n in range(50)}
    settings = AdaptiveSettings(first=2, most=100)
    assert next_round(easy, settings, left=1000) == []


def test_the_prior_tells_one_population_from_another() -> None:
    draw = random.Random(3)

    def population(rates: list[float]) -> list[Standing]:
        hits = [sum(draw.random() < rate for _ in range(4)) for rate in rates]
        return [Standing(h, 4 - h, 4) for h in hits]

    same = fit_prior(population([0.7] * 300))
    split = fit_prior(population([0.05, 0.95] * 150))
    assert same.right / sum(same) == pytest.approx(0.7, abs=0.06)
    assert split.right / sum(split) == pytest.approx(0.5, abs=0.06)
    assert sum(same) > 3 * sum(split), "rates that differ little make a narrow prior"


@given(st.integers(0, 9), st.integers(0, 9), st.integers(1, 4))
def test_one_more_rollout_is_worth_at_most_all_pairs_and_never_less_than_none(
    right: int, wrong: int, most: int
) -> None:
    assert 0 <= worth(Standing(right, wrong, right + wrong), FLAT, most) <= most


def played(
    rates: dict[str, float], seed: int, adaptive: AdaptiveSettings | None
) -> tuple[int, int]:
    """Outcome pairs and rollouts of one real run over problems with these pass rates."""
    draw = random.Random(seed)
    standings = dict.fromkeys(rates, Standing())
    left = 4 * len(rates)
    while left:
        names = next_round(standings, adaptive, left) if adaptive else list(rates)
        if not names:
            break
        left -= len(names)
        for name in names:
            standings[name] = standings[name].plus(draw.random() < rates[name])
    return sum(s.pairs(2) for s in standings.values()), 4 * len(rates) - left


def test_a_forecast_holds_for_runs_that_were_not_played_yet() -> None:
    draw = random.Random(5)
    rates = {str(n): draw.choice((0.02, 0.9, 0.98)) for n in range(400)}
    pilot = {name: Standing() for name in rates}
    for name in list(rates)[:60]:
        for _ in range(2):
            pilot[name] = pilot[name].plus(draw.random() < rates[name])
    for adaptive in (None, SETTINGS):
        told = forecast(pilot, Price(100.0, 0.01, 1.0), samples=4, adaptive=adaptive)
        pairs = [played(rates, seed, adaptive)[0] for seed in range(5)]
        assert told.pairs.low < sum(pairs) / 5 < told.pairs.high
        assert told.pairs.mean == pytest.approx(sum(pairs) / 5, rel=0.5)
        assert told.tokens == pytest.approx(100 * told.rollouts)


def test_adaptive_sampling_brings_more_pairs_for_the_same_number_of_rollouts() -> None:
    draw = random.Random(7)
    rates = {str(n): draw.choice((0.1, 0.5, 0.9)) for n in range(600)}
    even, even_cost = played(rates, 1, None)
    aimed, aimed_cost = played(rates, 1, AdaptiveSettings(first=2, most=16))
    assert aimed_cost <= even_cost
    assert aimed / aimed_cost > 1.1 * even / even_cost
