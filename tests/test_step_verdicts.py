"""Step verdicts: each method on traces of the real graph, kept apart, stored and gone on with."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from command import assert_told, run
from handmade import COW, GOOD_COW, GOOD_STORY, RULE, STORY, call, trace_of
from langchain_core.messages import AIMessage

from corollary_agent.resuming import find_place
from corollary_agent.trace import Trace
from corollary_datagen.chains.meanings import Meanings
from corollary_datagen.grading.judging import grade_all
from corollary_datagen.steps.judgements import count_agreement, first_wrong, keep_steps, with_steps
from corollary_datagen.steps.verdicts import StepGrader, judge_calls, judge_statements
from corollary_datagen.store import open_store
from corollary_datagen.verdict import StepJudgement, Verdict
from corollary_tools.toolkit import Toolkit

BAD_COW = [
    call("premise", n=1, formula="~cold(cow)"),
    call("premise", n=2, formula=RULE),
    call("prove", conclusion="nice(cow)"),
    "Unknown",
]


def calls_of(trace: Trace, toolkit: Toolkit, problem: Any = STORY) -> list[tuple[int, str]]:
    return [(j.step, j.judgement) for j in judge_calls(find_place(problem, trace, toolkit))]


def test_calls_that_fail_to_the_end_are_wrong(toolkit: Toolkit) -> None:
    bad = call("calculate", expression="1/0")
    worse = call("calculate", expression="2/0")
    trace = trace_of(STORY, [GOOD_STORY[0], bad, worse, "7"], toolkit)
    assert calls_of(trace, toolkit) == [(0, "CORRECT"), (1, "UNDECIDED"), (2, "UNDECIDED")]
    script = [GOOD_STORY[0], *(call("calculate", expression=f"{n}/0") for n in range(1, 7))]
    broken = trace_of(STORY, script, toolkit)
    assert broken.stop == "loop"
    assert calls_of(broken, toolkit)[:2] == [(0, "CORRECT"), (1, "INCORRECT")]


def test_a_run_given_up_in_repair_breaks_at_that_step(toolkit: Toolkit) -> None:
    odd = AIMessage("", tool_calls=[{"name": "calcluate", "args": {}, "id": "x"}])
    trace = trace_of(STORY, [GOOD_STORY[0], odd, odd, odd, odd], toolkit)
    assert trace.stop == "refused"
    assert calls_of(trace, toolkit) == [(0, "CORRECT"), (1, "INCORRECT")]


def test_a_repaired_attempt_is_no_wrong_step(toolkit: Toolkit) -> None:
    odd = AIMessage("", tool_calls=[{"name": "calcluate", "args": {}, "id": "x"}])
    trace = trace_of(STORY, [odd, *GOOD_STORY], toolkit)
    assert trace.steps[0].attempts
    assert {judged for _, judged in calls_of(trace, toolkit)} == {"CORRECT"}


def test_a_stored_result_that_the_tool_does_not_give_is_told(toolkit: Toolkit) -> None:
    trace = trace_of(STORY, GOOD_STORY, toolkit)
    seen = trace.steps[0].observations[0].model_copy(update={"text": "25"})
    forged = trace.steps[0].model_copy(update={"observations": (seen,)})
    odd = trace.model_copy(update={"steps": (forged, *trace.steps[1:])})
    first = next(iter(judge_calls(find_place(STORY, odd, toolkit))))
    assert (first.judgement, "24" in first.reason) == ("UNDECIDED", True)


def test_what_a_step_says_in_words_is_computed(toolkit: Toolkit) -> None:
    said = AIMessage("In May it was 48 / 2 = 26 clips.", tool_calls=GOOD_STORY[0].tool_calls)
    trace = trace_of(STORY, [said, *GOOD_STORY[1:]], toolkit)
    (found,) = judge_statements(STORY, trace.steps, toolkit)
    assert (found.step, found.judgement, found.reason) == (0, "INCORRECT", "48 / 2 is 24, not 26")


def test_methods_put_together() -> None:
    def judged(method: Any, step: int, judgement: Any = "INCORRECT") -> StepJudgement:
        return StepJudgement(step=step, method=method, judgement=judgement)

    comparison, values = judged("comparison", 1), judged("values", 3)
    assert first_wrong([comparison]) == 1
    assert first_wrong([comparison, values]) == 3, "a right chain may go another way"
    assert first_wrong([values, judged("statements", 2)]) == 2
    assert first_wrong([judged("values", 0, "UNDECIDED"), comparison]) == 1
    assert first_wrong([]) is None
    (agreement,) = count_agreement([{"values": 1, "comparison": 1}, {"values": 1, "comparison": 2}])
    assert agreement == ("values", "comparison", 2, 1)


def test_a_right_trace_has_no_first_wrong_step() -> None:
    right = Verdict(trace_id="t", judgement="CORRECT", reason="", grader="g")
    judged = (StepJudgement(step=0, method="statements", judgement="INCORRECT"),)
    assert with_steps(right, judged).first_wrong_step is None
    wrong = right.model_copy(update={"judgement": "INCORRECT", "first_wrong_step": 4})
    assert with_steps(wrong, judged).first_wrong_step == 0
    assert with_steps(wrong, ()).first_wrong_step == 4
    assert keep_steps(wrong, with_steps(wrong, judged)).first_wrong_step == 0
    assert keep_steps(right, with_steps(wrong, judged)) == right


def test_a_store_is_judged_once_and_keeps_it_when_graded_again(
    toolkit: Toolkit, tmp_path: Path
) -> None:
    with open_store(tmp_path) as store:
        store.add_problems([COW])
        for sample, script in enumerate((GOOD_COW, BAD_COW)):
            store.add_trace(trace_of(COW, script, toolkit, seed=sample), sample)
        grade_all(store, toolkit.workers)
        grader = StepGrader(store, toolkit, Meanings(toolkit.workers))
        assert asyncio.run(grader.grade_all()) == 2
        assert asyncio.run(grader.grade_all()) == 0
        wrong = next(v for v in store.verdicts() if v.judgement == "INCORRECT")
        assert {j.method for j in wrong.step_judgements if j.judgement == "INCORRECT"} == {
            "comparison"
        }
        assert wrong.first_wrong_step == 0
        store.add_trace(trace_of(COW, GOOD_COW, toolkit, seed=7), 7)
        grade_all(store, toolkit.workers)
        assert next(v for v in store.verdicts() if v.trace_id == wrong.trace_id) == wrong


def test_the_command(tmp_path: Path) -> None:
    folder = str(tmp_path / "run")
    make = (
        "rollout",
        "-m",
        "expert:0.5",
        "--source",
        "generated:theories",
        "-n",
        "3",
        "--samples",
        "2",
        "-o",
    )
    assert run(*make, folder).exit_code == 0
    shown = run("grade", folder, "--steps", "--model", "expert:0.1")
    assert "runs from before and after it" in shown.stdout
    again = json.loads(run("grade", folder, "--steps", "-m", "expert:0.1", "--json").stdout)
    assert again["steps"]["runs"] == 0
    assert again["steps"]["wrong"] == again["INCORRECT"]
    assert_told(run("grade", folder, "--model", "expert"), 2, "--steps")
    assert run("grade", folder, COROLLARY_MODEL="nobody:x").exit_code == 0
