"""Replaying stored traces: desks before and after each step, repeats, and what has changed."""

from __future__ import annotations

from typing import Any

from langchain_core.messages import AIMessage

from corollary_agent.graph import build_agent
from corollary_agent.models.scripted import ScriptedChatModel
from corollary_agent.problem import Problem
from corollary_agent.replay import replay_trace
from corollary_agent.solve import solve
from corollary_agent.trace import Trace
from corollary_tools.toolkit import Toolkit, load_toolkit

THEORY = Problem(
    id="p",
    source="test",
    split="test",
    family="test",
    domain="logic",
    statements=("The cat is kind.", "Kind things are calm."),
    question="Is the cat calm?",
    asks="truth",
)
SUM = THEORY.model_copy(update={"statements": (), "question": "48/2?", "asks": "number"})


def calls(*rows: tuple[str, dict[str, Any]]) -> AIMessage:
    """A message with these calls."""
    return AIMessage("", tool_calls=[{"name": n, "args": a, "id": None} for n, a in rows])


def premise(number: int, formula: str) -> AIMessage:
    """A message that records a statement."""
    return calls(("premise", {"n": number, "formula": formula}))


def run(problem: Problem, toolkit: Toolkit, *said: AIMessage) -> Trace:
    """The trace of a model that says these messages."""
    return solve(build_agent(ScriptedChatModel(list(said)), toolkit), problem)


def test_desks_before_and_after_each_step(toolkit: Toolkit) -> None:
    said = premise(1, "kind(cat)"), premise(2, "forall x. kind(x) -> calm(x)")
    proof = calls(("prove", {"conclusion": "calm(cat)"}))
    trace = run(THEORY, toolkit, *said, proof, AIMessage("True"))
    replay = replay_trace(trace, THEORY, toolkit)
    assert replay.agrees
    assert [len(step.before.premises) for step in replay.steps] == [0, 1, 2, 2]
    assert [len(step.after.premises) for step in replay.steps] == [1, 2, 2, 2]
    assert replay.steps[0].before == THEORY.desk
    again, stored = replay.steps[2].outcomes[0].observation, trace.steps[2].observations[0]
    assert (again.text, again.certificate) == (stored.text, stored.certificate)


def test_several_calls_in_a_message_share_the_desk(toolkit: Toolkit) -> None:
    both = calls(
        ("premise", {"n": 1, "formula": "kind(cat)"}), ("prove", {"conclusion": "kind(cat)"})
    )
    replay = replay_trace(run(THEORY, toolkit, both, AIMessage("True")), THEORY, toolkit)
    first, second = replay.steps[0].outcomes
    assert first.after == second.before
    assert second.observation.text.startswith("True")


def test_repeated_calls_are_answered_as_they_were(toolkit: Toolkit) -> None:
    half = calls(("calculate", {"expression": "48/2"}))
    trace = run(SUM, toolkit, half, half, half, half)
    assert trace.stop == "loop"
    replay = replay_trace(trace, SUM, toolkit)
    assert replay.agrees
    faults = [step.outcomes[0].observation.fault for step in replay.steps]
    assert faults == [None, "repeated_call", "repeated_call", "repeated_call"]


def test_calls_that_never_ran_are_not_run(toolkit: Toolkit) -> None:
    wrong = calls(("calculate", {"expression": "1/2"}), ("halve", {"x": 2}))
    trace = run(SUM, toolkit, wrong, wrong, wrong)
    assert trace.stop == "refused"
    replay = replay_trace(trace, SUM, toolkit)
    assert [step.outcomes for step in replay.steps] == [()]


def test_a_changed_result_is_a_difference(toolkit: Toolkit) -> None:
    trace = run(SUM, toolkit, calls(("calculate", {"expression": "48/2"})), AIMessage("24"))
    step = trace.steps[0]
    stored = step.observations[0].model_copy(update={"text": "25"})
    other = trace.model_copy(
        update={"steps": (step.model_copy(update={"observations": (stored,)}),)}
    )
    [difference] = replay_trace(other, SUM, toolkit).differences
    assert (difference.step, difference.stored.text, difference.now.text) == (0, "25", "24")


def test_a_note_on_a_repeat_is_no_difference(toolkit: Toolkit) -> None:
    half = calls(("calculate", {"expression": "48/2"}))
    trace = run(SUM, toolkit, half, half, AIMessage("24"))
    step = trace.steps[1]
    assert "\n(You made this same call" in step.observations[0].text
    plain = step.observations[0].model_copy(update={"text": "24"})
    bare = step.model_copy(update={"observations": (plain,)})
    other = trace.model_copy(update={"steps": (trace.steps[0], bare, *trace.steps[2:])})
    assert replay_trace(other, SUM, toolkit).agrees


def test_tools_that_are_not_there_are_named(toolkit: Toolkit) -> None:
    trace = run(SUM, toolkit, calls(("calculate", {"expression": "48/2"})), AIMessage("24"))
    with load_toolkit("logic", toolkit.workers) as other:
        replay = replay_trace(trace, SUM, other)
    assert replay.foreign == ("calculate",)
    assert not replay.agrees
