"""The calculator as a model sees it: exact texts, decimals beside fractions, helpful refusals."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corollary_tools.reading import read_answer
from corollary_tools.solvers.number_text import about
from corollary_tools.toolkit import Toolkit

RESULTS = {
    "48/2": "24",
    "0.2*50": "10",
    "15% of 80": "12",
    "1/5": "0.2",
    "1/3": "1/3 (about 0.333333)",
    "-22/7": "-22/7 (about -3.142857)",
    "1/30000": "1/30000 (about 0.0000333333)",
    "100*(1+5%)^4": "121.550625",
    "48/2=": "24",
    "48/2 = ?": "24",
    "3 x 4": "12",
    "3x4": "12",
    "sqrt(2)": "sqrt(2) (about 1.414214)",
    "sqrt(8)": "2*sqrt(2) (about 2.828427)",
    "(sqrt(2)+1)*(sqrt(2)-1)": "1",
    "pi": "pi (about 3.141593)",
    "sin(pi/6)": "0.5",
    "log_2(8)": "3",
    "log10(1000)": "3",
    "ln(e^3)": "3",
    "exp(1000)": "exp(1000) (about 1.97007e434)",
    "cbrt(-2)": "-2^(1/3) (about -1.259921)",
    "round(sqrt(2), 2)": "1.41",
    "2^100": "1267650600228229401496703205376",
}


@pytest.mark.parametrize(("expression", "result"), RESULTS.items())
def test_results(toolkit: Toolkit, expression: str, result: str) -> None:
    outcome = toolkit.call("calculate", {"expression": expression})
    assert (outcome.text, outcome.fault) == (result, None)


REFUSALS = {
    "5 apples": "'apples' has no value here. Send numbers, with units such as km",
    "facto(5)": "Did you mean factorial?",
    "sqrtt": "Did you mean the function sqrt(...)?",
    "5 km + 3 h": "a time cannot be added to or taken from a length",
    "log(-1)": "not a real number",
    "asin(2)": "not a real number",
    "exp(10^9)": "too large or too small",
    "2^5000": "too long to show",
    "": "expected a number",
}


@pytest.mark.parametrize(("expression", "message"), REFUSALS.items())
def test_refusals(toolkit: Toolkit, expression: str, message: str) -> None:
    outcome = toolkit.call("calculate", {"expression": expression})
    assert outcome.fault == "tool_error"
    assert message in outcome.text


@settings(max_examples=60, deadline=None)
@given(st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=1000))
def test_a_result_reads_back_exactly(toolkit: Toolkit, number: Fraction) -> None:
    text = toolkit.call("calculate", {"expression": f"({number}) * 1"}).text
    answer = read_answer(text, "number")
    assert answer is not None
    assert Fraction(str(answer.value)) == number


@given(st.fractions(min_value=Fraction(1, 10), max_value=10**9))
def test_about_is_right_to_six_places(number: Fraction) -> None:
    assert abs(Fraction(about(number)) - number) <= Fraction(1, 2 * 10**6)


@given(st.fractions())
def test_about_is_a_plain_number(number: Fraction) -> None:
    assert re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", about(number))
