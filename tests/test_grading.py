"""Grading: what is right, what is wrong, and what nobody can tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from handmade import COW, GOOD_COW, GOOD_STORY, RULE, STORY, call, trace_of

from corollary_agent.problem import Problem
from corollary_agent.trace import Observation, Step, ToolCall, Trace
from corollary_datagen.grading.judging import GRADER, grade, grade_all
from corollary_datagen.grading.support import missing_support, read_bindings
from corollary_datagen.store import open_store
from corollary_datagen.verdict import Graded
from corollary_tools.answer import Answer
from corollary_tools.toolkit import Toolkit


def judged(problem: Problem, script: list[Any], toolkit: Toolkit) -> tuple[str, str]:
    verdict = grade(problem, trace_of(problem, script, toolkit), toolkit.workers)
    assert verdict.grader == GRADER
    return verdict.judgement, verdict.reason


def test_the_gold_answer_with_support_is_correct(toolkit: Toolkit) -> None:
    assert judged(STORY, GOOD_STORY, toolkit) == ("CORRECT", "the gold answer")
    assert judged(COW, GOOD_COW, toolkit) == ("CORRECT", "the gold answer")
    assert judged(STORY, [*GOOD_STORY[:2], "72.0"], toolkit)[0] == "CORRECT"


def test_another_answer_is_wrong(toolkit: Toolkit) -> None:
    wrong = [call("calculate", expression="48+48"), "96"]
    assert judged(STORY, wrong, toolkit) == ("INCORRECT", "96, not 72")


def test_a_right_answer_without_support_is_undecided(toolkit: Toolkit) -> None:
    guesses: list[tuple[Problem, list[Any]]] = [
        (STORY, ["72"]),
        (STORY, [call("calculate", expression="48/2"), "72"]),
        (COW, ["True"]),
        (COW, [call("premise", n=1, formula="cold(cow)"), "True"]),
        (COW, [*GOOD_COW[:2], call("prove", conclusion="big(cow)"), "True"]),
    ]
    for problem, script in guesses:
        judgement, reason = judged(problem, script, toolkit)
        assert (judgement, reason.split(":")[0]) == ("UNDECIDED", "unsupported")


def test_premises_that_contradict_each_other_support_nothing(toolkit: Toolkit) -> None:
    script = [
        call("premise", n=1, formula="cold(cow)"),
        call("premise", n=2, formula="~cold(cow)"),
        call("prove", conclusion="nice(cow)"),
    ]
    assert "contradict" in judged(COW, [*script, "True"], toolkit)[1]
    assert judged(COW, [*script, "False"], toolkit)[0] == "INCORRECT"


def test_ends_of_its_own_doing_are_wrong_and_others_undecided(toolkit: Toolkit) -> None:
    trace = trace_of(STORY, GOOD_STORY, toolkit)
    expected = {
        "step_limit": "INCORRECT",
        "token_limit": "INCORRECT",
        "loop": "INCORRECT",
        "refused": "INCORRECT",
        "time_limit": "UNDECIDED",
        "error": "UNDECIDED",
    }
    for stop, judgement in expected.items():
        ended = trace.model_copy(update={"stop": stop, "answer": None, "error": "gone\nbecause"})
        verdict = grade(STORY, ended, toolkit.workers)
        assert verdict.judgement == judgement, stop
    assert "\n" not in verdict.reason


def test_a_wrong_answer_after_a_tool_ran_out_of_time_is_undecided(toolkit: Toolkit) -> None:
    trace = trace_of(STORY, [call("calculate", expression="48+48"), "96"], toolkit)
    late = trace.steps[0].observations[0].model_copy(update={"fault": "timeout"})
    steps = (trace.steps[0].model_copy(update={"observations": (late,)}), trace.steps[1])
    stuck = trace.model_copy(update={"steps": steps})
    assert grade(STORY, stuck, toolkit.workers).judgement == "UNDECIDED"


def test_without_a_gold_answer_nobody_can_tell(toolkit: Toolkit) -> None:
    unknown = STORY.model_copy(update={"answer": None})
    assert judged(unknown, GOOD_STORY, toolkit)[0] == "UNDECIDED"


def hand(answer: Answer, *results: tuple[str, str]) -> Trace:
    """A trace whose tools said `results` before it answered."""
    steps = tuple(
        Step(
            calls=(ToolCall(id=str(i), name=name, arguments={}),),
            observations=(Observation(call_id=str(i), text=text),),
        )
        for i, (name, text) in enumerate(results)
    )
    return trace_by(answer, steps)


def trace_by(answer: Answer, steps: tuple[Step, ...]) -> Trace:
    from test_store import make_trace

    return make_trace(0, 0).model_copy(update={"answer": answer, "steps": steps})


SUPPORTED = [
    (Answer(kind="truth", value="Unknown"), ("prove", "Unknown (neither follows)")),
    (Answer(kind="choice", value="B"), ("choose", "B (the only option that must be true)")),
    (Answer(kind="number", value="1/3"), ("calculate", "1/3 (about 0.333333)")),
    (Answer(kind="number", value="0.5"), ("calculate", "1/2")),
    (Answer(kind="number", value="1200"), ("calculate", "1,200")),
    (Answer(kind="set", value=["3", "2"]), ("solve", "x = 2 or x = 3")),
    (Answer(kind="expression", value="x**2+1"), ("simplify", "x**2 + 1")),
    (Answer(kind="assignment", value={"x": "2", "y": "3"}), ("solve", "x = 2, y = 3")),
    (
        Answer(kind="assignment", value={"Zoey": "knave", "Michael": "knight"}),
        ("find", "unique: michael = true, zoey = false"),
    ),
]
UNSUPPORTED = [
    (Answer(kind="truth", value="True"), ("prove", "Unknown (neither follows)")),
    (Answer(kind="truth", value="True"), ("premise", "True. It is so.")),
    (Answer(kind="choice", value="B"), ("choose", "A, B")),
    (Answer(kind="choice", value="B"), ("choose", "none")),
    (Answer(kind="number", value="3"), ("calculate", "1/3 (about 0.333333)")),
    (Answer(kind="number", value="12"), ("calculate", "123")),
    (Answer(kind="set", value=["3", "4"]), ("solve", "x = 2 or x = 3")),
    (
        Answer(kind="assignment", value={"Zoey": "knave", "Michael": "knight"}),
        ("find", "several: michael = true in all; zoey = false or true"),
    ),
    (
        Answer(kind="assignment", value={"Zoey": "knight", "Michael": "knight"}),
        ("find", "unique: michael = true, zoey = false"),
    ),
]


@pytest.mark.parametrize(("answer", "result"), SUPPORTED)
def test_what_a_tool_said_supports_it(
    answer: Answer, result: tuple[str, str], toolkit: Toolkit
) -> None:
    assert missing_support(STORY, hand(answer, result), toolkit.workers) is None


@pytest.mark.parametrize(("answer", "result"), UNSUPPORTED)
def test_what_no_tool_said_is_a_guess(
    answer: Answer, result: tuple[str, str], toolkit: Toolkit
) -> None:
    assert missing_support(STORY, hand(answer, result), toolkit.workers)


def test_the_last_deciding_result_counts(toolkit: Toolkit) -> None:
    changed = hand(
        Answer(kind="truth", value="True"), ("prove", "True (from 1)"), ("prove", "False")
    )
    assert missing_support(COW, changed, toolkit.workers)


def test_bindings_are_read_from_results() -> None:
    assert dict(read_bindings("unique: a = true, b = 3")) == {"a": "true", "b": "3"}
    assert dict(read_bindings("no solution")) == {}


def test_a_store_is_graded_once_and_wrong_steps_are_found(toolkit: Toolkit, tmp_path: Path) -> None:
    misread = [GOOD_COW[0], call("premise", n=2, formula="forall x. nice(x) -> cold(x)")]
    wrong = [*misread, call("prove", conclusion="nice(cow)"), "Unknown"]
    respelt = [GOOD_COW[0], call("premise", n=2, formula="forall y. ~cold(y) | nice(y)")]
    guess = [*respelt, call("prove", conclusion="nice(cow)"), "False"]
    with open_store(tmp_path) as store:
        store.add_problems([COW, STORY])
        scripts = [wrong, GOOD_COW, guess]
        traces = [trace_of(COW, script, toolkit) for script in scripts]
        store.add_traces((trace, number) for number, trace in enumerate(traces))
        store.add_trace(trace_of(STORY, GOOD_STORY, toolkit), 0)
        seen: list[Graded] = []
        assert grade_all(store, toolkit.workers, on_progress=seen.append) == 4
        assert grade_all(store, toolkit.workers) == 0
        verdicts = {verdict.trace_id: verdict for verdict in store.verdicts()}
        assert verdicts[traces[0].id].first_wrong_step == 1
        assert verdicts[traces[1].id].judgement == "CORRECT"
        assert verdicts[traces[2].id].first_wrong_step == 3, "another spelling is no mistake"
        assert len(seen) == 4
        before = list(store.verdicts())
        assert grade_all(store, toolkit.workers, regrade=True) == 4
        assert sorted(map(str, store.verdicts())) == sorted(map(str, before))
        assert RULE in str(traces[1].messages)
