"""Evaluation: totals by hand, and whole runs of the real graph with a model that can fail."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from made_evaluations import make_evaluation, make_graded, make_problem, make_trace, number

from corollary_agent.graph import build_agent
from corollary_agent.models.load import load_model
from corollary_agent.problem import Problem
from corollary_agent.trace import Attempt, Observation, Step, ToolCall
from corollary_datagen.sources import load_problems
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit
from corollary_training.evaluate import evaluate
from corollary_training.evaluation import Evaluation, Graded, summarise, valid_call_rate


class OftenGone(BaseChatModel):
    """Answers 4, but is unreachable where the problem's text holds the word `gone`."""

    @property
    def _llm_type(self) -> str:
        return "often-gone"

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> Runnable[LanguageModelInput, AIMessage]:
        return self  # type: ignore[return-value]  # it calls no tool, so that it needs none

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        if any("gone" in str(message.content) for message in messages):
            raise ConnectionError("nobody is there")
        return ChatResult(generations=[ChatGeneration(message=AIMessage("4"))])


def story(index: int, text: str) -> Problem:
    return make_problem(index, gold=number("4")).model_copy(update={"question": text})


def run(toolkit: Toolkit, problems: Sequence[Problem], **options: Any) -> Evaluation:
    agent = build_agent(OftenGone(), toolkit)
    return evaluate(agent, problems, workers=toolkit.workers, name="often-gone", **options)


def test_totals_follow_from_the_outcomes() -> None:
    evaluation = make_evaluation("++-?+!--+-")
    assert (evaluation.n, evaluation.correct, evaluation.wrong) == (9, 4, 4)
    assert (evaluation.undecided, evaluation.errors) == (1, 1)
    assert evaluation.accuracy == pytest.approx(4 / 9)
    assert (evaluation.low, evaluation.high) == pytest.approx((0.1888, 0.7333), abs=5e-4)
    assert evaluation.outcomes[5].judgement is None
    assert evaluation.outcomes[5].reason == "the server is gone"
    assert (evaluation.steps, evaluation.tokens, evaluation.ms) == (1.0, 7.0, 10.0)


def test_the_figures_are_those_that_were_promised() -> None:
    names = ["accuracy", "low", "high", "n", "valid_call_rate", "steps", "tokens", "ms"]
    assert list(make_evaluation("+-").figures()) == names


def test_a_family_is_counted_by_its_kind() -> None:
    families = ("theories:1a", "theories:2b", "text:3c")
    evaluation = make_evaluation("++-" * 4, families=families)
    shares = {(s.by, s.name): (s.n, s.correct) for s in evaluation.shares}
    assert shares["family", "theories"] == (8, 8)
    assert shares["family", "made"] == (4, 0)
    assert shares["source", "made"] == (12, 8)


def test_a_message_is_valid_when_it_was_usable_as_written() -> None:
    call = ToolCall(id="a", name="calculate", arguments={"expression": "1+"})
    good = Observation(call_id="a", text="2")
    bad = Observation(call_id="a", text="the expression ends early", fault="tool_error")
    attempt = Attempt(text="calculate(", fault="malformed_call", told="close it")
    steps = (
        Step(calls=(call,), observations=(good,)),
        Step(calls=(call,), observations=(bad,)),
        Step(calls=(call,), observations=(good,), attempts=(attempt,)),
        Step(attempts=(attempt, attempt)),
        Step(content="4"),
    )
    problem = make_problem(0, gold=number("4"))
    trace = make_trace(problem, model="m", answer=number("4")).model_copy(update={"steps": steps})
    # messages: call, failing call, attempt + call, two attempts, answer: 3 of 7 usable
    assert valid_call_rate([trace]) == pytest.approx(3 / 7)
    evaluation = summarise([Graded(problem, trace, None)], name="m", milliseconds=0)
    assert evaluation.faults == {"malformed_call": 3, "tool_error": 1}


