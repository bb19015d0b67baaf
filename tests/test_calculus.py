"""Derivatives, integrals, limits, sums, equations in y': exact texts, laws, bad questions."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from corollary_tools.expression import parse_expression, symbol
from corollary_tools.toolkit import Toolkit

CALLS = [
    ("derivative", {"expression": "x^x"}, "x^x*(log(x) + 1)"),
    ("derivative", {"expression": "|x|"}, "sign(x)"),
    ("derivative", {"expression": "f(x) = x^2 + 1", "at": "3"}, "6"),
    ("derivative", {"expression": "sin(x)", "order": 4}, "sin(x)"),
    ("integral", {"expression": "1/x"}, "log(abs(x)) + C"),
    ("integral", {"expression": "C*x", "variable": "x"}, "C*x^2/2 + C1"),
    (
        "integral",
        {"expression": "x^n", "variable": "x"},
        "(x^(n + 1)/(n + 1) if n != -1; log(abs(x)) otherwise) + C",
    ),
    ("integral", {"expression": "x^2", "lower": "1", "upper": "a"}, "a^3/3 - 1/3"),
    (
        "integral",
        {"expression": "exp(-x^2)", "lower": "-oo", "upper": "∞"},
        "sqrt(pi) (about 1.772454)",
    ),
    (
        "integral",
        {"expression": "exp(-a*x)", "variable": "x", "lower": "0", "upper": "oo"},
        "1/a for a > 0",
    ),
    (
        "integral",
        {"expression": "sin(sin(x))", "lower": "0", "upper": "pi"},
        "no closed form found; about 1.786487",
    ),
    ("integral", {"expression": "1/x", "lower": "-1", "upper": "1"}, "diverges"),
    ("integral", {"expression": "1/x^2", "lower": "-1", "upper": "1"}, "diverges (to infinity)"),
    ("integral", {"expression": "tan(x)", "lower": "0", "upper": "pi"}, "diverges"),
    ("integral", {"expression": "sin(x)", "lower": "0", "upper": "oo"}, "diverges"),
    ("integral", {"expression": "1/sqrt(x)", "lower": "0", "upper": "1"}, "2"),
    ("integral", {"expression": "x", "lower": "2", "upper": "0"}, "-2"),
    ("limit", {"expression": "(1 + 1/n)^n", "to": "∞"}, "e (about 2.718282)"),
    (
        "limit",
        {"expression": "|x|/x", "to": "0"},
        "does not exist (from the left -1, from the right 1)",
    ),
    ("limit", {"expression": "sin(1/x)", "to": "0"}, "does not exist (it varies between -1 and 1)"),
    (
        "limit",
        {"expression": "log(x)", "to": "0"},
        "-infinity (from the right; it is not real on the other side)",
    ),
    ("limit", {"expression": "x + a", "variable": "x", "to": "a"}, "2*a"),
    ("series", {"expression": "x^2 + 1"}, "1 + x^2 (exact)"),
    (
        "series",
        {"expression": "sin(x)", "about": "pi", "order": 4},
        "-(x - pi) + (x - pi)^3/6 + O((x - pi)^4)",
    ),
    (
        "extrema",
        {"expression": "x^4 - 2x^2"},
        "minimum -1 at x = -1 and x = 1; no maximum (to infinity); local maximum 0 at x = 0",
    ),
    ("extrema", {"expression": "1/x"}, "no minimum (to -infinity); no maximum (to infinity)"),
    (
        "extrema",
        {"expression": "|x - 2| + |x + 3|"},
        "minimum 5 at -3 <= x <= 2; no maximum (to infinity)",
    ),
    ("total", {"expression": "k", "first": "1", "last": "100"}, "5050"),
    ("total", {"expression": "k", "first": "5", "last": "1"}, "0"),
    ("total", {"expression": "1/k", "first": "1", "last": "oo"}, "diverges (to infinity)"),
    ("total", {"expression": "(-1)^k", "first": "0", "last": "oo"}, "diverges"),
    ("total", {"expression": "1 - 1/k^2", "first": "2", "last": "oo", "kind": "product"}, "0.5"),
    (
        "total",
        {"expression": "r^k", "variable": "k", "first": "0", "last": "oo"},
        "1/(1 - r) if abs(r) < 1; no closed form found otherwise",
    ),
    (
        "total",
        {"expression": "sin(k)/k^2", "first": "1", "last": "oo"},
        "no closed form found; about 1.013959",
    ),
    ("solve_ode", {"equation": "dN/dt = k*N", "conditions": ["N(0) = 5"]}, "N = 5*exp(k*t)"),
    ("solve_ode", {"equation": "y' = y^2", "conditions": ["y(0)=1"]}, "y = -1/(x - 1)"),
    (
        "solve_ode",
        {"equation": "\\frac{dy}{dx} = \\frac{x}{y}"},
        "y = -sqrt(C1 + x^2) or y = sqrt(C1 + x^2)",
    ),
    ("describe", {"expression": "1/(x^2+1)", "find": "range"}, "0 < y <= 1"),
    ("describe", {"expression": "(x^2+1)/(x-1)", "find": "asymptotes"}, "x = 1; y = x + 1"),
    (
        "describe",
        {"expression": "x^2", "find": "inverse"},
        "no single inverse (several: -sqrt(x) or sqrt(x))",
    ),
    ("describe", {"expression": "x^3 - x", "find": "parity"}, "odd"),
    (
        "describe",
        {"expression": "sqrt(sin(x))", "find": "domain"},
        "0 <= x <= pi (about 3.141593), shifted by any multiple of 2*pi",
    ),
]


@pytest.mark.parametrize(("name", "arguments", "text"), CALLS)
def test_results(toolkit: Toolkit, name: str, arguments: dict[str, str], text: str) -> None:
    outcome = toolkit.call(name, arguments)
    assert (outcome.text, outcome.fault) == (text, None)


REFUSED = [
    ("derivative", {"expression": "x*y"}, "has x, y: say which is the variable"),
    ("derivative", {"expression": "xy", "variable": "x"}, "Write x*y for a product"),
    ("derivative", {"expression": "x", "order": 10**9}, "from 1 to 20"),
    ("derivative", {"expression": "floor(x)"}, "no derivative in a closed form"),
    ("derivative", {"expression": "x", "variable": "2x"}, "'2x' is not the name of an unknown"),
    ("integral", {"expression": "x^x"}, "Send lower and upper for a number"),
    ("integral", {"expression": "x", "lower": "0"}, "Send both lower and upper"),
    ("integral", {"expression": "__import__('os')"}, "cannot be read"),
    ("limit", {"expression": "sqrt(x - 5)", "to": "0"}, "not real near there"),
    ("series", {"expression": "log(x)"}, "no series of powers about that point"),
    ("series", {"expression": "abs(x)"}, "no series of powers about that point"),
    ("series", {"expression": "exp(x)", "order": 10**6}, "from 1 to 30"),
    ("extrema", {"expression": "tan(x)"}, "Send a range within which to look"),
    ("extrema", {"expression": "x^2", "within": "0 <= y <= 1"}, "0 <= x <= 3"),
    ("total", {"expression": "2^(2^k)", "first": "1", "last": "100"}, "too large"),
    ("total", {"expression": "2^k", "first": "1", "last": "10^9"}, "too large"),
    ("total", {"expression": "k!", "first": "1", "last": "10^9"}, "no closed form was found"),
    ("total", {"expression": "k", "first": "1", "last": "k"}, "both the index and a bound"),
    ("total", {"expression": "k", "first": "1", "last": "10.5"}, "must be whole numbers"),
    ("describe", {"expression": "x*sqrt(sin(x))", "find": "domain"}, "cannot be listed"),
    (
        "total",
        {"expression": "binomial(n,k)^3", "variable": "k", "first": "0", "last": "n"},
        "in functions that are known here",
    ),
    ("solve_ode", {"equation": "y = 3"}, "There is no derivative in it"),
    ("solve_ode", {"equation": "y' = 2xy"}, "Write x*y"),
    ("solve_ode", {"equation": "y'''''' = 1"}, "at most 4"),
    ("solve_ode", {"equation": "y' = y", "conditions": ["y = 3"]}, "such as y(0) = 1"),
    (
        "solve_ode",
        {"equation": "y'' + y = 0", "conditions": ["y(0)=0", "y(pi)=1"]},
        "fulfils the conditions",
    ),
]


@pytest.mark.parametrize(("name", "arguments", "message"), REFUSED)
def test_refusals(toolkit: Toolkit, name: str, arguments: dict[str, str], message: str) -> None:
    outcome = toolkit.call(name, arguments)
    assert outcome.fault == "tool_error"
    assert message in outcome.text


X = symbol("x")
TERMS = st.sampled_from(["x", "x^2", "3", "1/2", "sin(x)", "cos(2x)", "exp(x)", "x^3", "exp(-x)"])
FUNCTIONS = st.lists(st.tuples(st.integers(-4, 4), TERMS, TERMS), min_size=1, max_size=3).map(
    lambda rows: " + ".join(f"({n})*{a}*{b}" for n, a, b in rows)
)


def value(text: str, at: Fraction) -> sympy.Float:
    point = {X: sympy.Rational(at.numerator, at.denominator)}
    return parse_expression(text).evalf(30, subs=point)


@settings(max_examples=5, deadline=None)
@given(FUNCTIONS, st.fractions(-2, 2, max_denominator=7))
def test_an_antiderivative_has_the_integrand_as_its_derivative(
    toolkit: Toolkit, text: str, at: Fraction
) -> None:
    found = toolkit.call("integral", {"expression": text, "variable": "x"})
    assert found.fault is None, found.text
    back = toolkit.call("derivative", {"expression": found.text, "variable": "x"})
    assert abs(value(back.text.split(" (about")[0], at) - value(text, at)) < 1e-15


@settings(max_examples=8, deadline=None)
@given(FUNCTIONS, st.fractions(-2, 2, max_denominator=5))
def test_a_derivative_agrees_with_a_difference_quotient(
    toolkit: Toolkit, text: str, at: Fraction
) -> None:
    found = toolkit.call("derivative", {"expression": text, "variable": "x"})
    step = Fraction(1, 10**9)
    quotient = (value(text, at + step) - value(text, at - step)) / (2 * sympy.Rational(step))
    slope = value(found.text.split(" (about")[0], at)
    assert abs(slope - quotient) < 1e-6 * max(1, abs(slope))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 3), st.integers(-3, 3), st.integers(1, 9))
def test_closed_sums_agree_with_addition(
    toolkit: Toolkit, power: int, shift: int, last: int
) -> None:
    term = f"k^{power} + ({shift})*2^k"
    closed = toolkit.call("total", {"expression": term, "first": "1", "last": "n"}).text
    direct = sum(k**power + shift * 2**k for k in range(1, last + 1))
    assert parse_expression(closed).subs(symbol("n"), last) == direct
