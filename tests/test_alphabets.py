"""Characters that look like others: read where they mean one thing, refused where two."""

from __future__ import annotations

from typing import Any

import pytest

from corollary_tools.toolkit import Toolkit

READ: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("calculate", {"expression": "１＋１"}, "2"),
    ("calculate", {"expression": "max（1，2）"}, "2"),
    ("calculate", {"expression": "5‑1"}, "4"),
    ("calculate", {"expression": "2\u200b+\ufeff1"}, "3"),
    ("calculate", {"expression": "0 x 10"}, "0"),
    ("simplify", {"expression": "кот + кот"}, "2*кот"),
    ("prove", {"conclusion": "p(a)\u200b", "premises": ["p(a)"]}, "True (from 1)"),
)
REFUSED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("calculate", {"expression": "\u202e1+1"}, "position 1"),
    ("calculate", {"expression": "0x10"}, "Write 0*10"),
    ("calculate", {"expression": "NaN"}, "is no number"),
    ("solve", {"equations": ["x = NaN"]}, "is no number"),
    ("simplify", {"expression": "р + p"}, "Write p in Latin letters"),
    ("simplify", {"expression": "pа + q"}, "Write pa in Latin letters"),
    ("prove", {"conclusion": "q(a) & р(a) & p(a)", "premises": ["p(a)"]}, "position 8"),
)


@pytest.mark.parametrize(("name", "arguments", "text"), READ)
def test_what_can_mean_one_thing_is_read(
    toolkit: Toolkit, name: str, arguments: dict[str, Any], text: str
) -> None:
    outcome = toolkit.call(name, arguments)
    assert (outcome.text, outcome.fault) == (text, None)


@pytest.mark.parametrize(("name", "arguments", "says"), REFUSED)
def test_what_can_mean_two_is_refused(
    toolkit: Toolkit, name: str, arguments: dict[str, Any], says: str
) -> None:
    outcome = toolkit.call(name, arguments)
    assert outcome.fault == "tool_error"
    assert says in outcome.text


def test_an_argument_of_the_wrong_type_is_told_what_to_send(toolkit: Toolkit) -> None:
    assert '(send ["..."])' in toolkit.call("solve", {"equations": "x = 1"}).text
    assert "(send true or false)" in toolkit.call("declare", {"names": ["a"], "distinct": "?"}).text
