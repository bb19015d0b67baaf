"""Statistics and probability as a model sees them, against Python's own statistics and counting."""

from __future__ import annotations

import math
import statistics
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import read_number
from corollary_tools.solvers.statistics.calls import fit_line, percentile, statistic
from corollary_tools.solvers.statistics.probability import chance, distribution
from corollary_tools.toolkit import Toolkit


def figure(want: str, data: list[str], weights: tuple[str, ...] = ()) -> str:
    arguments = {"data": data, "want": want, "weights": list(weights)}
    return statistic(arguments, Desk()).text


def exact(text: str) -> Fraction:
    number = read_number(text.split(" (")[0])
    assert number is not None
    return number


RESULTS = {
    ("mean", "2, 3, 7"): "4",
    ("median", "3, 1, 4, 2"): "2.5",
    ("mode", "1, 2, 2, 3, 3"): "2, 3",
    ("mode", "1, 2, 3"): "none (all values occur equally often)",
    ("mode", "5, 5"): "5",
    ("range", "3, -1, 4"): "5",
    ("variance", "1, 2, 3"): "2/3 (about 0.666667)",
    ("deviation", "2, 4, 4, 4, 5, 5, 7, 9"): "2",
    ("sample_variance", "1, 2, 3"): "1",
    ("sample_deviation", "1, 2, 4"): "sqrt(21)/3 (about 1.527525)",
    ("geometric", "2, 8"): "4",
    ("geometric", "1, 2"): "sqrt(2) (about 1.414214)",
    ("harmonic", "30, 60"): "40",
    ("mean", "3 5 7"): "5",
}


@pytest.mark.parametrize(("question", "result"), RESULTS.items())
def test_figures(question: tuple[str, str], result: str) -> None:
    assert figure(question[0], question[1].split(", ")) == result


def test_weights_are_counts_shares_or_probabilities() -> None:
    assert figure("mean", ["90", "80"], ("60%", "40%")) == "86"
    assert figure("median", ["1", "5"], ("3", "2")) == "1"
    assert figure("mode", ["1", "5"], ("3", "4")) == "5"
    assert figure("mean", ["10", "-2"], ("1/4", "3/4")) == "1"


def test_models_may_send_numbers_or_one_text(toolkit: Toolkit) -> None:
    for data in ([1, 2.5, 3], "1, 2.5, 3", ["1", "2.5", "3"], "[1, 2.5, 3]"):
        assert toolkit.call("statistic", {"data": data}).text == "13/6 (about 2.166667)"


NUMBERS = st.lists(st.fractions(-50, 50, max_denominator=20), min_size=2, max_size=8)


@given(NUMBERS)
@settings(max_examples=40, deadline=None)
def test_figures_are_those_of_python(numbers: list[Fraction]) -> None:
    data = list(map(str, numbers))
    assert exact(figure("mean", data)) == statistics.mean(numbers)
    assert exact(figure("median", data)) == statistics.median(numbers)
    assert exact(figure("variance", data)) == statistics.pvariance(numbers)
    assert exact(figure("sample_variance", data)) == statistics.variance(numbers)


