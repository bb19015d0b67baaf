"""What the graph costs beside the model: milliseconds a step with a model that answers at once.

The same chain of calls is run by a bare loop, by our graph and by LangGraph's prebuilt agent, in
turn, in one process, with the same scripted model and the same tools. A step is one model message
and one tool call. Also: one tool call through the worker process, and in this process.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from functools import partial

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from benchmarks.figure import Figure, median_figure, milliseconds
from corollary_agent.graph import build_agent
from corollary_agent.limits import Limits
from corollary_agent.models.scripted import ScriptedChatModel
from corollary_agent.problem import Problem
from corollary_agent.solve import solve
from corollary_tools.operations import find_operation
from corollary_tools.toolkit import Toolkit, load_toolkit

SHORT = True
_STEPS, _REPEATS, _CALLS = 20, 25, 400


def run() -> Iterator[Figure]:
    """Yield the overhead of the graphs over a bare loop, and the round trip of a tool."""
    with load_toolkit("arithmetic") as toolkit:
        yield from _graphs(toolkit)
        yield from _round_trips(toolkit)


def _graphs(toolkit: Toolkit) -> Iterator[Figure]:
    model = _model()
    agent = build_agent(model, toolkit, Limits(steps=2 * _STEPS))
    prebuilt = _prebuilt(model, toolkit)
    question: dict[str, object] = {"messages": [HumanMessage("Count.")]}
    sides: dict[str, Callable[[], object]] = {
        "bare loop": partial(_loop, model, toolkit),
        "our graph": partial(solve, agent, _problem()),
        "prebuilt agent": partial(prebuilt.invoke, question, {"recursion_limit": 4 * _STEPS}),
    }
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(_REPEATS):
        for name, side in sides.items():
            times[name].append(milliseconds(side) / _STEPS)
    warm = {name: values[3:] for name, values in times.items()}
    for name, values in warm.items():
        yield median_figure(f"{name}, a step", values, "ms")
    pairs = zip(warm["our graph"], warm["bare loop"], strict=True)
    added = [graph - loop for graph, loop in pairs]
    yield median_figure("our graph over the bare loop, a step", added, "ms", goal=2.0)


def _round_trips(toolkit: Toolkit) -> Iterator[Figure]:
    operation = find_operation("calculate")
    arguments = {"expression": "48/2 + 15% of 80"}
    request = {"arguments": arguments, "desk": None}
    near, far, whole = [], [], []
    for _ in range(_CALLS):
        near.append(milliseconds(lambda: operation(request)))
        far.append(milliseconds(lambda: toolkit.workers.call("calculate", request)))
        whole.append(milliseconds(lambda: toolkit.call("calculate", arguments)))
    yield median_figure("calculate, in this process", near[20:], "ms")
    yield median_figure("calculate, in a worker", far[20:], "ms")
    yield median_figure("calculate, as a tool call", whole[20:], "ms")
    added = [there - here for there, here in zip(far[20:], near[20:], strict=True)]
    yield median_figure("worker over this process", added, "ms", goal=0.1)


def _model() -> ScriptedChatModel:
    calls = [_call(number) for number in range(_STEPS)]
    return ScriptedChatModel([*calls, AIMessage(str(_STEPS))])


def _call(number: int) -> AIMessage:
    call = {"name": "calculate", "args": {"expression": f"{number}+1"}, "id": f"call_{number}"}
    return AIMessage("", tool_calls=[{**call, "type": "tool_call"}])


def _problem() -> Problem:
    return Problem(
        id="count",
        source="benchmark",
        split="none",
        family="count",
        domain="math",
        question="Count.",
        asks="number",
    )


def _loop(model: ScriptedChatModel, toolkit: Toolkit) -> None:
    messages: list[HumanMessage | AIMessage | ToolMessage] = [HumanMessage("Count.")]
    while True:
        said = model.invoke(messages)
        assert isinstance(said, AIMessage)
        messages.append(said)
        if not said.tool_calls:
            return
        for call in said.tool_calls:
            outcome = toolkit.call(call["name"], call["args"])
            messages.append(ToolMessage(outcome.text, tool_call_id=call["id"]))


def _prebuilt(model: ScriptedChatModel, toolkit: Toolkit):  # type: ignore[no-untyped-def]
    """LangGraph's own agent; untyped, because its type is a private generic of that package."""
    from langgraph.prebuilt import create_react_agent

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It has moved to `langchain`, which is not needed here.
        return create_react_agent(model, toolkit.open())
