"""Exact results against numbers: every closed form is tried at points of 30 digits by mpmath.

The expressions come from a grammar whose values are real on the range of the points. A tool that
says it cannot (a ToolError) is left out; a tool that answers must be right. What is left out is
counted, so that a law cannot hold by never being asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expression import parse_expression
from corollary_tools.solvers.algebra.calls import simplify, solve
from corollary_tools.solvers.algebra.rewriting import rewrite
from corollary_tools.solvers.calculus.calls import derivative, limit
from corollary_tools.solvers.calculus.integration import integral
from corollary_tools.solvers.calculus.summation import total

DIGITS = 30
POINTS = ("0.31", "0.77", "1.43", "2.19")
Law = Callable[[Any], None]

polynomials = st.lists(st.integers(-5, 5), min_size=2, max_size=4).map(
    lambda row: " + ".join(f"({c})*x^{power}" for power, c in enumerate(row))
)
smooth = st.sampled_from(
    ["x", "x^2", "1/x", "sqrt(x)", "e^x", "log(x)", "sin(x)", "cos(x)", "1/(x + 1)", "x*e^x"]
)
scaled = st.tuples(st.integers(-3, 3).filter(bool), smooth).map(lambda row: f"({row[0]})*{row[1]}")
sums = st.lists(scaled, min_size=1, max_size=3).map(" + ".join)
products = st.tuples(sums, polynomials).map(lambda row: f"({row[0]})*({row[1]})")
anything = st.one_of(polynomials, sums, products)


def exact(text: str) -> str:
    """A result without its decimal, its constant and its words."""
    return text.partition(" (about")[0]


def number_at(text: str, place: str | int, name: str = "x") -> Any:
    """The value of an expression there, in 30 digits."""
    unknown = sympy.Symbol(name, real=True)
    value = parse_expression(text).subs(unknown, sympy.Rational(place)).evalf(DIGITS)
    return mpmath.mpf(str(value))


def close(left: Any, right: Any) -> bool:
    return bool(abs(left - right) <= mpmath.mpf("1e-12") * max(1, abs(left), abs(right)))


def same_everywhere(left: str, right: str) -> None:
    with mpmath.workdps(DIGITS):
        for place in POINTS:
            assert close(number_at(left, place), number_at(right, place)), (left, right, place)


def answered(tool: Callable[..., Any], arguments: dict[str, Any]) -> str:
    """The text of a result; the example is left out where the tool says that it cannot."""
    try:
        text = str(tool(arguments, Desk()).text)
    except ToolError:
        assume(False)
    assume("no closed form" not in text and "diverges" not in text and ";" not in text)
    return text


def law_simplify(text: str) -> None:
    same_everywhere(exact(answered(simplify, {"expression": text})), text)


def law_rewrite(text: str) -> None:
    for form in ("expand", "factor", "partial_fractions", "one_fraction"):
        try:
            found = rewrite({"expression": text, "form": form}, Desk()).text
        except ToolError:
            continue
        same_everywhere(exact(found.partition(" (it ")[0]), text)


def law_derivative(text: str) -> None:
    found = exact(answered(derivative, {"expression": text, "variable": "x", "order": 1, "at": ""}))
    unknown = sympy.Symbol("x", real=True)
    near = sympy.lambdify(unknown, parse_expression(text), "mpmath")
    with mpmath.workdps(DIGITS):
        for place in POINTS:
            slope = mpmath.diff(near, mpmath.mpf(place))
            assert close(number_at(found, place), slope), (text, found)


def law_integral(text: str) -> None:
    asked = {"expression": text, "variable": "x", "lower": "1/2", "upper": "2"}
    found = exact(answered(integral, asked))
    unknown = sympy.Symbol("x", real=True)
    near = sympy.lambdify(unknown, parse_expression(text), "mpmath")
    with mpmath.workdps(DIGITS):
        area = mpmath.quad(near, [mpmath.mpf("0.5"), 1, 2])
        assert close(number_at(found, "1"), area), (text, found)


def law_antiderivative(text: str) -> None:
    asked = {"expression": text, "variable": "x", "lower": "", "upper": ""}
    found = answered(integral, asked).removesuffix(" + C")
    slope = sympy.diff(parse_expression(found), sympy.Symbol("x", real=True))
    with mpmath.workdps(DIGITS):
        for place in POINTS:
            there = slope.subs(sympy.Symbol("x", real=True), sympy.Rational(place)).evalf(DIGITS)
            assert close(mpmath.mpf(str(there)), number_at(text, place)), (text, found)


def law_limit(text: str) -> None:
    found = answered(limit, {"expression": text, "variable": "x", "to": "1", "side": "both"})
    assume("exist" not in found and "infinity" not in found)
    with mpmath.workdps(DIGITS):
        assert close(number_at(exact(found), "1"), number_at(text, "1")), (text, found)


def law_total(text: str) -> None:
    asked = {"expression": text, "variable": "x", "first": "1", "kind": "sum"}
    formula = exact(answered(total, asked | {"last": "n"}))
    with mpmath.workdps(DIGITS):
        added = sum((number_at(text, place) for place in range(1, 8)), mpmath.mpf(0))
        assert close(number_at(formula, 7, "n"), added), (text, formula)
        counted = exact(answered(total, asked | {"last": "7"}))
        assert close(number_at(counted, 1), added), (text, counted)


def law_roots(text: str) -> None:
    """What solve gives for a polynomial are zeros, and mpmath knows no other real ones."""
    found = answered(solve, {"equations": [f"{text} = 0"], "unknowns": ["x"]})
    assume("every" not in found and "always" not in found)
    with mpmath.workdps(DIGITS):
        roots = [number_at(exact(root), 1) for root in roots_in(found)]
        known = real_roots(text)
        assert len(roots) == len(known), (text, found)
        assert all(abs(a - b) < 1e-5 for a, b in zip(sorted(roots), sorted(known), strict=True))


def roots_in(found: str) -> list[str]:
    if found.startswith("no "):
        return []
    parts = found.replace(" complex solution left", " complex solutions left").split(" or ")
    return [part.partition("= ")[2].removeprefix("about ").partition(" (")[0] for part in parts]


def real_roots(text: str) -> list[Any]:
    polynomial = sympy.Poly(parse_expression(text), sympy.Symbol("x", real=True))
    bare = polynomial.quo(sympy.gcd(polynomial, polynomial.diff()))
    roots = mpmath.polyroots([mpmath.mpf(int(c)) for c in bare.all_coeffs()], maxsteps=300)
    return [mpmath.re(root) for root in roots if abs(mpmath.im(root)) < 1e-15]


LAWS: dict[str, tuple[Law, st.SearchStrategy[str]]] = {
    "simplify": (law_simplify, anything),
    "rewrite": (law_rewrite, st.one_of(polynomials, products)),
    "derivative": (law_derivative, anything),
    "integral": (law_integral, sums),
    "antiderivative": (law_antiderivative, sums),
    "limit": (law_limit, anything),
    "total": (law_total, polynomials),
    "roots": (law_roots, polynomials),
}


def hold(name: str, examples: int) -> None:
    """Try the law; at least half of what is tried must come to an answer."""
    law, inputs = LAWS[name]
    tried: list[bool] = []

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
    )  # fmt: skip
    @given(inputs)
    def holds(text: str) -> None:
        tried.append(False)
        law(text)
        tried[-1] = True

    holds()
    assert sum(tried) * 2 >= len(tried)


@pytest.mark.parametrize("name", LAWS)
def test_exact_results_agree_with_numbers(name: str) -> None:
    hold(name, 6)


@pytest.mark.slow
@pytest.mark.parametrize("name", LAWS)
def test_exact_results_agree_with_numbers_at_length(name: str) -> None:
    hold(name, 150)
