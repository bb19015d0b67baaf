"""Whether two answers are the same: exact, with the rule for rounded decimals, None if unsure."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corollary_tools.answer import Answer
from corollary_tools.equivalence import equivalent, formulas_equivalent
from corollary_tools.expressions.rounding import agrees
from corollary_tools.toolkit import Toolkit


def verdict(toolkit: Toolkit, left: Answer, right: Answer) -> bool | None:
    return equivalent(left, right, toolkit.workers).value


@pytest.mark.parametrize(
    ("known", "given_", "same"),
    [
        ("24", "24.0", True),
        ("1,200", "$1200", True),
        ("1/2", "0.5", True),
        ("0.5", "0.52", False),
        ("15/7", "2.14285714286", False),
        ("2.14285714286", "15/7", True),
        ("2.14285714286", "2.14", False),
        ("10.714", "75/7", True),
        ("2.750", "2.751", False),
        ("166.66666", "500/3", True),
        ("1.8333333333333335", "11/6", True),
        ("24.99999999", "25", True),
        ("3.14159", "pi", True),
        ("sqrt(2)", "2^0.5", True),
        ("sqrt(2)", "1.414", False),
        ("sqrt(5 + 2*sqrt(6))", "sqrt(2) + sqrt(3)", True),
    ],
)
def test_numbers(toolkit: Toolkit, known: str, given_: str, same: bool) -> None:
    left, right = Answer(kind="number", value=known), Answer(kind="number", value=given_)
    assert verdict(toolkit, left, right) is same


@pytest.mark.parametrize(
    ("known", "given_", "same"),
    [
        ("(x-1)*(x+1)", "x^2 - 1", True),
        ("2x + 2", "2", False),
        ("x**2-1", "x^2 - 1", True),
        ("\\frac{1}{2}x", "x/2", True),
        ("sin(x)^2 + cos(x)^2", "1", True),
        ("y = 2x + 1", "2x + 1", True),
        ("x + y = 3", "2x + 2y = 6", True),
        ("x^2 + 1", "x^2 + 2x", False),
        ("(2, 3)", "(2,3)", True),
        ("(2, 3)", "(3, 2)", None),
        ("x + 1", "no idea", None),
        ("((((", "))))", None),
    ],
)
def test_expressions(toolkit: Toolkit, known: str, given_: str, same: bool | None) -> None:
    left, right = Answer(kind="expression", value=known), Answer(kind="expression", value=given_)
    found = verdict(toolkit, left, right)
    assert found is same or (same is None and found is not True)


@pytest.mark.parametrize(
    ("known", "given_", "same"),
    [
        (["-21", "-43"], ["-43", "-21"], True),
        (["5", "5"], ["5.0"], True),
        (["1", "2"], ["1", "3"], False),
        (["1", "2"], ["1"], False),
        (["sqrt(2)", "1"], ["1", "2^(1/2)"], True),
        ([], [], True),
    ],
)
def test_sets(toolkit: Toolkit, known: list[str], given_: list[str], same: bool) -> None:
    left, right = Answer(kind="set", value=known), Answer(kind="set", value=given_)
    assert verdict(toolkit, left, right) is same


@pytest.mark.parametrize(
    ("known", "given_", "same"),
    [
        ({"Michael": "knight"}, {"michael": "true"}, True),
        ({"Bald Eagle": "1"}, {"bald_eagle": "1.0"}, True),
        ({"a": "knight"}, {"a": "knave"}, False),
        ({"a": "knight"}, {"b": "knight"}, False),
        ({"a": "knight", "b": "knave"}, {"a": "knight"}, False),
    ],
)
def test_assignments(
    toolkit: Toolkit, known: dict[str, str], given_: dict[str, str], same: bool
) -> None:
    left, right = Answer(kind="assignment", value=known), Answer(kind="assignment", value=given_)
    assert verdict(toolkit, left, right) is same


def test_choices_and_truths(toolkit: Toolkit) -> None:
    options = ("The owl is first", "The raven is first")
    known = Answer(kind="choice", value="B", options=options)
    assert verdict(toolkit, known, Answer(kind="choice", value="b")) is True
    said = Answer(kind="choice", value="the raven is first", options=options)
    assert verdict(toolkit, known, said) is True
    true, unknown = (Answer(kind="truth", value=word) for word in ("True", "Unknown"))
    assert verdict(toolkit, true, true) is True
    assert verdict(toolkit, true, unknown) is False
    assert verdict(toolkit, true, known) is None


def test_formulas(toolkit: Toolkit) -> None:
    def same(left: str, right: str) -> bool | None:
        return formulas_equivalent(left, right, toolkit.workers).value

    assert same("a -> b", "~a | b") is True
    assert same("a -> b", "b -> a") is False
    assert same("a ->", "b -> a") is None


@given(st.fractions(-1000, 1000, max_denominator=999), st.integers(3, 14))
def test_a_rounded_or_cut_decimal_agrees(number: Fraction, places: int) -> None:
    for digits in (round(number * 10**places), int(number * 10**places)):
        sign = "-" if digits < 0 else ""
        text = str(abs(digits)).rjust(places + 1, "0")
        decimal = f"{sign}{text[:-places]}.{text[-places:]}"
        assert agrees(decimal, Fraction(decimal), number)


@given(st.fractions(-1000, 1000, max_denominator=999))
def test_a_float_agrees_with_what_it_stands_for(number: Fraction) -> None:
    text = repr(float(number))
    if "e" not in text and len(text.replace("-", "").replace(".", "").lstrip("0")) >= 15:
        assert agrees(text, Fraction(text), number)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-5, 5), min_size=2, max_size=4), st.integers(-9, 9))
def test_a_product_is_its_expansion_and_nothing_else(
    toolkit: Toolkit, roots: list[int], shift: int
) -> None:
    product = Answer(kind="expression", value="*".join(f"(x - ({root}))" for root in roots))
    coefficients = [1]
    for root in roots:
        pairs = zip([*coefficients, 0], [0, *coefficients], strict=True)
        coefficients = [left - root * right for left, right in pairs]
    terms = [f"({c})*x^{len(roots) - i}" for i, c in enumerate(coefficients)]
    expansion = Answer(kind="expression", value=" + ".join([*terms, str(shift)]))
    assert verdict(toolkit, product, expansion) is (shift == 0)
