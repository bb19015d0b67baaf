"""Going on from stored steps: the state is the one that the run had, whoever goes on."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from corollary_agent.graph import build_agent
from corollary_agent.models.load import load_model
from corollary_agent.models.scripted import ScriptedChatModel
from corollary_agent.problem import Problem
from corollary_agent.problem_text import read_problem
from corollary_agent.resuming import build_resumer, find_place, kept_messages
from corollary_agent.solve import solve
from corollary_agent.trace import Sampling, Trace
from corollary_tools.toolkit import Toolkit

SUM = Problem(
    id="sum", source="test", split="test", family="sum", domain="math",
    question="What is 48/2 + 1?", asks="number",
)  # fmt: skip
THEORY = read_problem(
    "Bob is kind. Bob is young. If someone is kind and young then they are nice. "
    "Is the following statement true, false, or unknown? Bob is nice."
)


def call(*expressions: str) -> AIMessage:
    made = [
        {"name": "calculate", "args": {"expression": e}, "id": f"c{i}", "type": "tool_call"}
        for i, e in enumerate(expressions)
    ]
    return AIMessage("", tool_calls=made)


def traced(toolkit: Toolkit, *said: AIMessage | str) -> Trace:
    return solve(build_agent(ScriptedChatModel(said), toolkit), SUM)


def resumed(
    toolkit: Toolkit, model: Any, trace: Trace, steps: int, problem: Problem = SUM
) -> Trace:
    resumer = build_resumer(model, toolkit)
    return asyncio.run(
        resumer.aresume(find_place(problem, trace, toolkit), steps, Sampling(seed=3))
    )


def test_the_rest_of_a_run_is_made_by_another_model(toolkit: Toolkit) -> None:
    trace = traced(toolkit, call("48/2"), call("24-1"), "23")
    script: list[AIMessage | str] = [call("48/2"), call("24+1"), "25"]
    other = resumed(toolkit, ScriptedChatModel(script, spec="scripted:other"), trace, 1)
    assert [o.text for s in other.steps for o in s.observations] == ["24", "25"]
    assert (other.answer and other.answer.text, other.model) == ("25", "scripted:other")
    assert other.id != trace.id
    assert other.usage.tool_milliseconds == sum(
        o.milliseconds for s in other.steps[1:] for o in s.observations
    )


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 4])
def test_the_desk_is_the_one_of_the_step(toolkit: Toolkit, steps: int) -> None:
    trace = solve(build_agent(load_model("expert"), toolkit), THEORY)
    again = resumed(toolkit, load_model("expert"), trace, steps, THEORY)
    assert again.messages == trace.messages
    assert again.answer == trace.answer


def test_parallel_calls_and_repeats_are_remembered(toolkit: Toolkit) -> None:
    said = [call("1+1", "2+2"), call("1+1")]
    trace = traced(toolkit, *said, call("3+3"), "6")
    again = resumed(toolkit, ScriptedChatModel([*said, call("2+2", "1+1"), "6"]), trace, 2)
    third, fourth = again.steps[2].observations
    assert "You made this same call before" in third.text
    assert fourth.text.startswith("Refused")


def test_repaired_attempts_do_not_come_back(toolkit: Toolkit) -> None:
    bad = AIMessage("", tool_calls=[{"name": "calcluate", "args": {}, "id": "b"}])
    trace = traced(toolkit, bad, call("48/2"), "24")
    assert trace.steps[0].attempts
    again = resumed(toolkit, ScriptedChatModel([call("48/2"), call("24+1"), "25"]), trace, 1)
    assert again.answer
    assert again.answer.text == "25"


def test_a_trace_that_ended_by_a_limit_can_be_gone_on_with(toolkit: Toolkit) -> None:
    from corollary_agent.limits import Limits

    agent = build_agent(ScriptedChatModel([call("48/2"), call("24+1")]), toolkit, Limits(steps=2))
    trace = solve(agent, SUM)
    assert trace.stop == "step_limit"
    script = ScriptedChatModel([call("48/2"), call("24+1"), "25"])
    assert resumed(toolkit, script, trace, 2).stop == "answered"


def test_nothing_goes_on_after_an_answer(toolkit: Toolkit) -> None:
    trace = traced(toolkit, call("48/2"), "24")
    with pytest.raises(ValueError, match="nothing goes on after 2 steps"):
        kept_messages(trace, 2)
    assert kept_messages(trace, 0) == ()
    assert [m["role"] for m in kept_messages(trace, 1)] == ["assistant", "tool"]
