"""LocalChatModel unchanged in create_agent, a StateGraph with ToolNode, and this agent's graph."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langchain_core.tools import tool
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.prebuilt import ToolNode, tools_condition

from corollary_agent.graph import build_agent
from corollary_agent.models.local import LocalChatModel
from corollary_agent.problem import Problem
from corollary_agent.solve import asolve, solve
from corollary_agent.trace import Sampling
from corollary_tools.toolkit import Toolkit

ASKED = {"messages": [HumanMessage("1. The cow is blue.")]}
SAID = ["premise", "prove"]


COW = Problem(
    id="cow",
    source="test",
    split="test",
    family="cow",
    domain="logic",
    statements=("The cow is blue.",),
    question="The cow is blue.",
    asks="truth",
)


class State(TypedDict):
    messages: Annotated[list[AnyMessage], add_messages]


@tool
def premise(n: int, formula: str) -> str:
    """Record a statement."""
    return "Question: is it true? The cow is blue."


@tool
def prove(conclusion: str, premises: list[str]) -> str:
    """Prove a conclusion."""
    return "True (from 1)"


@pytest.fixture(scope="module")
def model(taught: Path) -> LocalChatModel:
    return LocalChatModel(taught)


def called(messages: list[Any]) -> list[str]:
    return [c["name"] for m in messages if isinstance(m, AIMessage) for c in m.tool_calls]


def by_hand(model: LocalChatModel) -> Any:
    bound = model.bind_tools([premise, prove])
    graph = StateGraph(State)
    graph.add_node("model", lambda state: {"messages": [bound.invoke(state["messages"])]})
    graph.add_node("tools", ToolNode([premise, prove]))
    graph.add_edge(START, "model")
    graph.add_conditional_edges("model", tools_condition, ["tools", END])
    graph.add_edge("tools", "model")
    return graph.compile()


@pytest.mark.parametrize("kind", ["create_agent", "by hand"])
def test_a_foreign_graph_runs_it_whole(model: LocalChatModel, kind: str) -> None:
    agent = create_agent(model, [premise, prove]) if kind == "create_agent" else by_hand(model)
    messages = agent.invoke(ASKED)["messages"]
    assert called(messages) == SAID
    assert messages[-1].content == "True"
    ids = [c["id"] for m in messages if isinstance(m, AIMessage) for c in m.tool_calls]
    assert ids == ["call_0", "call_1"]
    later = asyncio.run(agent.ainvoke(ASKED))["messages"]
    assert [m.content for m in later] == [m.content for m in messages]


def test_a_foreign_graph_streams_it_token_by_token(model: LocalChatModel) -> None:
    agent = create_agent(model, [premise, prove])
    chunks = [c for c, _ in agent.stream(ASKED, stream_mode="messages") if c.type != "tool"]
    names = [t["name"] for c in chunks for t in getattr(c, "tool_call_chunks", ()) if t["name"]]
    assert names == SAID
    assert len(chunks) > 10
    assert "".join(str(c.content) for c in chunks) == "True"


def test_a_prompt_too_long_ends_the_trace_with_a_stop_reason(
    model: LocalChatModel, toolkit: Toolkit
) -> None:
    long = Problem(
        id="long",
        source="test",
        split="test",
        family="long",
        domain="logic",
        statements=("The cow is blue. " * 3000,),
        question="Is the cow blue?",
        asks="truth",
    )
    trace = solve(build_agent(model, toolkit), long)
    assert trace.stop == "error"
    assert "too long" in str(trace.error)
    assert not trace.usage.input_tokens


def test_a_chain_that_outgrows_the_context_has_used_up_its_tokens(
    model: LocalChatModel, toolkit: Toolkit
) -> None:
    begun = LocalChatModel(model.path)
    agent = build_agent(begun, toolkit)
    prompt = solve(agent, COW).steps[0].input_tokens
    begun._asker._checkpoint = replace(begun._asker._checkpoint, context=prompt + 30)
    trace = solve(agent, COW)
    assert trace.stop == "token_limit"
    assert trace.error is None
    assert trace.steps


def test_a_cancelled_run_gives_back_its_place_in_the_batch(
    model: LocalChatModel, toolkit: Toolkit
) -> None:
    agent = build_agent(model, toolkit)

    async def cancelled() -> None:
        running = asyncio.ensure_future(asolve(agent, COW, Sampling(max_tokens=100_000)))
        while not model._engine._live:
            await asyncio.sleep(0.001)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        while model._engine._live or model._engine._waiting:
            await asyncio.sleep(0.001)

    asyncio.run(asyncio.wait_for(cancelled(), 60))
    assert not model._engine._holding.placed
