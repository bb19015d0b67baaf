"""Pairs: which are built, under which prompt, and which are not."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from handmade import COW, GOOD_COW, GOOD_STORY, RULE, STORY, call, trace_of
from langchain_core.messages import AIMessage
from made_pairs import build_pairs, cow, every, graded, step_pair, texts

from corollary_agent.prompt import PromptSettings
from corollary_datagen.chains.chain import build_chain
from corollary_datagen.pair import PreferencePair
from corollary_datagen.pairs import building as built
from corollary_datagen.pairs.building import PairSettings, reprompt
from corollary_datagen.pairs.selection import Candidate, staged_pair, step_kind, without_twins
from corollary_datagen.pairs.staging import Staging
from corollary_datagen.store import open_store
from corollary_datagen.verdict import Graded, Judgement
from corollary_tools.toolkit import Toolkit

REVERSED = "forall x. nice(x) -> cold(x)"


def prove() -> AIMessage:
    return call("prove", conclusion="nice(cow)")


def kinds(pairs: list[PreferencePair]) -> list[tuple[str, str]]:
    return [(pair.kind, pair.origin) for pair in pairs]


def test_a_right_and_a_wrong_chain_make_an_outcome_and_a_step_pair(toolkit: Toolkit) -> None:
    right = cow(toolkit, "CORRECT", *GOOD_COW)
    wrong = cow(
        toolkit,
        "INCORRECT",
        GOOD_COW[0],
        call("premise", n=2, formula=REVERSED),
        prove(),
        "Unknown",
    )
    pairs = build_pairs([wrong, right], PairSettings(), toolkit=toolkit)
    assert kinds(pairs) == [("outcome", "chain"), ("step", "divergence")]
    outcome, step = pairs
    assert texts(outcome.prompt) == ["1. The cow is cold."]
    assert texts(outcome.chosen)[-1] == "True"
    assert texts(outcome.rejected)[-1] == "Unknown"
    assert texts(step.prompt)[-1] == "2. If something is cold then it is nice."
    assert texts(step.chosen) == [[("premise", {"n": 2, "formula": RULE})]]
    assert texts(step.rejected) == [[("premise", {"n": 2, "formula": REVERSED})]]
    assert (step.chosen_trace, step.rejected_trace) == (right.trace.id, wrong.trace.id)
    assert step.tools == toolkit.schemas()


def test_a_later_statement_is_set_into_the_right_history(toolkit: Toolkit) -> None:
    right = cow(toolkit, "CORRECT", *GOOD_COW)
    wrong = cow(
        toolkit,
        "INCORRECT",
        call("premise", n=1, formula="~cold(cow)"),
        call("premise", n=2, formula=REVERSED),
        call("prove", conclusion="~nice(cow)"),
        "Unknown",
    )
    pairs = build_pairs([right, wrong], PairSettings(kinds=("step",)), toolkit=toolkit)
    assert kinds(pairs) == [("step", "divergence"), ("step", "slot"), ("step", "slot")]
    for pair in pairs:
        assert texts(right.trace.messages)[: len(pair.prompt)] == texts(pair.prompt)
    assert texts(pairs[1].rejected) == [[("premise", {"n": 2, "formula": REVERSED})]]
    assert texts(pairs[2].rejected) == [[("prove", {"conclusion": "~nice(cow)"})]]


def test_another_spelling_is_no_mistake(toolkit: Toolkit) -> None:
    right = cow(toolkit, "CORRECT", *GOOD_COW)
    respelt = call("premise", n=2, formula="forall y. ~nice(y) -> ~cold(y)")
    wrong = cow(toolkit, "INCORRECT", GOOD_COW[0], respelt, prove(), "False")
    skipped: Counter[str] = Counter()
    settings = PairSettings(kinds=("step",))
    pairs = build_pairs(
        [right, wrong], settings, toolkit=toolkit, on_skip=lambda why: skipped.update([why])
    )
    assert pairs == []
    assert skipped == {"same meaning": 1}


def test_computations_are_compared_by_their_result(toolkit: Toolkit) -> None:
    right = graded(STORY, GOOD_STORY, toolkit, "CORRECT")
    same = [call("calculate", expression="48*0.5"), call("calculate", expression="48+48"), "96"]
    other = [call("calculate", expression="48*2"), call("calculate", expression="48+96"), "144"]
    settings = PairSettings(kinds=("step",))
    rows = [right, graded(STORY, same, toolkit, "INCORRECT")]
    assert build_pairs(rows, settings, toolkit=toolkit) == []
    rows = [right, graded(STORY, other, toolkit, "INCORRECT")]
    assert kinds(build_pairs(rows, settings, toolkit=toolkit)) == [("step", "divergence")]


def test_steps_in_another_order_are_no_mistake(toolkit: Toolkit) -> None:
    right = [call("calculate", expression="48/2"), call("calculate", expression="3*4"), "72"]
    wrong = [call("calculate", expression="12"), call("calculate", expression="12+1"), "13"]
    rows = [
        graded(STORY, right, toolkit, "CORRECT"),
        graded(STORY, wrong, toolkit, "INCORRECT"),
    ]
    assert build_pairs(rows, PairSettings(kinds=("step",)), toolkit=toolkit) == []


def test_a_premature_conclusion_is_rejected(toolkit: Toolkit) -> None:
    right = cow(toolkit, "CORRECT", *GOOD_COW)
    hasty = cow(toolkit, "INCORRECT", GOOD_COW[0], prove(), "Unknown")
    guess = cow(toolkit, "INCORRECT", GOOD_COW[0], "False")
    for wrong in (hasty, guess):
        pairs = build_pairs([right, wrong], PairSettings(kinds=("step",)), toolkit=toolkit)
        assert kinds(pairs) == [("step", "divergence")]
        assert texts(pairs[0].chosen) == [[("premise", {"n": 2, "formula": RULE})]]


def test_undecided_chains_make_no_pair(toolkit: Toolkit) -> None:
    right = cow(toolkit, "CORRECT", *GOOD_COW)
    lucky = cow(toolkit, "UNDECIDED", GOOD_COW[0], "True")
    unjudged = Graded(COW, trace_of(COW, ["False"], toolkit), None)
    assert build_pairs([right, lucky, unjudged], PairSettings(), toolkit=toolkit) == []


def test_a_chain_that_is_right_by_luck_is_not_chosen(toolkit: Toolkit) -> None:
    def reads(formula: str, seed: int, judgement: Judgement = "CORRECT") -> Graded:
        script = [GOOD_COW[0], call("premise", n=2, formula=formula), prove()]
        return cow(toolkit, judgement, *script, "True", seed=seed)

    lucky = reads("nice(cow)", 1)
    right = [reads(RULE, 2), reads("forall y. cold(y) -> nice(y)", 3)]
    wrong = cow(toolkit, "INCORRECT", call("premise", n=1, formula="big(cow)"), prove(), "Unknown")
    skipped: Counter[str] = Counter()
    pairs = build_pairs(
        [lucky, *right, wrong],
        PairSettings(),
        toolkit=toolkit,
        on_skip=lambda why: skipped.update([why]),
    )
    assert pairs
    assert lucky.trace.id not in {pair.chosen_trace for pair in pairs}
    assert skipped["right by luck: most right chains read a statement otherwise"] == 1


def test_a_teacher_decides_what_a_statement_says(toolkit: Toolkit) -> None:
    def reads(formula: str, **options: Any) -> Graded:
        script = [GOOD_COW[0], call("premise", n=2, formula=formula), prove(), "True"]
        return cow(toolkit, "CORRECT", *script, **options)

    rows = [
        reads(RULE, model="teacher"),
        reads("forall x. nice(x) <-> cold(x)", model="student"),
        reads("forall x. cold(x) <-> nice(x)", model="another"),
        cow(toolkit, "INCORRECT", GOOD_COW[0], "False", model="student"),
    ]
    for teacher, chosen in (
        ("teacher", {rows[0].trace.id}),
        (None, {r.trace.id for r in rows[1:3]}),
    ):
        pairs = build_pairs(rows, PairSettings(teacher=teacher), toolkit=toolkit)
        assert pairs
        assert {pair.chosen_trace for pair in pairs} <= chosen


def test_what_right_chains_do_not_agree_on_makes_no_step_pair(toolkit: Toolkit) -> None:
    one = cow(toolkit, "CORRECT", *GOOD_COW)
    both = call("premise", n=2, formula="forall x. nice(x) <-> cold(x)")
    two = cow(toolkit, "CORRECT", GOOD_COW[0], both, prove(), "True")
    bad = call("premise", n=2, formula=REVERSED)
    wrong = cow(toolkit, "INCORRECT", GOOD_COW[0], bad, prove(), "Unknown")
    pairs = build_pairs([one, two, wrong], PairSettings(), toolkit=toolkit)
    assert kinds(pairs) == [("outcome", "chain")]


def test_traces_of_two_models_come_under_one_prompt(toolkit: Toolkit) -> None:
    full = PromptSettings(style="full", reading="whole")
    teacher = cow(toolkit, "CORRECT", *GOOD_COW, prompt=full, model="teacher")
    bad = call("premise", n=2, formula=REVERSED)
    student = cow(toolkit, "INCORRECT", GOOD_COW[0], bad, prove(), "Unknown", model="student")
    for prompt, opening in ((full, "system"), (PairSettings().prompt, "user")):
        pairs = build_pairs([teacher, student], PairSettings(prompt=prompt), toolkit=toolkit)
        assert [pair.kind for pair in pairs] == ["outcome", "step"]
        assert {pair.prompt[0]["role"] for pair in pairs} == {opening}
    again = reprompt(teacher.trace, COW, toolkit=toolkit, prompt=full)
    assert again == teacher.trace.messages
    only = PairSettings(models=("teacher",))
    assert build_pairs([teacher, student], only, toolkit=toolkit) == []


def test_in_text_form_calls_are_words(toolkit: Toolkit) -> None:
    rows = [
        graded(STORY, GOOD_STORY, toolkit, "CORRECT"),
        graded(STORY, [call("calculate", expression="48*2"), "96"], toolkit, "INCORRECT"),
    ]
    prompt = PromptSettings(form="text", style="full")
    outcome, step = build_pairs(rows, PairSettings(prompt=prompt), toolkit=toolkit)
    assert step.chosen == ({"role": "assistant", "content": 'calculate(expression="48/2")'},)
    assert outcome.chosen[-1]["content"] == 'answer("72")'
    assert outcome.tools == ()


def test_a_repaired_attempt_makes_a_repair_pair(toolkit: Toolkit) -> None:
    script = [call("kalkulate", expression="48/2"), *GOOD_STORY]
    words = ["premise(", *GOOD_COW]
    rows = [
        graded(STORY, script, toolkit, "CORRECT"),
        cow(toolkit, "CORRECT", *words),
    ]
    pairs = build_pairs(rows, PairSettings(kinds=("repair",)), toolkit=toolkit)
    assert texts(pairs[0].rejected) == [[("kalkulate", {"expression": "48/2"})]]
    assert texts(pairs[0].chosen) == [[("calculate", {"expression": "48/2"})]]
    assert pairs[0].prompt[-1]["role"] == "user"
    assert texts(pairs[1].rejected) == ["premise("]


def test_a_chain_that_was_given_up_rejects_its_attempts_and_nothing_else(toolkit: Toolkit) -> None:
    right = cow(toolkit, "CORRECT", *GOOD_COW)
    wrong = cow(toolkit, "INCORRECT", GOOD_COW[0], "premise(n=2", "premise(n=", "premise(", "x")
    assert wrong.trace.stop == "refused"
    at_once = cow(toolkit, "INCORRECT", "premise(n=1", "premise(n", "premise(")
    pairs = build_pairs([right, wrong, at_once], every(repair_cap=9), toolkit=toolkit)
    assert {pair.kind for pair in pairs} == {"repair"}
    assert [texts(pair.rejected)[0] for pair in pairs] == [
        "premise(n=2",
        "premise(n=",
        "premise(",
        "premise(n=1",
        "premise(n",
        "premise(",
    ]
    assert texts(pairs[0].chosen) == [[("premise", {"n": 2, "formula": RULE})]]
    assert texts(pairs[3].chosen) == [[("premise", {"n": 1, "formula": "cold(cow)"})]]


def test_caps_and_twins(toolkit: Toolkit) -> None:
    wrong = [
        cow(toolkit, "INCORRECT", call("premise", n=1, formula=f"big{n % 4}(cow)"), "False", seed=n)
        for n in range(8)
    ]
    rows = [cow(toolkit, "CORRECT", *GOOD_COW), *wrong]
    pairs = build_pairs(rows, every(outcome_cap=2, step_cap=3), toolkit=toolkit)
    assert Counter(pair.kind for pair in pairs) == {"outcome": 2, "step": 3}
    many = build_pairs(rows, every(outcome_cap=99, step_cap=99), toolkit=toolkit)
    assert Counter(pair.kind for pair in many) == {"outcome": 4, "step": 4}, "twins are left out"
    assert pairs == build_pairs(rows, every(outcome_cap=2, step_cap=3), toolkit=toolkit)
    mirrored = many[0].model_copy(update={"chosen": many[0].rejected, "rejected": many[0].chosen})
    assert without_twins([Candidate(many[0]), Candidate(mirrored)]) == []


@pytest.mark.parametrize(("factor", "premises"), [(1.0, 18), (1.5, 27), (5.0, 30)])
def test_no_step_kind_drowns_the_others(factor: float, premises: int) -> None:
    pairs = [step_pair("premise", n) for n in range(30)] + [step_pair("prove", n) for n in range(7)]
    settings = PairSettings(near_duplicates=None)
    with closing(Staging()) as staging:
        staging.add(staged_pair(pair, settings, pair.model_dump_json()) for pair in pairs)
        staging.limit("step_kind", factor, "step")
        kept = [PreferencePair.model_validate_json(body) for body in staging.bodies()]
    counts = Counter(map(step_kind, kept))
    assert counts == {"premise": min(premises, 30), "prove": 7}


def test_call_ids_do_not_matter(toolkit: Toolkit) -> None:
    one = build_chain(trace_of(COW, GOOD_COW, toolkit))
    again = [m if isinstance(m, str) else call_again(m) for m in GOOD_COW]
    other = build_chain(trace_of(COW, again, toolkit))
    assert one.messages == other.messages
    assert one.histories == other.histories
    assert one.trace.messages != other.trace.messages


def call_again(message: AIMessage) -> AIMessage:
    return AIMessage(
        "", tool_calls=[{**row, "id": "x" + str(row["id"])} for row in message.tool_calls]
    )


def test_the_order_in_which_traces_were_stored_decides_nothing(
    toolkit: Toolkit, tmp_path: Path
) -> None:
    rows = [
        cow(toolkit, "CORRECT", *GOOD_COW, seed=1),
        cow(toolkit, "CORRECT", GOOD_COW[0], call("premise", n=2, formula=RULE), prove(), "True."),
        cow(toolkit, "INCORRECT", GOOD_COW[0], "False"),
        cow(toolkit, "INCORRECT", GOOD_COW[0], call("premise", n=2, formula=REVERSED), "False"),
    ]
    found = []
    for name, order in (("one", (0, 1, 2, 3)), ("other", (3, 1, 0, 2))):
        with open_store(tmp_path / name) as store:
            store.add_problems([COW])
            for sample in order:
                row = rows[sample]
                assert row.verdict
                store.add_trace(row.trace, sample)
                store.add_verdicts([row.verdict])
            found.append(list(built.build_pairs(store, PairSettings(), toolkit=toolkit)))
            assert sorted(path.name for path in store.run_dir.iterdir()) == [
                path.name for path in sorted(store.run_dir.iterdir()) if "pairs" not in path.name
            ]
    assert found[0] == found[1] != []


def test_results_of_other_tools_make_no_pairs(toolkit: Toolkit) -> None:
    """Even where their names are ours: nobody knows what ran behind them."""
    rows = [cow(toolkit, "CORRECT", *GOOD_COW), cow(toolkit, "INCORRECT", GOOD_COW[0], "False")]
    assert build_pairs(rows, PairSettings(), toolkit=toolkit)
    foreign = [
        replace(row, trace=row.trace.model_copy(update={"toolkit": "foreign:0123"})) for row in rows
    ]
    skipped: list[str] = []
    made = build_pairs(foreign, PairSettings(), toolkit=toolkit, on_skip=skipped.append)
    assert list(made) == []
    assert skipped == ["imported with results of tools that are not ours"] * 2
