"""Efficiency pairs: the reward as it is written, and which cheaper chain may be preferred."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pytest
from handmade import COW, GOOD_COW, GOOD_STORY, RULE, call
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage
from made_pairs import build_pairs, cow, every, graded, story, texts

from corollary_agent.trace import Step
from corollary_datagen.pairs.building import EfficiencySettings
from corollary_datagen.pairs.efficiency_pairs import computation_value
from corollary_datagen.verdict import Graded
from corollary_tools.toolkit import Toolkit

ONLY = every(kinds=("efficiency",))
SHORT = [call("calculate", expression="48+48/2"), "72"]
LONG = [
    call("calculate", expression="48/2"),
    call("calculate", expression="48/2+0"),
    call("calculate", expression="48+24"),
    "72",
]


def with_tokens(row: Graded, *tokens: int) -> Graded:
    """The same trace as if its model had counted these tokens in its steps."""
    steps = tuple(
        Step.model_validate({**step.model_dump(), "output_tokens": count})
        for step, count in zip(row.trace.steps, tokens, strict=True)
    )
    return Graded(row.problem, row.trace.model_copy(update={"steps": steps}), row.verdict)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 10**6))
def test_the_reward_is_the_equation(solved: float, unaided: float, length: int) -> None:
    reward = computation_value(length, EfficiencySettings(), solved=solved, unaided=unaided)
    gain = math.log((solved + 1e-4) / (unaided + 1e-4))
    assert reward == pytest.approx(gain - 0.1 * math.log(length + 1))
    longer = computation_value(length + 1, EfficiencySettings(), solved=solved, unaided=unaided)
    assert longer < reward


def test_the_cheaper_of_two_right_chains_is_chosen(toolkit: Toolkit) -> None:
    rows = [story(toolkit, "CORRECT", *LONG), story(toolkit, "CORRECT", *SHORT)]
    (pair,) = build_pairs(rows, ONLY, toolkit=toolkit)
    assert (pair.chosen_trace, pair.rejected_trace) == (rows[1].trace.id, rows[0].trace.id)
    assert texts(pair.chosen)[-1] == texts(pair.rejected)[-1] == "72"
    assert (pair.origin, pair.error_kind) == ("characters", "needless_calls")
    characters = [sum(len(str(part)) for part in said(row)) for row in rows]
    assert pair.margin == pytest.approx(1 - characters[1] / characters[0], abs=0.05)


def said(row: Graded) -> list[Any]:
    return texts(m for m in row.trace.messages if m["role"] == "assistant")


def test_chains_differ_from_their_shared_history_on(toolkit: Toolkit) -> None:
    first = call("calculate", expression="48/2")
    wordy = [
        first,
        call("calculate", expression="24+0+0+0+0+0"),
        call("calculate", expression="48+24"),
    ]
    rows = [story(toolkit, "CORRECT", *GOOD_STORY), story(toolkit, "CORRECT", *wordy, "72")]
    (pair,) = build_pairs(rows, ONLY, toolkit=toolkit)
    assert texts(pair.prompt)[-2:] == [[("calculate", {"expression": "48/2"})], "24"]
    assert texts(pair.chosen) == [[("calculate", {"expression": "48+24"})], "72", "72"]
    assert len(pair.rejected) == 5


def test_tokens_count_where_one_model_counted_them(toolkit: Toolkit) -> None:
    rows = [
        with_tokens(story(toolkit, "CORRECT", *LONG), 10, 10, 10, 10),
        with_tokens(story(toolkit, "CORRECT", *SHORT), 20, 4),
    ]
    (pair,) = build_pairs(rows, ONLY, toolkit=toolkit)
    assert (pair.origin, pair.margin) == ("tokens", pytest.approx(0.4))
    other = with_tokens(story(toolkit, "CORRECT", *SHORT, model="other"), 20, 4)
    (pair,) = build_pairs([rows[0], other], ONLY, toolkit=toolkit)
    assert pair.origin == "characters", "two models count different tokens"
    strict = every(kinds=("efficiency",), efficiency=EfficiencySettings(minimum=0.41))
    assert build_pairs(rows, strict, toolkit=toolkit) == []


def test_only_right_chains_take_part(toolkit: Toolkit) -> None:
    for judgement in ("INCORRECT", "UNDECIDED"):
        rows = [story(toolkit, "CORRECT", *LONG), story(toolkit, judgement, *SHORT)]
        assert build_pairs(rows, ONLY, toolkit=toolkit) == []


def skipped(rows: list[Graded], toolkit: Toolkit) -> Counter[str]:
    reasons: Counter[str] = Counter()
    pairs = build_pairs(rows, ONLY, toolkit=toolkit, on_skip=lambda why: reasons.update([why]))
    assert pairs == []
    return reasons


def test_a_number_that_was_worked_out_in_the_head_is_not_cheaper(toolkit: Toolkit) -> None:
    guess = [call("calculate", expression="72"), "72"]
    rows = [story(toolkit, "CORRECT", *LONG), story(toolkit, "CORRECT", *guess)]
    assert skipped(rows, toolkit) == {"the cheaper chain writes numbers that it did not compute": 1}


def test_an_answer_of_unknown_needs_everything_read(toolkit: Toolkit) -> None:
    hasty = cow(toolkit, "CORRECT", GOOD_COW[0], prove(), "Unknown")
    slow = cow(toolkit, "CORRECT", *GOOD_COW[:2], prove(), "Unknown")
    assert skipped([hasty, slow], toolkit) == {"the cheaper chain left something unread": 1}


def test_a_proof_may_leave_the_rest_unread(toolkit: Toolkit) -> None:
    problem = COW.model_copy(update={"statements": (*COW.statements, "The lion is big.")})
    proof = [*GOOD_COW[:2], prove(), "True"]
    whole = [*GOOD_COW[:2], call("premise", n=3, formula="big(lion)"), prove(), "True"]
    rows = [
        graded(problem, proof, toolkit, "CORRECT"),
        graded(problem, whole, toolkit, "CORRECT"),
    ]
    (pair,) = build_pairs(rows, ONLY, toolkit=toolkit)
    assert pair.chosen_trace == rows[0].trace.id


def test_fewer_tokens_in_more_calls_are_not_cheaper(toolkit: Toolkit) -> None:
    longwinded = f"forall x. {' & '.join(['cold(x)'] * 12)} -> nice(x)"
    few = [
        call("premise", n=1, formula="cold(cow)"),
        call("premise", n=2, formula=longwinded),
        prove(),
        "True",
    ]
    many = [*GOOD_COW[:2], call("premise", n=1, formula="cold(cow)"), prove(), "True"]
    rows = [cow(toolkit, "CORRECT", *few), cow(toolkit, "CORRECT", *many)]
    assert skipped(rows, toolkit) == {"the cheaper chain makes more calls": 1}
    assert RULE in str(texts(rows[1].trace.messages))


def prove() -> AIMessage:
    return call("prove", conclusion="nice(cow)")