def test_cost_is_known_only_where_all_of_it_is() -> None:
    items = [make_graded(make_problem(i, gold=number("1")), "+", model="m") for i in range(2)]
    paid = items[0].trace.usage.model_copy(update={"cost": 0.5})
    with_cost = Graded(
        items[0].problem, items[0].trace.model_copy(update={"usage": paid}), items[0].verdict
    )
    assert summarise([with_cost], name="m", milliseconds=0).cost == 0.5
    assert summarise([with_cost, items[1]], name="m", milliseconds=0).cost is None


def test_a_stand_in_is_known_by_its_traces() -> None:
    assert make_evaluation("+", model="expert (rule-based stand-in, error rate 0)").is_stand_in
    assert make_evaluation("+", model="expert:0.1").is_stand_in
    assert not make_evaluation("+", model="local:expertise").is_stand_in


def test_errors_are_apart_and_the_rest_goes_on(toolkit: Toolkit) -> None:
    problems = [story(0, "2+2?"), story(1, "gone"), story(2, "2+2?")]
    seen: list[Graded] = []
    evaluation = run(toolkit, problems, concurrency=2, on_progress=seen.append)
    assert (evaluation.errors, evaluation.wrong) == (1, 0)
    assert evaluation.n == 2
    assert "nobody is there" in evaluation.outcomes[1].reason
    assert [outcome.problem_id for outcome in evaluation.outcomes] == ["p0000", "p0001", "p0002"]
    assert sorted(g.problem.id for g in seen) == ["p0000", "p0001", "p0002"]


def test_a_right_answer_that_no_tool_supports_is_not_correct(toolkit: Toolkit) -> None:
    evaluation = run(toolkit, [story(0, "2+2?")])
    assert (evaluation.correct, evaluation.undecided) == (0, 1)
    assert "unsupported" in evaluation.outcomes[0].reason


def test_a_model_that_always_fails_cannot_be_told(toolkit: Toolkit) -> None:
    with pytest.raises(CorollaryError, match="failed on all 2 problems") as caught:
        run(toolkit, [story(0, "gone"), story(1, "gone")])
    assert caught.value.exit_code == 3
    assert "nobody is there" in caught.value.because


def test_what_the_listener_raises_is_raised(toolkit: Toolkit) -> None:
    def full(_: Graded) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        run(toolkit, [story(i, "2+2?") for i in range(5)], concurrency=1, on_progress=full)


def test_it_works_inside_a_running_loop(toolkit: Toolkit) -> None:
    async def notebook() -> Evaluation:
        return run(toolkit, [story(0, "2+2?")])

    assert asyncio.run(notebook()).n == 1


def test_no_problem_and_twins_are_refused(toolkit: Toolkit) -> None:
    with pytest.raises(CorollaryError, match="no problem to evaluate"):
        run(toolkit, [])
    with pytest.raises(CorollaryError, match="p0000 is there 2 times"):
        run(toolkit, [story(0, "2+2?"), story(0, "2+3?")])


def test_the_same_run_gives_the_same_outcomes(toolkit: Toolkit, tmp_path: Path) -> None:
    problems = load_problems("generated:stories,knights", split="dev", limit=12, seed=3)
    agent = build_agent(load_model("expert:0.4"), toolkit)
    one, other = (
        evaluate(agent, problems, workers=toolkit.workers, name="e", concurrency=c) for c in (1, 6)
    )
    assert [_what(one, i) for i in range(12)] == [_what(other, i) for i in range(12)]
    assert 0 < one.correct < 12
    one.save(tmp_path / "evaluation.json")
    assert Evaluation.load(tmp_path / "evaluation.json") == one


def _what(evaluation: Evaluation, index: int) -> tuple[object, ...]:
    outcome = evaluation.outcomes[index]
    return outcome.problem_id, outcome.judgement, outcome.answer, outcome.steps, outcome.tokens
