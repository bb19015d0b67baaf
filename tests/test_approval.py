"""A person's word on calls: run, edit, refuse; asked again after a stop, also elsewhere."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage

from corollary_agent.approval import Decision, approving
from corollary_agent.checkpoints import astored_run, open_checkpoints
from corollary_agent.graph import build_agent
from corollary_agent.models.scripted import ScriptedChatModel
from corollary_agent.problem_text import read_problem
from corollary_agent.stream import Event, acontinue_steps, astream_steps
from corollary_agent.trace import ToolCall, Trace
from corollary_datagen.pairs.edit_pairs import edit_pairs
from corollary_tools.toolkit import Toolkit

SUM = read_problem("How many are 48 halved?")
THREAD: Any = {"configurable": {"thread_id": "1"}}
ASKING = approving(THREAD)


def calls(*expressions: str) -> AIMessage:
    rows = [
        {"name": "calculate", "args": {"expression": e}, "id": f"c{i}"}
        for i, e in enumerate(expressions)
    ]
    return AIMessage("", tool_calls=rows)


def edited(*expressions: str) -> Decision:
    made = [
        ToolCall(id=f"c{i}", name="calculate", arguments={"expression": e})
        for i, e in enumerate(expressions)
    ]
    return Decision(kind="edit", calls=tuple(made))


def talk(
    toolkit: Toolkit, script: list[AIMessage | str], *decisions: Decision, path: Path | None = None
) -> list[Event]:
    """The events of a run that is asked about, answered by `decisions` in order."""

    async def run() -> list[Event]:
        events = []
        async with open_checkpoints(path) as states:
            agent = build_agent(ScriptedChatModel(script), toolkit, checkpointer=states)
            async for event in astream_steps(agent, SUM, config=ASKING):
                events.append(event)
            for decision in decisions:
                async for event in acontinue_steps(agent, ASKING, decision):
                    events.append(event)
        return events

    return asyncio.run(run())


def trace_in(events: list[Event]) -> Trace:
    found = [value for kind, value in events if kind == "trace"]
    assert len(found) == 1
    assert isinstance(found[0], Trace)
    return found[0]


def test_the_run_stops_before_the_call_and_goes_on(toolkit: Toolkit) -> None:
    asked = talk(toolkit, [calls("48/2"), "24"])
    assert [kind for kind, _ in asked] == ["call", "ask"]
    done = talk(toolkit, [calls("48/2"), "24"], Decision())
    assert [kind for kind, _ in done] == ["call", "ask", "result", "step", "trace"]
    assert trace_in(done).steps[0].attempts == ()


def test_an_edited_call_agrees_with_its_result_and_makes_a_pair(toolkit: Toolkit) -> None:
    trace = trace_in(talk(toolkit, [calls("48/3"), "24"], edited("48/2")))
    assert trace.steps[0].observations[0].text == "24"
    assert trace.steps[0].faults == ("edited_call",)
    (pair,) = edit_pairs(SUM, trace, tools=toolkit.schemas())
    assert pair.prompt == trace.messages[: len(pair.prompt)]
    sides = [message["tool_calls"][0]["function"] for message in (*pair.chosen, *pair.rejected)]  # type: ignore[index,call-overload]
    assert [side["arguments"]["expression"] for side in sides] == ["48/2", "48/3"]  # type: ignore[index,call-overload]
    assert (pair.kind, pair.origin, len(pair.tools)) == ("repair", "edit", len(toolkit.tools))


def test_several_calls_are_edited_together(toolkit: Toolkit) -> None:
    trace = trace_in(talk(toolkit, [calls("1+1", "48/3"), "24"], edited("1+1", "48/2")))
    (pair,) = edit_pairs(SUM, trace)
    assert len(pair.rejected[0]["tool_calls"]) == 2  # type: ignore[arg-type]


def test_an_edit_that_changes_nothing_is_none(toolkit: Toolkit) -> None:
    trace = trace_in(talk(toolkit, [calls("48/2"), "24"], edited("48/2")))
    assert trace.steps[0].attempts == ()
    assert not list(edit_pairs(SUM, trace))


def test_the_model_reads_why_its_call_was_refused(toolkit: Toolkit) -> None:
    script = [calls("48/3"), calls("48/4"), calls("48/5"), calls("48/6"), calls("48/2"), "24"]
    no = Decision(kind="refuse", reason="not\nthat one")
    events = talk(toolkit, script, no, no, no, no, Decision())
    trace = trace_in(events)
    assert trace.stop == "answered"
    attempts = trace.steps[0].attempts
    assert [attempt.fault for attempt in attempts] == ["refused_call"] * 4
    assert attempts[0].told == "Not run: the person refused this call: not that one"
    assert "48/3" not in str(trace.messages)


def test_another_process_asks_again_and_goes_on(toolkit: Toolkit, tmp_path: Path) -> None:
    path = tmp_path / "states.sqlite"
    script: list[AIMessage | str] = [calls("1+1"), calls("48/2"), "24"]
    talk(toolkit, script, Decision(), path=path)

    async def later() -> list[Event]:
        async with open_checkpoints(path) as states:
            agent = build_agent(ScriptedChatModel(script), toolkit, checkpointer=states)
            stored = await astored_run(agent, THREAD)
            assert stored is not None
            assert [step.observations[0].text for step in stored.steps] == ["2"]
            assert [call.arguments["expression"] for call in stored.calls] == ["48/2"]
            events = [event async for event in acontinue_steps(agent, ASKING)]
            assert [kind for kind, _ in events] == ["ask"]
            rest = [event async for event in acontinue_steps(agent, THREAD, Decision())]
            ended = await astored_run(agent, THREAD)
            assert ended is not None
            assert ended.trace == trace_in(rest)
            return rest

    assert len(trace_in(asyncio.run(later())).steps) == 3


def test_nothing_is_stored_of_a_thread_that_never_ran(toolkit: Toolkit) -> None:
    async def look() -> object:
        async with open_checkpoints(None) as states:
            agent = build_agent(ScriptedChatModel([]), toolkit, checkpointer=states)
            return await astored_run(agent, THREAD)

    assert asyncio.run(look()) is None
