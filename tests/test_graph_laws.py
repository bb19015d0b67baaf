"""Laws of the graph: whatever a model sends, the run ends, within limits, as a storable trace."""

from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, InvalidToolCall

from corollary_agent.graph import build_agent
from corollary_agent.limits import Limits
from corollary_agent.messages import from_openai, to_openai
from corollary_agent.models.scripted import ScriptedChatModel
from corollary_agent.problem import Problem
from corollary_agent.prompt import PromptSettings
from corollary_agent.solve import asolve, solve
from corollary_agent.trace import Trace
from corollary_tools.toolkit import Toolkit

THEORY = Problem(
    id="t", source="test", split="test", family="f", domain="logic", asks="truth",
    statements=("The cow is blue.", "Blue things are cold."), question="Is the cow cold?",
)  # fmt: skip
ANY_TEXT = st.text(max_size=12) | st.sampled_from(
    ["", "True", "\ud800", 'answer("True")', "prove(conclusion='cold(cow)')", "prove((", "\x00"]
)
VALUE: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(ANY_TEXT, inner, max_size=2),
    max_leaves=4,
)
GOOD = st.sampled_from(
    [
        {"name": "premise", "args": {"n": 1, "formula": "blue(cow)"}, "id": "1"},
        {"name": "premise", "args": {"n": 2, "formula": "forall x. blue(x) -> cold(x)"}, "id": "2"},
        {"name": "prove", "args": {"conclusion": "cold(cow)"}, "id": "3"},
    ]
)
CALL = GOOD | st.fixed_dictionaries(
    {
        "name": st.sampled_from(["premise", "prove", "find", ""]) | ANY_TEXT,
        "args": st.dictionaries(st.sampled_from(["n", "formula", "conclusion", "\ud800"]), VALUE),
        "id": st.none() | ANY_TEXT,
    }
)
INVALID = st.builds(
    InvalidToolCall,
    type=st.just("invalid_tool_call"),
    id=st.none() | ANY_TEXT,
    name=st.none() | ANY_TEXT,
    args=st.none() | ANY_TEXT,
    error=st.none() | ANY_TEXT,
)
MESSAGE = st.builds(
    AIMessage,
    ANY_TEXT,
    tool_calls=st.lists(CALL, max_size=3),
    invalid_tool_calls=st.lists(INVALID, max_size=1),
) | st.builds(AIMessage, st.just(""), tool_calls=st.lists(GOOD, min_size=1, max_size=2))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(said=st.lists(MESSAGE, max_size=8), form=st.sampled_from(["native", "text"]))
def test_every_run_ends_as_a_storable_trace(
    toolkit: Toolkit, said: list[AIMessage], form: Any
) -> None:
    prompt = PromptSettings(form=form, reading="desk")
    agent = build_agent(ScriptedChatModel(said), toolkit, Limits(steps=4), prompt=prompt)
    trace = solve(agent, THEORY)
    assert Trace.model_validate_json(trace.model_dump_json()) == trace
    assert len(trace.steps) <= 5
    assert all(len(step.attempts) <= 3 for step in trace.steps)
    assert [to_openai(from_openai(row)) for row in trace.messages] == list(trace.messages)
    assert trace.stop != "error" or "nothing to say" in str(trace.error), trace.error
    assert asyncio.run(asolve(agent, THEORY)).stop == trace.stop
    _check_history(trace)


def _check_history(trace: Trace) -> None:
    """Every call in the history has its result, save in a message that ended in a loop."""
    results = [str(m["tool_call_id"]) for m in trace.messages if m["role"] == "tool"]
    observed = [o.call_id for step in trace.steps for o in step.observations]
    assert results == observed
    if trace.stop != "loop":
        calls: list[Any] = [m.get("tool_calls") or [] for m in trace.messages]
        assert [call["id"] for row in calls for call in row] == results
