"""Units, money, times of day, comparison, rounding and dates, as models write them."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import read_number
from corollary_tools.solvers.arithmetic.calls import calculate, convert
from corollary_tools.solvers.arithmetic.dates import dates
from corollary_tools.solvers.arithmetic.ordering import order
from corollary_tools.solvers.arithmetic.rounding_to import round_to
from corollary_tools.solvers.arithmetic.units import known_units

RESULTS = {
    "2 h 30 min + 45 min": "3 h 15 min",
    "2h30min + 45min": "3 h 15 min",
    "2 hours and 30 minutes - 45 minutes": "1 hour 45 minutes",
    "3:15 pm - 9:40 am": "5 h 35 min",
    "9:40 am - 3:15 pm": "-5 h 35 min",
    "9:40 am + 2 h 30 min": "12:10 pm",
    "noon + 90 min": "13:30",
    "from 22:30 to 6:15": "7 h 45 min",
    "11 pm + 3 hours": "2:00 am (the next day)",
    "3 days in hours": "72 hours",
    "how many minutes are in 3 hours": "180 minutes",
    "200 minutes in hours and minutes": "3 hours 20 minutes",
    "150 cm in feet and inches": "4 feet 1404/127 inches (about 4 feet 11.055118 inches)",
    "3/7 < 0.43": "True",
    "0.43 < 3/7": "False (the left side is greater than the right side)",
    "48/2 = 24": "True",
    "1 < sqrt(2) < 3/2": "True",
    "sqrt(8) = 2*sqrt(2)": "True",
    "5 km > 3 miles": "True",
    "20% off 50": "40",
    "20% off $50 + 3": "43",
    "50 increased by 20%": "60",
    "20% more than 50": "60",
    "15 percent of 80": "12",
    "what percent of 80 is 12": "15%",
    "12 as a percent of 80": "15%",
    "12 is what percent of 80": "15%",
    "percent increase from 40 to 50": "25%",
    "1/3 as a percent": "100/3% (about 33.333333%)",
    "half of 30 + twice 4": "23",
    "$1,200.50 * 2": "2401",
    "$12 per hour * 5 hours": "60",
    "$5 + 25 cents": "5.25",
    "3 dollars + 25 cents": "3.25 dollars",
    "3 quarters + 2 dimes in cents": "95 cents",
    "3 dozen": "36",
    "60 miles / 2 hours": "30 miles/hour",
    "60 mph * 2.5 h": "150 mi",
    "150 miles / 60 mph in minutes": "150 minutes",
    "10 miles/(1 h 30 min) in mph": "20/3 mph (about 6.666667 mph)",
    "5 ft 3 in + 11 in": "6 ft 2 in",
    "5'3\" in inches": "63 inches",
    "3 ft * 4 ft": "12 ft^2",
    "2 sq ft in square inches": "288 inches^2",
    "2 kg + 300 g": "2.3 kg",
    "1/2 hour in minutes": "30 minutes",
    "2 1/2 hours in minutes": "150 minutes",
    "20 minutes / 5 minutes": "4",
    "pi * (3 ft)^2": "9*pi ft^2 (about 28.274334 ft^2)",
    "98.6 F to C": "37 °C",
    "5 days * 8 hours per day": "40 hours",
    "$3.50/lb * 40 oz": "8.75",
    "9.8 m/s^2 * 2 s": "19.6 m/s",
    "1/2 cup * 3": "1.5 cups",
    "2/3 of an hour in minutes": "40 minutes",
    "what is 15% of 80": "12",
    "15% tip on $40": "6",
    "25 is what % of 200": "12.5%",
    "5 squared": "25",
    "2 h 30 m + 1 h": "3 h 30 min",
    "0.375 as a fraction": "3/8",
    "5' 10\"": "5 ft 10 in",
    "12 in in ft": "1 ft",
}


@pytest.mark.parametrize(("expression", "result"), RESULTS.items())
def test_quantities(expression: str, result: str) -> None:
    assert calculate({"expression": expression}, Desk()).text == result


REFUSALS = {
    "2 h 30": "A number without an operator follows '2 h'",
    "3 kg 5 m": "A number without an operator follows '3 kg'",
    "5 km + 3": "a plain number cannot be added to or taken from a length",
    "2 years in days": "no fixed number of days",
    "5 km in hours": "a length cannot be turned into a time",
    "5 km < 3 h": "cannot be compared with",
    "3 pm + 4 pm": "cannot be added or doubled",
    "25:30 - 3:00": "no time of day",
    "2 * 3:15": "outside brackets and products",
    "3 pm + 5 km": "a length cannot be added",
    "round(7.5 h)": "round needs a plain number",
    "3 minuets": "Did you mean minutes?",
    "sqrt(2 h)": "no unit for a time",
    "(3 m)^(3 m)": "pow needs a plain number",
    "5 km / 0": "Division by zero",
}


@pytest.mark.parametrize(("expression", "message"), REFUSALS.items())
def test_units_that_do_not_fit_say_so(expression: str, message: str) -> None:
    with pytest.raises(ToolError) as error:
        calculate({"expression": expression}, Desk())
    assert message in str(error.value)


@given(st.text(alphabet="0123456789 .:$%'\"<=+-*/^()hkminftdaypofs", max_size=40))
def test_any_text_of_quantities_is_a_result_or_a_tool_error(text: str) -> None:
    try:
        result = calculate({"expression": text}, Desk()).text
    except ToolError:
        return
    assert result


NUMBERS = st.fractions(min_value=0, max_value=10**6, max_denominator=1000)
LENGTHS = ("m", "km", "cm", "ft", "in", "yd", "mi")


@given(NUMBERS, st.sampled_from(LENGTHS), st.sampled_from(LENGTHS))
def test_converting_there_and_back_gives_the_same(number: Fraction, unit: str, other: str) -> None:
    there = convert({"quantity": f"({number}) {unit}", "to": other}, Desk()).text
    back = convert({"quantity": f"({there.split()[0]}) {other}", "to": unit}, Desk()).text
    assert read_number(back.split()[0]) == number


@given(st.integers(0, 1439), st.integers(0, 5000))
def test_times_of_day_go_round_the_clock(start: int, minutes: int) -> None:
    text = f"{start // 60}:{start % 60:02d}"
    end = calculate({"expression": f"{text} + {minutes} min"}, Desk()).text.split(" (")[0]
    hour, minute = map(int, end.split(":"))
    assert hour * 60 + minute == (start + minutes) % 1440


@given(NUMBERS, NUMBERS, st.sampled_from(("<", "<=", "=", "!=", ">=", ">")))
def test_comparison_is_that_of_fractions(left: Fraction, right: Fraction, sign: str) -> None:
    text = calculate({"expression": f"{left} {sign} {right}"}, Desk()).text
    truth = {
        "<": left < right, "<=": left <= right, "=": left == right, "!=": left != right,
        ">=": left >= right, ">": left > right,
    }[sign]  # fmt: skip
    assert text.split(" ")[0] == str(truth)


@given(st.lists(NUMBERS, min_size=2, max_size=6))
def test_order_sorts(numbers: list[Fraction]) -> None:
    text = order({"values": [str(number) for number in numbers]}, Desk()).text
    assert [Fraction(part) for part in re.split(" [<=] ", text)] == sorted(numbers)


ROUNDED = {
    ("200/3", "0.01", "nearest"): "66.67",
    ("2.5", "2 places", "nearest"): "2.50",
    ("-2.5", "1", "nearest"): "-3",
    ("-2.5", "1", "up"): "-2",
    ("12345", "2 figures", "nearest"): "12000",
    ("0.0012345", "3 significant figures", "nearest"): "0.00123",
    ("sqrt(2)", "the nearest hundredth", "nearest"): "1.41",
    ("1234", "hundred", "down"): "1200",
    ("17", "5", "up"): "20",
    ("pi", "1/4", "nearest"): "3.25",
}


@pytest.mark.parametrize(("call", "result"), ROUNDED.items())
def test_round_to(call: tuple[str, str, str], result: str) -> None:
    arguments = dict(zip(("expression", "to", "mode"), call, strict=True))
    assert round_to(arguments, Desk()).text == result


@pytest.mark.parametrize("to", ["0", "-1", "x", "0 figures", "101 places"])
def test_round_to_says_what_to_send(to: str) -> None:
    with pytest.raises(ToolError, match=r"multiple such as|At most"):
        round_to({"expression": "1", "to": to, "mode": "nearest"}, Desk())


DATES = {
    "2024-02-20 to March 5, 2024": "14 days",
    "2024-03-05 - 2024-02-20": "14 days",
    "between 1 January 2023 and 31 Dec 2023": "364 days",
    "2024-01-31 + 1 month": "2024-02-29 (Thursday)",
    "July 4th, 1776": "1776-07-04 (Thursday)",
    "2024-02-29 + 1 year - 2 weeks": "2025-02-14 (Friday)",
}


@pytest.mark.parametrize(("expression", "result"), DATES.items())
def test_dates(expression: str, result: str) -> None:
    assert dates({"expression": expression}, Desk()).text == result


@pytest.mark.parametrize(
    "text", ["2023-02-29", "3/4/2024", "2024-01-01 + 3 cows", "9999-12-31 + 1 day", ""]
)
def test_dates_that_cannot_be_read_say_so(text: str) -> None:
    with pytest.raises(ToolError, match=r"date"):
        dates({"expression": text}, Desk())


@settings(max_examples=50)
@given(st.dates(date(1600, 1, 1), date(2400, 1, 1)), st.integers(-9999, 9999))
def test_dates_and_days_are_inverse(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    assert dates({"expression": f"{start} to {end}"}, Desk()).text.split()[0] == str(days)
    moved = dates({"expression": f"{start} {'+' if days >= 0 else '-'} {abs(days)} days"}, Desk())
    assert moved.text.startswith(end.isoformat())


def test_every_unit_stands_once() -> None:
    units = set(known_units().values())
    forms = [form for unit in units for form in set(unit.forms)]
    assert len(forms) == len(set(forms)) == len(known_units())


def test_every_calculation_of_gsm8k_comes_out(data_dir: Path) -> None:
    checked = 0
    for name in ("train", "test_even"):
        text = (data_dir / "gsm8k" / f"{name}.jsonl").read_text("utf-8")
        for line in text.splitlines()[::20]:
            for calculation, value in re.findall(
                "<<([^<>=]*)=([^<>=]*)>>", json.loads(line)["answer"]
            ):
                result = calculate({"expression": calculation}, Desk()).text.split(" (about")[0]
                assert read_number(result) == read_number(value), calculation
                checked += 1
    assert checked > 1000