@given(NUMBERS, st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_quartiles_are_those_of_python(numbers: list[Fraction], quarter: int) -> None:
    asked = {"data": list(map(str, numbers)), "percent": str(25 * quarter), "method": "linear"}
    expected = statistics.quantiles(numbers, n=4, method="inclusive")[quarter - 1]
    assert exact(percentile(asked, Desk()).text) == expected


PERCENTILES = {
    ("1, 2, 3, 4", "75", "linear"): "3.25",
    ("1, 2, 4, 8", "25", "halves"): "1.5",
    ("1, 2, 3, 4, 5", "75%", "halves"): "4.5",
    ("15, 20, 35, 40, 50", "40", "nearest"): "20",
    ("7", "90", "linear"): "7",
}


@pytest.mark.parametrize(("question", "result"), PERCENTILES.items())
def test_percentiles(question: tuple[str, str, str], result: str) -> None:
    data, percent, method = question
    asked = {"data": data.split(", "), "percent": percent, "method": method}
    assert percentile(asked, Desk()).text == result


def test_lines_through_points() -> None:
    xs, ys = ["1", "2", "3"], ["2", "4", "5"]
    results = [
        fit_line({"xs": xs, "ys": ys, "want": want}, Desk()).text
        for want in ("line", "correlation")
    ]
    assert results == [
        "y = 1.5*x + 2/3", "3*sqrt(21)/14 (about 0.981981)",
    ]  # fmt: skip
    shown = [
        fit_line({"xs": ["0", "1"], "ys": list(pair), "want": "line"}, Desk()).text
        for pair in (("0", "-1"), ("3", "3"), ("-2", "-1"))
    ]
    assert shown == ["y = -x", "y = 3", "y = x - 2"]


CHANCES = {
    ("a: 1..6, b: 1..6", "a + b = 7", "", False): "1/6 (6 of 36 cases)",
    ("a: 1..6", "a is prime", "a > 1", False): "0.6 (3 of 5 cases)",
    ("a in {1, 3, 5}, b: 0..1", "a = 3 and b = 1 or a = 5", "", False): "0.5 (3 of 6 cases)",
    ("a: 1..4, b: 1..4", "a + b is even", "", True): "1/3 (4 of 12 cases)",
}


@pytest.mark.parametrize(("question", "result"), CHANCES.items())
def test_chances(question: tuple[str, str, str, bool], result: str, toolkit: Toolkit) -> None:
    names, event, given_, distinct = question
    asked = {"unknowns": names, "event": event, "given": given_, "distinct": distinct}
    assert toolkit.call("chance", asked).text == result


@given(st.integers(1, 6), st.integers(1, 6), st.integers(-2, 13))
def test_a_chance_is_the_share_of_cases(first: int, second: int, total: int) -> None:
    unknowns = [f"a: 1..{first}", f"b: 1..{second}"]
    asked = {"unknowns": unknowns, "event": f"a + b < {total}", "given": "", "distinct": False}
    cases = list(product(range(1, first + 1), range(1, second + 1)))
    share = Fraction(sum(a + b < total for a, b in cases), len(cases))
    assert exact(chance(asked, Desk()).text) == share


DISTRIBUTIONS = {
    ("binomial", "n = 3, p = 1/2", "X >= 2"): "0.5",
    ("binomial", "p = 0.2, n = 5", "exactly 2"): "0.2048",
    ("binomial", "10, 50%", "between 4 and 6"): "0.65625",
    ("hypergeometric", "N = 52, K = 4, n = 5", "X >= 1"): "18472/54145 (about 0.341158)",
    ("geometric", "p = 1/6", "X > 2"): "25/36 (about 0.694444)",
    ("geometric", "p = 1/6", "X = 1"): "1/6 (about 0.166667)",
    ("poisson", "mean = 2", "X = 0"): "exp(-2) (about 0.135335)",
    ("normal", "mean = 0, sd = 1", "-1 < X < 1"): "about 0.682689",
    ("normal", "100, 15", "X > 130"): "about 0.0227501",
    ("normal", "100, 15", "X = 100"): "about 0",
}


@pytest.mark.parametrize(("question", "result"), DISTRIBUTIONS.items())
def test_distributions(question: tuple[str, str, str], result: str) -> None:
    kind, parameters, event = question
    asked = {"kind": kind, "parameters": parameters.split(", "), "event": event}
    assert distribution(asked, Desk()).text == result


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 12), st.fractions(0, 1, max_denominator=9), st.integers(-1, 13))
def test_an_event_and_its_contrary_add_up_to_one(n: int, p: Fraction, k: int) -> None:
    parameters = [f"n = {n}", f"p = {p}"]
    parts = [
        exact(
            distribution(
                {"kind": "binomial", "parameters": parameters, "event": event}, Desk()
            ).text
        )
        for event in (f"X <= {k}", f"X > {k}")
    ]
    assert sum(parts) == 1
    assert math.isclose(
        parts[0], sum(math.comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(min(k, n) + 1))
    )


REFUSED: list[tuple[Any, dict[str, Any], str]] = [
    (statistic, {"data": [], "want": "mean", "weights": []}, "must have 1 to"),
    (statistic, {"data": ["x"], "want": "mean", "weights": []}, "rational number"),
    (statistic, {"data": ["1"], "want": "sample_variance", "weights": []}, "two values"),
    (statistic, {"data": ["-1", "2"], "want": "geometric", "weights": []}, "positive values"),
    (statistic, {"data": ["1", "2"], "want": "mean", "weights": ["1"]}, "as many of both"),
    (statistic, {"data": ["1"], "want": "median", "weights": ["10^9"]}, "whole numbers"),
    (statistic, {"data": ["9^9^9"], "want": "mean", "weights": []}, "too large"),
    (percentile, {"data": ["1", "2"], "percent": "101", "method": "linear"}, "from 0 to 100"),
    (percentile, {"data": ["1", "2"], "percent": "40", "method": "halves"}, "gives quartiles"),
    (fit_line, {"xs": ["1", "1"], "ys": ["1", "2"], "want": "line"}, "vertical"),
    (fit_line, {"xs": ["1"], "ys": ["1"], "want": "line"}, "must have 2"),
    (chance, {"unknowns": ["a: 1..9999", "b: 1..9999"], "event": "a = b", "given": "",
              "distinct": False}, "at most 300,000"),
    (chance, {"unknowns": ["a: 1..6"], "event": "c = 1", "given": "", "distinct": False},
     "'c' has no values"),
    (chance, {"unknowns": ["a: 1..6"], "event": "a = 1", "given": "a > 6", "distinct": False},
     "No case"),
    (distribution, {"kind": "binomial", "parameters": ["n = 3"], "event": "X = 1"}, "takes param"),
    (distribution, {"kind": "binomial", "parameters": ["3", "2"], "event": "X = 1"}, "from 0 to 1"),
    (distribution, {"kind": "binomial", "parameters": ["10^9", "1/2"], "event": "X = 1"}, "1000"),
    (distribution, {"kind": "normal", "parameters": ["0", "0"], "event": "X < 1"}, "above 0"),
    (distribution, {"kind": "normal", "parameters": ["0", "1"], "event": "X^2 < 1"}, "no event"),
]  # fmt: skip


@pytest.mark.parametrize(("function", "arguments", "message"), REFUSED)
def test_what_cannot_be_done_says_so(
    function: Any, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        function(arguments, Desk())
    assert message in str(error.value)
