"""Expressions: parse(render(x)) = x, plain names, bounds, and nothing that runs as code."""

from __future__ import annotations

import time

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from corollary_tools.errors import ToolError
from corollary_tools.expression import parse_expression, render_expression, symbol

x, y = symbol("x"), symbol("y")


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("2x", 2 * x),
        ("3(x+1)", 3 * (x + 1)),
        ("x(x+1)", x * (x + 1)),
        ("(x+1)(x-1)", (x + 1) * (x - 1)),
        ("x^2", x**2),
        ("x**2", x**2),
        ("x²y", x**2 * y),
        ("1/2x", x / 2),
        ("0.1x", x / 10),
        ("\\frac{x}{2}", x / 2),
        ("\\sqrt{x}", sympy.sqrt(x)),
        ("sin^2(x)", sympy.sin(x) ** 2),
        ("2 sin x", 2 * sympy.sin(x)),
        ("log_2(x)", sympy.log(x, 2)),
        ("\\log_{10}(x)", sympy.log(x, 10)),
        ("ln(x)", sympy.log(x)),
        ("e^x", sympy.exp(x)),
        ("2πx", 2 * sympy.pi * x),
        ("|x|", sympy.Abs(x)),
        ("x!", sympy.factorial(x)),
        ("max(x, y)", sympy.Max(x, y)),
        ("15% of x", sympy.Rational(3, 20) * x),
        ("α + \\alpha", 2 * symbol("alpha")),
        ("λ", symbol("lambda")),
        ("x₁ + x_{1}", symbol("x1") + symbol("x_1")),
    ],
)
def test_notations(text: str, expression: sympy.Expr) -> None:
    assert sympy.simplify(parse_expression(text) - expression) == 0


@pytest.mark.parametrize("name", ["S", "N", "Q", "E", "I", "O", "beta", "lambda", "gamma", "zeta"])
def test_names_of_sympy_are_plain_unknowns(name: str) -> None:
    assert parse_expression(f"{name} + 1") == symbol(name) + 1


@pytest.mark.parametrize("name", ["Max", "Sec", "Mark", "max", "Sign", "Root", "Exp"])
def test_a_word_is_a_function_only_with_an_argument(name: str) -> None:
    assert parse_expression(f"{name} + 2*{name}") == 3 * symbol(name)
    assert parse_expression("Max(1, 2) + MAX(3, 4)") == 6


def test_a_constant_can_be_declared_an_unknown() -> None:
    assert parse_expression("e + 1", frozenset({"e"})) == symbol("e") + 1
    assert parse_expression("e + 1") == sympy.E + 1


HOSTILE = [
    "__import__('os').system('touch pwned')",
    "().__class__.__bases__[0].__subclasses__()",
    "lambdify(x, 'x')",
    "exec('1')",
    "x.__class__",
    "open('/etc/passwd')",
    "9**9**9",
    "9**9**9**9",
    "factorial(10**6)",
    "x**(10**9)",
    "(x+1)**(9**9)",
    "2**(10**9/7)",
    "exp(exp(exp(100)))",
    "pi^pi^pi^pi^pi",
    "e^(10^9)",
    "x+" * 5000,
    "(" * 200_000,
    "sqrt(" * 60 + "x" + ")" * 60,
    "x^" * 500 + "x",
    "log(0)",
    "log(-1)",
    "tan(pi/2)",
    "1/(x-x)",
    "gcd(x, 2)",
    "x\x00y",
    "x; y",
    "x\ny = 3 =",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:24])
def test_hostile_text_ends_at_once_with_a_tool_error(text: str) -> None:
    start = time.process_time()
    with pytest.raises(ToolError):
        parse_expression(text)
    assert time.process_time() - start < 5  # of work; what hangs takes minutes


LEAVES = st.sampled_from(["x", "y", "S", "beta", "pi", "e", "2", "1/3", "0.25", "7", "-3"])


def _combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.tuples(inner, st.sampled_from("+-*"), inner).map(
        lambda t: f"({t[0]}) {t[1]} ({t[2]})"
    )
    power = st.tuples(inner, st.integers(-3, 4)).map(lambda t: f"({t[0]})^({t[1]})")
    call = st.tuples(st.sampled_from(["sin", "exp", "abs", "cos", "floor", "sqrt", "log"]), inner)
    lattice = st.tuples(st.sampled_from(["min", "max"]), inner, inner)
    return st.one_of(
        binary,
        power,
        call.map(lambda t: f"{t[0]}({t[1]})"),
        lattice.map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
    )


@settings(max_examples=150, deadline=None)
@given(st.recursive(LEAVES, _combined, max_leaves=6))
def test_a_rendered_expression_reads_back(text: str) -> None:
    try:
        expression = parse_expression(text)
    except ToolError:
        return
    assert parse_expression(render_expression(expression)) == expression


@given(st.text(alphabet="xyeE0123456789.+-*/^()%!|,= \\{}√²sincologabπ_'\"[]", max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_text_is_an_expression_or_a_tool_error(text: str) -> None:
    try:
        expression = parse_expression(text)
    except ToolError:
        return
    assert isinstance(expression, sympy.Expr)
