"""Calls that ran to their limit once: answered, or refused before the work begins.

A refusal is checked by its words: one at the limit says `Stopped after`.
"""

from __future__ import annotations

from typing import Any

import pytest

from corollary_tools.toolkit import Toolkit

_LETTERS = "[[a,b,c,d,f],[g,h,j,k,l],[m,n,o,p,q],[r,s,t,u,v],[1,2,3,4,5]]"

ANSWERED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("simplify", {"expression": "sin(x)^100+cos(x)^100"}, "sin(x)^100 + cos(x)^100"),
    ("simplify", {"expression": "sin(x)^100*cos(x)^2+sin(x)^102"}, "sin(x)^100"),
    ("solve", {"equations": ["(x+1)^500*(x+2)^500=0"]}, "x = -2 or x = -1"),
    (
        "solve",
        {"equations": ["(x+1)^500*(x+2)^500=0"], "domain": "complex"},
        "x = -2 or x = -1",
    ),
    (
        "solve",
        {"equations": ["(x^2+1)^60*(x-1)^3=0"]},
        "x = 1 (2 complex solutions left out)",
    ),
    ("solve", {"equations": ["(x+1)^500*(x+2)^501 > 0"]}, "-2 < x < -1 or x > -1"),
    ("equal", {"left": "(x+1)^500*(x+2)^500", "right": "(x^2+3x+2)^500"}, "True"),
    (
        "total",
        {"expression": "1/n", "first": "1", "last": "10000000"},
        "too long to write exactly; about 16.695311",
    ),
    (
        "total",
        {"expression": "1/n^2", "first": "1", "last": "10000000"},
        "too long to write exactly; about 1.644934",
    ),
)
REFUSED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("matrix", {"matrix": _LETTERS, "find": "inverse"}, "at most 3 rows"),
    ("matrix", {"matrix": _LETTERS, "find": "determinant"}, "at most 4 rows"),
    ("total", {"expression": "sin(n)", "first": "1", "last": "10000000"}, "Send fewer terms"),
    ("solve", {"equations": ["x^500 = 2"]}, "Send one factor at a time"),
    ("derivative", {"expression": "x^3", "at": "binomial(10000,2000)"}, "Send a smaller"),
)


@pytest.mark.parametrize(("name", "arguments", "text"), ANSWERED)
def test_what_can_be_answered_is(
    toolkit: Toolkit, name: str, arguments: dict[str, Any], text: str
) -> None:
    outcome = toolkit.call(name, arguments)
    assert (outcome.text, outcome.fault) == (text, None)


@pytest.mark.parametrize(("name", "arguments", "says"), REFUSED)
def test_what_cannot_is_refused_before_the_limit(
    toolkit: Toolkit, name: str, arguments: dict[str, Any], says: str
) -> None:
    outcome = toolkit.call(name, arguments)
    assert outcome.fault == "tool_error"
    assert says in outcome.text


@pytest.mark.parametrize(
    ("name", "arguments", "text"),
    [
        ("matrix", {"matrix": "[[a,b],[c,d]]", "find": "determinant"}, "a*d - b*c"),
        (
            "matrix",
            {"matrix": "[[a,1,0,0],[0,a,1,0],[0,0,a,1],[0,0,0,a]]", "find": "determinant"},
            "a^4",
        ),
        ("equal", {"left": "(x+1)^500", "right": "(x+1)^499*(x+2)"}, "False"),
    ],
)
def test_the_bounds_touch_nothing_smaller(
    toolkit: Toolkit, name: str, arguments: dict[str, Any], text: str
) -> None:
    outcome = toolkit.call(name, arguments)
    assert outcome.fault is None
    assert outcome.text.startswith(text)
