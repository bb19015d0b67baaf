"""Rows that nobody would write: every format reads or refuses them, and none of them raises."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recorded_logs import MESSAGES, langsmith_runs, otel_rows
from test_imports import CHAIN, PROSE, THEORY, TORA

from corollary_datagen.imports.equations import read_equations
from corollary_datagen.imports.index import FORMATS, load_recorded_format
from corollary_datagen.imports.python_moves import read_python
from corollary_datagen.imports.recorded import Recorded, Refused, Unreadable
from corollary_datagen.imports.spelling import spelled_plainly

GOOD: list[Any] = [
    {"messages": MESSAGES, "id": 1, "tools": [], "choices": []},
    {"request": {"messages": MESSAGES}, "response": {"choices": [{"message": MESSAGES[-1]}]}},
    *langsmith_runs(),
    *otel_rows().values(),
    {**PROSE, "output": ['{"reasoning": "3 + 4 = 7", "answer": "7"}']},
    {"question": "q", "answer": CHAIN},
    {"idx": 1, "question": "q", "gt": "19", "code": [TORA], "pred": ["19"]},
    THEORY,
]
ODD: list[Any] = [None, True, 0, -1.5, "", "x", "{", [], {}, [[]], [None], {"a": None}, "⟦9:x:9⟧"]


def spoilt(value: Any, draw: random.Random) -> Any:
    """The value with one thing in it, at any depth, replaced by something odd, or left out."""
    if not isinstance(value, dict | list) or not value or draw.random() < 0.2:
        return draw.choice(ODD)
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    place = draw.choice(list(value)) if isinstance(value, dict) else draw.randrange(len(value))
    if draw.random() < 0.15:
        del copy[place]
    else:
        copy[place] = spoilt(value[place], draw)
    return copy


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_spoilt_rows_are_read_or_refused(name: str, seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    rows = [row for row in GOOD for _ in range(3)]
    rows = [spoilt(spoilt(row, draw) if draw.random() < 0.3 else row, draw) for row in rows]
    path = tmp_path / "ProofWriter_dev_gpt-4.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows))
    format_ = load_recorded_format(name)
    for row in rows:
        if isinstance(row, dict):
            assert format_.matches(row) in (True, False)
    format_.source(path)
    for found in format_.read(path):
        assert isinstance(found, Recorded | Refused)
        if isinstance(found, Recorded):
            assert 0 <= found.sample < 2**31
            assert found.turns or found.program


@pytest.mark.parametrize("field", ["tool_calls", "invalid_tool_calls"])
def test_calls_that_are_no_list_are_refused_or_passed_over(field: str, tmp_path: Path) -> None:
    asked = {"messages": [{"type": "human", "content": "2+2?"}]}
    answered = {"messages": [{"type": "ai", "content": "4", field: True}]}
    path = tmp_path / "runs.jsonl"
    path.write_text(json.dumps({"run_type": "chain", "inputs": asked, "outputs": answered}))
    format_ = load_recorded_format("langsmith")
    assert format_.matches(json.loads(path.read_text("utf-8")))
    [refused] = format_.read(path)
    assert isinstance(refused, Refused)
    if field == "tool_calls":
        assert "is not a list" in refused.reason


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="0123456789.,=+-*/×÷%$()[]xof ab\n\\{}fractimes*", max_size=80))
def test_any_text_has_equations_or_none(text: str) -> None:
    assert len(spelled_plainly(text)) == len(text)
    for equation in read_equations(text):
        assert 0 <= equation.start < equation.end <= len(text)
        assert equation.expression.count("(") == equation.expression.count(")")


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab=+-*/(),.:[]{}'\"\n 0123456789defrturnprintsolvesymbols", max_size=60))
def test_any_code_is_read_or_refused(code: str) -> None:
    try:
        read_python(code)
    except (Unreadable, RecursionError):
        return
