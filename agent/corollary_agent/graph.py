"""The agent as a LangGraph graph: act -> tools -> act ... -> stop, with a repair branch.

Guarantees that every run ends with a stop reason, within the limits and without a recursion error,
whatever the model sends; and that its state can be stored and gone on with. The graph takes
{"problem": ..., "sampling": ...} and gives {"answer", "stop", "trace"} as plain JSON, so that it
can be a node of another graph. `solve` wraps it for one problem and for many.
"""

from __future__ import annotations

from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import Runnable
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from corollary_agent.limits import Limits
from corollary_agent.models.load import model_name
from corollary_agent.node import Node
from corollary_agent.nodes import Nodes
from corollary_agent.prompt import PromptSettings, default_prompt, parameter_names
from corollary_agent.replies import Reader
from corollary_agent.state import AgentInput, AgentOutput, AgentState
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit

Agent = CompiledStateGraph[AgentState, None, AgentInput, AgentOutput]

_LIMITS = Limits()


def build_agent(
    model: BaseChatModel,
    toolkit: Toolkit,
    limits: Limits = _LIMITS,
    *,
    prompt: PromptSettings | None = None,
    checkpointer: BaseCheckpointSaver[Any] | None = None,
) -> Agent:
    """Build the agent that drives `toolkit` with `model`.

    prompt: how the model is spoken to; by default as it was made for. checkpointer: where the state
    is kept between supersteps, so that an interrupted run can go on. Raises CorollaryError for a
    model that cannot be given tools.
    """
    nodes = _nodes(model, toolkit, limits, prompt or default_prompt(model))
    graph = StateGraph(AgentState, input_schema=AgentInput, output_schema=AgentOutput)
    graph.add_node("act", Node(nodes.act, nodes.aact))
    graph.add_node("tools", Node(nodes.tools, nodes.atools))
    graph.add_node("repair", Node(nodes.repair, nodes.arepair))
    graph.add_edge(START, "act")
    graph.add_conditional_edges("act", _after_act, ["tools", "repair", END])
    graph.add_conditional_edges("tools", _after_tools, ["act", "repair", END])
    graph.add_conditional_edges("repair", _after_repair, ["act", END])
    agent = graph.compile(checkpointer=checkpointer, name="corollary")
    return agent.with_config(recursion_limit=limits.supersteps, metadata=dict(nodes.identity))


def agent_identity(agent: Agent) -> dict[str, str]:
    """The model, toolkit and prompt of a built agent, as its traces name them."""
    metadata = (agent.config or {}).get("metadata", {})
    return {key: metadata[key] for key in ("model", "toolkit", "prompt")}


def _nodes(
    model: BaseChatModel, toolkit: Toolkit, limits: Limits, settings: PromptSettings
) -> Nodes:
    return Nodes(
        model=_with_tools(model, toolkit, settings),
        toolkit=toolkit,
        limits=limits,
        settings=settings,
        reader=Reader(settings, parameter_names(toolkit)),
        identity={
            "model": model_name(model),
            "toolkit": toolkit.hash,
            "prompt": settings.hash,
        },
        reads_problem=bool(getattr(model, "reads_problem", False)),
    )


def _with_tools(
    model: BaseChatModel, toolkit: Toolkit, settings: PromptSettings
) -> Runnable[Any, Any]:
    if settings.form == "text":
        return model
    try:
        return model.bind_tools(list(toolkit.schemas()))
    except NotImplementedError:
        raise CorollaryError(
            f"{model_name(model)} cannot be given tools",
            because=f"{type(model).__name__} has no bind_tools",
            remedy='prompt=PromptSettings(form="text"), which writes calls as text',
        ) from None


def _after_act(state: AgentState) -> str:
    if state["stop"]:
        return END
    return "repair" if state["flaw"] else "tools"


def _after_tools(state: AgentState) -> str:
    if state["stop"]:
        return END
    return "repair" if state["flaw"] else "act"


def _after_repair(state: AgentState) -> str:
    return END if state["stop"] else "act"
