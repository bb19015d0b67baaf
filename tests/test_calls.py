"""Calls as text: read without evaluation, written so that they are read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corollary_agent.calls import (
    CallError,
    has_text_call,
    parse_text_call,
    plain_arguments,
    render_text_call,
)

SIGNATURES = {"prove": ("conclusion", "premises"), "calculate": ("expression",)}
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc_\"'\\\n", max_size=4), inner)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["a", "premises", "n"]), PLAIN))
def test_what_is_written_is_read_back(arguments: dict[str, object]) -> None:
    call = parse_text_call(render_text_call("tool", arguments))
    assert call.name == "tool"
    assert call.arguments == arguments


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("solve(equations=['x**2 = 4'], u=[])", "solve", {"equations": ["x**2 = 4"], "u": []}),
        ("f(a=-3, b=[-1.5, (2, +7)])", "f", {"a": -3, "b": [-1.5, [2, 7]]}),
        ("f(a=true, b=None, c={'k': [null]})", "f", {"a": True, "b": None, "c": {"k": [None]}}),
        ("```python\nf(a=1)\n```", "f", {"a": 1}),
        ("f(\n  a='two\\nlines',\n)", "f", {"a": "two\nlines"}),
        ('f(a="(]")', "f", {"a": "(]"}),
    ],
)  # fmt: skip
def test_reads_literals(text: str, name: str, arguments: dict[str, object]) -> None:
    call = parse_text_call(text)
    assert (call.name, call.arguments) == (name, arguments)


def test_finds_a_known_call_among_words() -> None:
    text = "I know (a bit) of this.\nprove('~young(tiger)', premises=['young(x)'])\nThat is all."
    call = parse_text_call(text, SIGNATURES)
    assert call.arguments == {"conclusion": "~young(tiger)", "premises": ["young(x)"]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The answer is 4.",
        "calculate(expression='1') calculate(expression='2')",
        "calculate(expression=1",
        "calculate(expression=open('x'))",
        "calculate(expression=__import__('os').system('true'))",
        "calculate(expression=f'{1}')",
        "calculate(expression=[i for i in range(9)])",
        "calculate('1', expression='1')",
        "calculate('1', '2')",
        "calculate(**{'expression': '1'})",
        "calculate(expression=1j)",
        "calculate(expression=b'1')",
        "calculate(expression=1e999)",
        "calculate(expression='\\ud800')",
        "calculate(expression=" + "(" * 3000 + ")" * 3000 + ")",
        "calculate(expression=" + "-" * 5000 + "1)",
        "calculate(expression=" + "9" * 5000 + ")",
        "calculate(expression='" + "9" * 30000 + "')",
        "calculate(expression=-'1')",
    ],
)
def test_everything_else_is_told_to_the_model(text: str) -> None:
    with pytest.raises(CallError) as caught:
        parse_text_call(text, SIGNATURES)
    assert len(str(caught.value)) < 300


@given(st.text(max_size=200))
def test_no_text_does_harm(text: str) -> None:
    try:
        parse_text_call(f"calculate({text})", SIGNATURES)
    except CallError:
        return


def test_sees_calls_that_were_written_as_words() -> None:
    names = list(SIGNATURES)
    assert has_text_call("calculate(expression='1+1')", names)
    assert has_text_call('{"name": "prove", "arguments": {}}', names)
    assert has_text_call('```json\n{"name": "prove"}\n```', names)
    assert not has_text_call("I would prove (b) first, then (c).", names)
    assert not has_text_call("True", names)


def test_arguments_must_be_storable() -> None:
    assert plain_arguments({"a": [1, None, "x"]}) == {"a": [1, None, "x"]}
    for value in (float("nan"), float("inf"), "\ud800", {1, 2}, b"x"):
        with pytest.raises(CallError):
            plain_arguments({"a": value})
