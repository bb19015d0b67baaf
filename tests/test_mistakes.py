"""Error kinds and closeness: what a wrong chain did, and how near it came."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from handmade import COW, GOOD_COW, GOOD_STORY, STORY, call, trace_of
from hypothesis import given
from hypothesis import strategies as st
from made_pairs import build_pairs, cow, every, story

from corollary_agent.problem import Problem
from corollary_datagen.chains.chain import Chain, build_chain
from corollary_datagen.chains.contrast import nearest
from corollary_datagen.pairs.closeness import closeness, is_silly
from corollary_datagen.pairs.mistakes import chain_mistake, shows_mistake
from corollary_datagen.verdict import Graded
from corollary_tools.answer import Answer
from corollary_tools.toolkit import Toolkit

REVERSED = call("premise", n=2, formula="forall x. nice(x) -> cold(x)")
PROVE = call("prove", conclusion="nice(cow)")


def chain(problem: Problem, *script: Any, toolkit: Toolkit) -> Chain:
    return build_chain(trace_of(problem, list(script), toolkit))


def near(wrong: Chain, right: Chain) -> float:
    return closeness(right, wrong, nearest(wrong, [right])[1])


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ([GOOD_COW[0], REVERSED, PROVE, "Unknown"], "wrong_reading:premise"),
        ([*GOOD_COW[:2], call("prove", conclusion="~nice(cow)"), "False"], "wrong_call:prove"),
        ([GOOD_COW[0], PROVE, "Unknown"], "early_call:prove"),
        ([GOOD_COW[0], "False"], "early_answer"),
        ([*GOOD_COW[:3], "False"], "wrong_answer"),
        ([*GOOD_COW[:3], call("find"), "False"], "needless_call:find"),
        ([*GOOD_COW[:2], call("find"), "False"], "wrong_tool:find"),
        ([GOOD_COW[0], call("premise", n=2, formula="cold(")], "tool_error:premise"),
    ],
)
def test_the_move_in_which_chains_part_names_the_mistake(
    toolkit: Toolkit, script: list[Any], kind: str
) -> None:
    rows = [cow(toolkit, "CORRECT", *GOOD_COW), cow(toolkit, "INCORRECT", *script)]
    pairs = build_pairs(rows, every(kinds=("step",)), toolkit=toolkit)
    assert [pair.error_kind for pair in pairs] == [kind]


def test_a_chain_is_named_by_its_first_wrong_move_or_by_its_end(toolkit: Toolkit) -> None:
    right = chain(COW, *GOOD_COW, toolkit=toolkit)
    wrong = chain(COW, GOOD_COW[0], REVERSED, PROVE, "Unknown", toolkit=toolkit)
    assert chain_mistake(right, wrong, 1) == "wrong_reading:premise"
    assert chain_mistake(right, wrong, None) == "wrong_answer"
    assert chain_mistake(right, wrong, 99) == "wrong_answer"
    stuck = chain(COW, *[GOOD_COW[0]] * 8, toolkit=toolkit)
    assert stuck.trace.stop == "loop"
    assert chain_mistake(right, stuck, None) == "no_answer:loop"


def test_what_was_cut_off_shows_nothing_unless_a_move_is_known_to_be_wrong(
    toolkit: Toolkit,
) -> None:
    cut = chain(COW, GOOD_COW[0], "premise(n=2", "premise(n=", "premise(", toolkit=toolkit)
    assert cut.trace.stop == "refused"
    assert not shows_mistake(cut, None)
    assert not shows_mistake(cut, 1), "that step is no message of the chain"
    assert shows_mistake(cut, 0)
    assert shows_mistake(chain(COW, "False", toolkit=toolkit), None)


def test_a_cut_off_chain_with_another_spelling_makes_no_outcome_pair(toolkit: Toolkit) -> None:
    respelt = call("premise", n=1, formula="cold(cow) & cold(cow)")
    broken = ["premise(n=2", "premise(n=", "premise("]
    rows = [cow(toolkit, "CORRECT", *GOOD_COW), cow(toolkit, "INCORRECT", respelt, *broken)]
    assert build_pairs(rows, every(kinds=("outcome",)), toolkit=toolkit) == []
    assert rows[1].verdict
    known = rows[1].verdict.model_copy(update={"first_wrong_step": 0})
    rows[1] = Graded(rows[1].problem, rows[1].trace, known)
    (pair,) = build_pairs(rows, every(kinds=("outcome",)), toolkit=toolkit)
    assert pair.error_kind == "wrong_reading:premise"


def test_chains_stand_in_the_order_of_how_near_they_came(toolkit: Toolkit) -> None:
    right = chain(STORY, *GOOD_STORY, toolkit=toolkit)
    half = call("calculate", expression="48/2")
    nearer = [
        chain(STORY, half, call("calculate", expression="48+25"), "73", toolkit=toolkit),
        chain(STORY, half, call("calculate", expression="48*24"), "1152", toolkit=toolkit),
        chain(STORY, call("calculate", expression="9*9"), "81", toolkit=toolkit),
        chain(STORY, "48", toolkit=toolkit),
        chain(STORY, *[call("calculate", expression="1+1")] * 8, toolkit=toolkit),
    ]
    assert [is_silly(one) for one in nearer] == [False, False, False, True, True]
    values = [near(one, right) for one in nearer]
    assert values == sorted(values, reverse=True)
    assert near(right, right) == 1.0


def test_under_a_cap_the_nearest_wrong_chains_are_kept(toolkit: Toolkit) -> None:
    half = call("calculate", expression="48/2")
    silly = [story(toolkit, "INCORRECT", str(n), seed=n) for n in range(6)]
    close = story(toolkit, "INCORRECT", half, call("calculate", expression="48+25"), "73")
    rows = [*silly[:3], story(toolkit, "CORRECT", *GOOD_STORY), close, *silly[3:]]
    for seed in range(4):
        settings = every(kinds=("outcome",), outcome_cap=1, seed=seed)
        (pair,) = build_pairs(rows, settings, toolkit=toolkit)
        assert pair.rejected_trace == close.trace.id
    by_lot = {
        build_pairs(
            rows,
            every(kinds=("outcome",), outcome_cap=1, seed=seed, closest=False),
            toolkit=toolkit,
        )[0].rejected_trace
        for seed in range(8)
    }
    assert len(by_lot) > 1


VALUES = st.one_of(
    st.builds(Answer, kind=st.just("number"), value=st.text(max_size=8)),
    st.builds(Answer, kind=st.just("number"), value=st.integers().map(str)),
    st.builds(Answer, kind=st.just("number"), value=st.sampled_from(["1e999999999", "1/0", "²"])),
    st.builds(Answer, kind=st.just("set"), value=st.lists(st.text(max_size=3), max_size=3)),
    st.builds(
        Answer,
        kind=st.just("assignment"),
        value=st.dictionaries(st.text(max_size=2), st.text(max_size=2), max_size=3),
    ),
    st.none(),
)


def test_any_answers_can_be_compared(toolkit: Toolkit) -> None:
    one = chain(STORY, "48", toolkit=toolkit)

    def answering(answer: Answer | None) -> Chain:
        return replace(one, trace=one.trace.model_copy(update={"answer": answer}))

    @given(VALUES, VALUES)
    def check(gold: Answer | None, answer: Answer | None) -> None:
        assert 0 <= closeness(answering(gold), answering(answer), 0) <= 1

    check()


def test_another_spelling_of_a_name_is_no_mistake(toolkit: Toolkit) -> None:
    def wrong(first: str, rule: str, conclusion: str) -> Graded:
        return cow(
            toolkit,
            "INCORRECT",
            call("premise", n=1, formula=first),
            call("premise", n=2, formula=rule),
            call("prove", conclusion=conclusion),
            "Unknown",
        )

    right = cow(toolkit, "CORRECT", *GOOD_COW)
    step = every(kinds=("step",))
    spelt = wrong("Is_Cold(Cow)", "forall x. is_cold(x) -> nice(x)", "nice(Cow)")
    assert build_pairs([right, spelt], step, toolkit=toolkit) == []
    plural = wrong("colds(cow)", "forall x. colds(x) -> nice(x)", "nice(cow)")
    assert build_pairs([right, plural], step, toolkit=toolkit) == []
    turned = wrong("Is_Cold(Cow)", "forall x. nice(x) -> is_cold(x)", "nice(Cow)")
    (pair,) = build_pairs([right, turned], step, toolkit=toolkit)
    assert pair.error_kind == "wrong_reading:premise", "a mistake is one in any spelling"


def test_a_recorded_computation_may_be_a_step_of_another_way(toolkit: Toolkit) -> None:
    step = every(kinds=("step",))
    script = [call("calculate", expression="48+48"), call("calculate", expression="96+2"), "98"]
    for model, pairs in (("student", 1), ("recorded:gpt@set", 0)):
        rows = [
            story(toolkit, "CORRECT", *GOOD_STORY),
            story(toolkit, "INCORRECT", *script, model=model),
        ]
        assert len(build_pairs(rows, step, toolkit=toolkit)) == pairs
