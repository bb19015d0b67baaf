"""Exact arithmetic and its notations, against Python's own fractions."""

from __future__ import annotations

import operator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import evaluate, read_number, render_number
from corollary_tools.expressions.syntax import parse_tree

NOTATIONS = {
    "48/2": "24",
    "0.2*50": "10",
    "0.1 + 0.2": "0.3",
    "15% of 80": "12",
    "1/2 of 30": "15",
    "20%+10%": "0.3",
    "17 % 5": "2",
    "2*5 % 3": "1",
    "17 mod 5": "2",
    "mod(17, 5)": "2",
    "7 // 2": "3",
    "$1,200 * 3": "3600",
    "€12.50 + £1": "13.5",
    "1,234,567.5": "1234567.5",
    "1_000": "1000",
    "max(1,200)": "200",
    "gcd(12,180)": "12",
    "3²+4²": "25",
    "2⁻¹": "0.5",
    "√16 + √(9)": "7",
    "∛27": "3",
    "½ + 2½": "3",
    "1 1/2 * 2": "3",
    "6 ÷ 2 × 3 − 1": "8",
    "2(3+4)": "14",
    "(1+2)(3+4)": "21",
    "[2*{3+4}]": "14",
    "2^3^2": "512",
    "-2^2": "-4",
    "2**-1": "0.5",
    "--3": "3",
    "5!/3!": "20",
    "|2-5|*2": "6",
    "2|3-5|": "4",
    "8^(2/3)": "4",
    "(-8)^(1/3)": "-2",
    "1.5e3": "1500",
    "\\frac{1}{2} + \\frac34": "1.25",
    "\\sqrt[3]{27} \\cdot 2": "6",
    "\\left(2 + 3\\right) \\times 4": "20",
    "\\binom{5}{2}": "10",
    "5\\%": "0.05",
    "1{,}000": "1000",
    "\\lfloor 7/2 \\rfloor": "3",
    "round(2.345, 2)": "2.35",
    "round(-2.5)": "-3",
    "min(3, 1/2) + ceil(1.2) + floor(-0.5)": "1.5",
    "lcm(4, 6)": "12",
}


@pytest.mark.parametrize(("text", "value"), NOTATIONS.items())
def test_notations(text: str, value: str) -> None:
    number = evaluate(parse_tree(text))
    assert number is not None
    assert render_number(number) == value


WRONG = {
    "": "At the end: expected a number",
    "2 +": "At the end: expected a number",
    "(2": "expected ')' to close '(' at position 1",
    "2)": "')' at position 2",
    "2 3": "two numbers without an operator",
    "1.2.3": "two numbers without an operator",
    "1,20": "thousands, as in 1,200",
    "sine(2)": "Did you mean sin?",
    "sin x y": "Use brackets",
    "2 = 2": "is a relation",
    "a ~ b": "The character '~' at position 3",
    "1/0": "Division by zero",
    "0^-1": "Division by zero",
    "5 mod 0": "Division by zero",
    "sqrt(-4)": "not a real number",
    "(-4)^(1/2)": "not a real number",
    "2.5!": "whole number",
    "(-1)!": "whole number",
    "gcd(1/2, 3)": "whole numbers",
    "sqrt(1, 2, 3)": "does not take 3 arguments",
    "\\text{x}": "cannot be read",
    "9**9**9": "too large",
    "factorial(10**6)": "too large",
    "2^(10^9)": "too large",
    "(9^999)^999": "too large",
    "1e999999": "too large",
    "binomial(10^9, 5*10^8)": "needs 0 <= n",
    "x+" * 5000: "at most 4000",
    "(" * 200_000: "at most 4000",
    "(" * 300 + "1" + ")" * 300: "levels of brackets",
    "2^" * 1000 + "1": "levels of powers",
    "|" * 300: "levels of brackets",
}


@pytest.mark.parametrize(("text", "message"), WRONG.items(), ids=lambda text: text[:20])
def test_wrong_text_says_what_to_do(text: str, message: str) -> None:
    with pytest.raises(ToolError) as error:
        evaluate(parse_tree(text))
    assert message in str(error.value)


OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
NUMBERS = st.fractions(min_value=-1000, max_value=1000, max_denominator=100)


@st.composite
def calculations(draw: st.DrawFn, depth: int = 3) -> tuple[str, Fraction]:
    """A text in Python's notation and its value by Python's fractions."""
    if depth == 0 or draw(st.booleans()):
        number = draw(NUMBERS)
        return f"({number})", number
    left, right = draw(calculations(depth - 1)), draw(calculations(depth - 1))
    sign = draw(st.sampled_from(sorted(OPERATORS)))
    if sign == "/" and right[1] == 0:
        sign = "*"
    return f"({left[0]} {sign} {right[0]})", OPERATORS[sign](left[1], right[1])


@given(calculations())
def test_values_are_those_of_fractions(calculation: tuple[str, Fraction]) -> None:
    text, value = calculation
    assert evaluate(parse_tree(text)) == value


@given(st.lists(st.tuples(st.sampled_from("+-*"), st.integers(0, 99)), min_size=1, max_size=12))
def test_precedence_is_that_of_python(steps: list[tuple[str, int]]) -> None:
    text = "1" + "".join(f" {sign} {number}" for sign, number in steps)
    assert evaluate(parse_tree(text)) == eval(text)


@given(st.fractions())
def test_a_rendered_number_reads_back(number: Fraction) -> None:
    assert read_number(render_number(number)) == number


@given(st.integers(0, 10**30), st.integers(2, 7))
def test_roots_undo_powers(number: int, degree: int) -> None:
    assert evaluate(parse_tree(f"root({number}^{degree}, {degree})")) == number


@given(st.text(max_size=80))
def test_any_text_is_a_number_or_a_tool_error(text: str) -> None:
    try:
        value = evaluate(parse_tree(text))
    except ToolError:
        return
    assert value is None or isinstance(value, Fraction)


@given(st.text(alphabet="0123456789.+-*/^()x%!|,= \\{}√²", max_size=40))
def test_any_mathematical_text_is_a_number_or_a_tool_error(text: str) -> None:
    try:
        value = evaluate(parse_tree(text))
    except ToolError:
        return
    assert value is None or isinstance(value, Fraction)
