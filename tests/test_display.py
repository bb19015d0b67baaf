"""Mathematics on the screen: it reads back as what was written, and words stay words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corollary_tools.display import show_argument, show_expression, show_formula, show_words
from corollary_tools.expressions.syntax import parse_chain
from corollary_tools.formula import parse_formula


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x^2 - 5*x + 6 = 0", "x² - 5x + 6 = 0"),
        ("sqrt(2)/2", "√2/2"),
        ("sqrt(x+1)^2", "(√(x + 1))²"),
        ("(-x)^2", "(-x)²"),
        ("-x^2", "-x²"),
        ("1/(2*x)", "1/(2x)"),
        ("2*e^3", "2·e³"),
        ("x**-1", "x⁻¹"),
        ("abs(x - 1) <= 3", "|x - 1| ≤ 3"),
        ("x1 + theta != 2*pi", "x₁ + θ ≠ 2π"),
        ("15% of 80", "15%·80"),
        ("x/y/z - x/(y/z)", "x/y/z - x/(y/z)"),
        ("n!/(k!*(n-k)!)", "n!/(k!·(n - k)!)"),
        ("1 < x <= 5", "1 < x ≤ 5"),
        ("2 +", "2 +"),
        ("f(x)^2 = y(0)", "f(x)^2 = y(0)"),
        ("1/3^(1/2)", "1/3^(1/2)"),
        ("1e9999", "1e9999"),
    ],
)
def test_expressions(text: str, shown: str) -> None:
    assert show_expression(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("forall x. cold(x) & nice(x) -> sees(x, tom)", "∀x. cold(x) ∧ nice(x) → sees(x, tom)"),
        ("a xor ~b <-> c | d", "a ⊕ ¬b ↔ c ∨ d"),
        ("exists x. a + 1 == x", "∃x. a + 1 = x"),
        ("p -> (", "p -> ("),
    ],
)
def test_formulas(text: str, shown: str) -> None:
    assert show_formula(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x = sqrt(2)/2 or x = -3", "x = √2/2 or x = -3"),
        ("sqrt(2) (about 1.41421)", "√2 (about 1.41421)"),
        ("x <= 2, y = 3*z", "x ≤ 2, y = 3z"),
        ("no solution", "no solution"),
        ("x = 0 (twice), x = -2^2", "x = 0 (twice), x = -2²"),
        ("1 + x + x^2/2 + O(x^3)", "1 + x + x^2/2 + O(x^3)"),
        ("1.5 km < 1 mi", "1.5 km < 1 mi"),
        ("x = 2 + 5*t, y = -1 - 3*t (t any number)", "x = 2 + 5t, y = -1 - 3t (t any number)"),
        ("True (from 1, 4)", "True (from 1, 4)"),
        ("2. The cow sees 2*3 dogs.", "2. The cow sees 2*3 dogs."),
        ("So \\(\\frac{1}{2}x^2\\) it is", "So 1/2·x² it is"),
        ("\\(\\foo{2}^2\\) and $5 and $6", "\\(\\foo{2}^2\\) and $5 and $6"),
        ("[/1, 2] [x] 2*3*4 a_1_b", "[/1, 2] [x] 2*3*4 a_1_b"),
    ],
)
def test_words(text: str, shown: str) -> None:
    assert show_words(text) == shown


def test_arguments_are_shown_by_their_names() -> None:
    assert show_argument("equations", ["x^2 = 4"]) == ["x² = 4"]
    assert show_argument("formula", "~a") == "¬a"
    assert show_argument("names", ["a^2", "~b"]) == ["a^2", "~b"]
    assert show_argument("value", "red hat") == "red hat"
    assert show_argument("right", "~q -> ~p") == "¬q → ¬p"
    assert show_argument("constraints", ["x^2 = 4", "n is prime"]) == ["x² = 4", "n is prime"]
    assert show_argument("expression", "max(2*x, 3)^2") == "max(2x, 3)²"


NUMBERS = st.integers(0, 99).map(str) | st.sampled_from(("0.5", "3.25", "pi"))
ATOMS = NUMBERS | st.sampled_from(("x", "y1", "e", "theta", "speed"))


def wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    joined = st.tuples(inner, st.sampled_from(("+", "-", "*", "/", "^")), inner)
    called = st.tuples(st.sampled_from(("sqrt", "abs", "cbrt", "log", "-")), inner)
    loose = joined.map(lambda part: f"{part[0]}{part[1]}{part[2]}")
    return (
        loose
        | joined.map(lambda part: f"({part[0]}){part[1]}({part[2]})")
        | called.map(lambda part: f"{part[0]}({part[1]})")
    )


@given(st.recursive(ATOMS, wider, max_leaves=8))
def test_what_is_shown_has_the_same_tree_and_no_star(text: str) -> None:
    shown = show_expression(text)
    assert parse_chain(shown) == parse_chain(text)
    assert "*" not in shown


@given(
    st.recursive(
        st.sampled_from(("p(x)", "q", "a == 2", "b <= 3")),
        lambda f: st.tuples(f, st.sampled_from(("&", "|", "->", "<->", "xor")), f).map(
            lambda part: f"({part[0]} {part[1]} ~({part[2]}))"
        ),
        max_leaves=6,
    )
)
def test_shown_formulas_have_the_same_tree(inner: str) -> None:
    text = f"forall x. {inner}"
    shown = show_formula(text)
    assert parse_formula(shown) == parse_formula(text)
    assert not set(shown) & set("~&|")
