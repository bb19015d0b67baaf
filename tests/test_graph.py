"""The agent graph with real tools and a scripted model: every way a run can go, and how it ends."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, InvalidToolCall
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph

from corollary_agent.graph import Agent, agent_identity, build_agent
from corollary_agent.limits import Limits
from corollary_agent.messages import to_openai
from corollary_agent.models.scripted import ScriptedChatModel
from corollary_agent.problem import Problem
from corollary_agent.prompt import PromptSettings
from corollary_agent.solve import agent_input, asolve, edit_calls, resume, solve, trace_of
from corollary_agent.state import AgentInput, AgentOutput
from corollary_agent.trace import Sampling, ToolCall, Trace
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit

TEXT = PromptSettings(form="text")
DESK = PromptSettings(style="brief", reading="desk")
SUM = Problem(
    id="sum", source="test", split="test", family="sum", domain="math",
    question="What is 48/2 + 1?", asks="number",
)  # fmt: skip
THEORY = Problem(
    id="theory", source="test", split="test", family="theory", domain="logic", asks="truth",
    statements=("The cow is blue.", "Blue things are not cold."), question="Is the cow cold?",
)  # fmt: skip


def call(name: str, call_id: str | None = None, **arguments: Any) -> AIMessage:
    """A message with one tool call."""
    return AIMessage("", tool_calls=[{"name": name, "args": arguments, "id": call_id}])


def agent_of(toolkit: Toolkit, *said: AIMessage | str, **options: Any) -> Agent:
    """An agent that says these things."""
    return build_agent(ScriptedChatModel(said), toolkit, **options)


def run(toolkit: Toolkit, *said: AIMessage | str, **options: Any) -> Trace:
    """Solve SUM with a scripted model, sync and async, which must agree."""
    agent = agent_of(toolkit, *said, **options)
    trace = solve(agent, SUM)
    other = asyncio.run(asolve(agent, SUM))
    assert _timeless(other) == _timeless(trace)
    return trace


def _timeless(trace: Trace) -> Any:
    steps = [
        step.model_copy(
            update={
                "milliseconds": 0.0,
                "observations": tuple(
                    o.model_copy(update={"milliseconds": 0.0}) for o in step.observations
                ),
            }
        )
        for step in trace.steps
    ]
    return [trace.id, trace.messages, steps, trace.answer, trace.stop, trace.error]


HALF = call("calculate", expression="48/2")
MORE = call("calculate", expression="24 + 1")
BROKEN = AIMessage(
    "",
    invalid_tool_calls=[
        InvalidToolCall(
            type="invalid_tool_call", id="1", name="calculate", args='{"expr', error="cut"
        )
    ],
)


def test_a_chain_to_an_answer(toolkit: Toolkit) -> None:
    trace = run(toolkit, HALF, MORE, "The answer is 25.")
    assert trace.stop == "answered"
    assert trace.answer is not None
    assert trace.answer.value == "25"
    assert [m["role"] for m in trace.messages] == [
        "system", "user", "assistant", "tool", "assistant", "tool", "assistant",
    ]  # fmt: skip
    assert [s.observations[0].text for s in trace.steps[:2]] == ["24", "25"]
    assert trace.usage.tool_milliseconds > 0
    assert len({c.id for s in trace.steps for c in s.calls}) == 2


def test_the_desk_hands_over_statement_by_statement(toolkit: Toolkit) -> None:
    agent = agent_of(
        toolkit,
        call("premise", n=1, formula="blue(cow)"),
        call("premise", n=2, formula="forall x. blue(x) -> ~cold(x)"),
        call("prove", conclusion="cold(cow)"),
        "False",
        prompt=DESK,
    )
    trace = solve(agent, THEORY)
    assert [m["content"] for m in trace.messages if m["role"] in ("user", "tool")] == [
        "1. The cow is blue.",
        "2. Blue things are not cold.",
        "Question: Is the cow cold?",
        "False (its negation follows from 1, 2)",
    ]
    assert trace.answer is not None
    assert trace.answer.value == "False"
    assert trace.steps[2].observations[0].certificate


def test_several_calls_run_in_order(toolkit: Toolkit) -> None:
    both = AIMessage("", tool_calls=[HALF.tool_calls[0], MORE.tool_calls[0]])
    trace = run(toolkit, both, "25")
    assert [o.text for o in trace.steps[0].observations] == ["24", "25"]
    assert [c.id for c in trace.steps[0].calls] == ["call_0_0", "call_0_1"]


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (BROKEN, "malformed_call"),
        (AIMessage(""), "malformed_call"),
        (AIMessage("I will think about it."), "malformed_call"),
        (AIMessage('calculate(expression="48/2")'), "malformed_call"),
        (call("calculator", expression="48/2"), "unknown_tool"),
        (call("calculate", expresion="48/2"), "bad_arguments"),
        (call("calculate", expression=float("nan")), "malformed_call"),
        (
            AIMessage("", tool_calls=[*HALF.tool_calls, *call("nothing").tool_calls]),
            "unknown_tool",
        ),
    ],
)
def test_a_bad_message_is_repaired_and_forgotten(
    toolkit: Toolkit, bad: AIMessage, fault: str
) -> None:
    clean = run(toolkit, HALF, "25")
    trace = run(toolkit, bad, HALF, "25")
    assert trace.stop == "answered", trace.error
    assert trace.messages == clean.messages
    assert [a.fault for a in trace.steps[0].attempts] == [fault]
    assert trace.steps[0].attempts[0].told
    assert trace.steps[1].attempts == ()


def test_what_the_model_sees_while_it_repairs(toolkit: Toolkit) -> None:
    seen: list[list[BaseMessage]] = []
    agent = build_agent(Watched([call("calculater", expression="1"), HALF, "24"], seen), toolkit)
    solve(agent, SUM)
    assert [m.type for m in seen[1]] == ["system", "human", "ai", "tool"]
    assert "Did you mean calculate" in str(seen[1][-1].text)
    assert [m.type for m in seen[2]] == ["system", "human", "ai", "tool"]
    assert str(seen[2][-1].text) == "24"


def test_a_model_that_will_not_be_repaired_is_refused(toolkit: Toolkit) -> None:
    trace = run(toolkit, HALF, BROKEN, BROKEN, BROKEN, "25")
    assert trace.stop == "refused"
    assert trace.answer is None
    assert len(trace.steps[-1].attempts) == 3
    unknown = run(toolkit, *[call("nothing")] * 3)
    assert unknown.stop == "refused"
    assert unknown.steps[-1].calls == ()
    assert run(toolkit, BROKEN, "25", limits=Limits(repairs=0)).stop == "refused"


def test_a_tool_error_is_an_observation(toolkit: Toolkit) -> None:
    trace = run(toolkit, call("calculate", expression="1/0"), HALF, "24")
    assert trace.steps[0].faults == ("tool_error",)
    assert trace.steps[0].attempts == ()
    assert trace.stop == "answered"


def test_repeats_are_noted_refused_and_ended(toolkit: Toolkit) -> None:
    trace = run(toolkit, HALF, HALF, HALF, HALF, "24")
    texts = [step.observations[0].text for step in trace.steps]
    assert trace.stop == "loop"
    assert texts[0] == "24"
    assert texts[1].startswith("24\n(You made this same call before")
    assert texts[2].startswith("Refused")
    assert [s.faults for s in trace.steps] == [()] + [("repeated_call",)] * 3


def test_calls_that_fail_step_after_step_end_the_run(toolkit: Toolkit) -> None:
    bad = [call("calculate", expression=f"{n} +") for n in range(9)]
    trace = run(toolkit, *bad, "24", limits=Limits(failures=4))
    assert (trace.stop, len(trace.steps)) == ("loop", 4)
    good = call("calculate", expression="48/2")
    trace = run(toolkit, *bad[:3], good, *bad[3:6], "24", limits=Limits(failures=4))
    assert (trace.stop, len(trace.steps)) == ("answered", 8)


def test_a_b_a_b_is_a_loop_too(toolkit: Toolkit) -> None:
    trace = run(toolkit, *[HALF, MORE] * 4, "24")
    assert trace.stop == "loop"
    assert len(trace.steps) == 7


def test_a_loop_within_one_message(toolkit: Toolkit) -> None:
    four = AIMessage("", tool_calls=[dict(HALF.tool_calls[0]) for _ in range(5)])  # type: ignore[misc]
    trace = run(toolkit, four, "24")
    assert trace.stop == "loop"
    assert len(trace.steps[0].observations) == 4


def test_recording_again_is_no_repeat_where_the_desk_has_changed(toolkit: Toolkit) -> None:
    one, other = (call("premise", n=1, formula=f"{c}(cow)") for c in ("blue", "red"))
    agent = agent_of(toolkit, one, other, one, call("prove", conclusion="blue(cow)"), "True")
    trace = solve(agent, THEORY)
    assert trace.stop == "answered"
    assert [f for s in trace.steps for f in s.faults] == []


def test_from_memory_the_desk_moves_as_it_did(toolkit: Toolkit) -> None:
    one, other = (call("premise", n=1, formula=f"{c}(cow)") for c in ("blue", "red"))
    agent = agent_of(
        toolkit, one, other, one, other, one, call("prove", conclusion="blue(cow)"), "True"
    )
    trace = solve(agent, THEORY)
    assert trace.stop == "answered"
    assert trace.steps[4].faults == ("repeated_call",)
    assert trace.steps[5].observations[0].text == "True (from 1)"


def test_limits(toolkit: Toolkit) -> None:
    calls = [call("calculate", expression=str(n)) for n in range(9)]
    assert run(toolkit, *calls, limits=Limits(steps=3)).stop == "step_limit"
    assert len(run(toolkit, *calls, limits=Limits(steps=3)).steps) == 3
    counted = [c.model_copy(update={"usage_metadata": _usage(90)}) for c in calls]
    assert run(toolkit, *counted, limits=Limits(tokens=100)).stop == "token_limit"
    bad = BROKEN.model_copy(update={"usage_metadata": _usage(90)})
    assert run(toolkit, bad, "24", limits=Limits(tokens=100)).stop == "token_limit"
    assert solve(agent_of(toolkit, *calls, limits=Limits(seconds=1e-9)), SUM).stop == "time_limit"


def _usage(count: int) -> Any:
    return {"input_tokens": count, "output_tokens": 10, "total_tokens": count + 10}


def test_the_recursion_limit_is_never_in_the_way(toolkit: Toolkit) -> None:
    calls = [call("calculate", expression=str(n)) for n in range(60)]
    trace = run(toolkit, *calls, "24", limits=Limits(steps=61))
    assert (trace.stop, len(trace.steps)) == ("answered", 61)
    for limit in (4, 5, 6, 7):
        cut = solve(agent_of(toolkit, *calls), SUM, config={"recursion_limit": limit})
        assert cut.stop == "step_limit"


def test_a_failing_model_is_an_error_with_its_cause(toolkit: Toolkit) -> None:
    trace = run(toolkit, HALF)
    assert trace.stop == "error"
    assert trace.error is not None
    assert "nothing to say at turn 2" in trace.error
    assert len(trace.steps) == 1


def test_a_hanging_model_is_cut_off_in_async(toolkit: Toolkit) -> None:
    agent = build_agent(Slow(), toolkit, Limits(seconds=0.1))
    trace = asyncio.run(asolve(agent, SUM))
    assert trace.stop == "time_limit"


def test_text_form_ends_in_the_same_canonical_messages(toolkit: Toolkit) -> None:
    said = ["I divide.\ncalculate('48/2')", 'calculate(expression="24 + 1")', 'answer("25")']
    trace = run(toolkit, *said, prompt=TEXT)
    native = run(toolkit, HALF, MORE, "25")
    assert trace.stop == "answered", trace.error
    assert trace.messages[1:] == native.messages[1:]
    assert trace.prompt != native.prompt


def test_text_form_repairs_what_it_cannot_read(toolkit: Toolkit) -> None:
    trace = run(
        toolkit, "Let me see.", "calculate(48/2)", "calculate('48/2')", "answer(25)", prompt=TEXT
    )
    assert trace.stop == "answered", trace.error
    assert [a.fault for a in trace.steps[0].attempts] == ["malformed_call"] * 2


def test_ids_are_the_key_of_a_run(toolkit: Toolkit) -> None:
    agent = agent_of(toolkit, HALF, "24")
    ids = [solve(agent, SUM, Sampling(seed=seed)).id for seed in (0, 0, 1)]
    assert ids[0] == ids[1] != ids[2]
    assert agent_identity(agent)["toolkit"] == toolkit.hash


def test_a_run_goes_on_in_another_process(toolkit: Toolkit) -> None:
    saver, config = InMemorySaver(), {"configurable": {"thread_id": "1"}}
    said = (HALF, BROKEN, MORE, "25")
    first = agent_of(toolkit, *said, checkpointer=saver)
    given: AgentInput = {"problem": SUM, "sampling": Sampling(seed=4)}
    first.invoke(given, config, interrupt_after=["repair"])  # type: ignore[call-overload]
    second = agent_of(toolkit, *said, checkpointer=saver)
    trace = resume(second, config)  # type: ignore[arg-type]
    whole = solve(agent_of(toolkit, *said), SUM, Sampling(seed=4))
    assert _timeless(trace) == _timeless(whole)


def test_an_interrupted_run_has_no_trace_yet(toolkit: Toolkit) -> None:
    agent = agent_of(toolkit, HALF, "24", checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}}
    output = agent.invoke(agent_input(SUM), config, interrupt_before=["tools"])
    with pytest.raises(CorollaryError, match="no trace yet"):
        trace_of(output)


def test_an_edited_call_is_run_in_place_of_the_proposed_one(toolkit: Toolkit) -> None:
    agent = agent_of(
        toolkit, call("calculate", expression="48/3"), "24", checkpointer=InMemorySaver()
    )
    config: Any = {"configurable": {"thread_id": "1"}}
    agent.invoke(agent_input(SUM), config, interrupt_before=["tools"])
    edit_calls(
        agent, config, [ToolCall(id="e", name="calculate", arguments={"expression": "48/2"})]
    )
    trace = resume(agent, config)
    assert trace.steps[0].observations[0].text == "24"
    assert trace.messages[2] == to_openai(call("calculate", "e", expression="48/2"))


def test_a_second_problem_on_a_thread_begins_anew(toolkit: Toolkit) -> None:
    agent = agent_of(toolkit, HALF, "24", checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}}
    first, second = (solve(agent, SUM, Sampling(seed=s), config=config) for s in (0, 1))
    again = solve(agent, SUM, Sampling(seed=1), config=config)
    assert first.messages == second.messages == again.messages
    assert second.sampling.seed == 1


def test_as_a_node_of_another_graph(toolkit: Toolkit) -> None:
    class Foreign(AgentInput, AgentOutput):
        notes: list[str]

    graph = StateGraph(Foreign)
    graph.add_node("solver", agent_of(toolkit, HALF, "24"))
    graph.add_node("note", lambda state: {"notes": [state["answer"]["value"]]})
    graph.add_edge(START, "solver")
    graph.add_edge("solver", "note")
    graph.add_edge("note", END)
    out = graph.compile().invoke({"problem": SUM, "notes": []})  # type: ignore[call-overload]
    assert out["notes"] == ["24"]
    assert Trace.model_validate(out["trace"]).stop == "answered"


def test_a_model_without_tools_is_told_of_the_text_form(toolkit: Toolkit) -> None:
    with pytest.raises(CorollaryError, match="text"):
        build_agent(Bare(), toolkit)
    trace = solve(build_agent(Bare(), toolkit, prompt=TEXT), SUM)
    assert trace.stop == "answered", trace.error


class Watched(ScriptedChatModel):
    """A scripted model that notes what it is shown."""

    seen: list[list[BaseMessage]]

    def __init__(self, messages: list[Any], seen: list[list[BaseMessage]]) -> None:
        super().__init__(messages, seen=seen)
        self.seen = seen

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        self.seen.append(list(messages))
        return super()._generate(messages, *args, **kwargs)


class Bare(BaseChatModel):
    """A chat model that cannot be given tools."""

    @property
    def _llm_type(self) -> str:
        return "bare"

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage('answer("25")'))])


class Slow(Bare):
    """A chat model that does not answer in time."""

    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        return self

    async def _agenerate(self, messages: Any, *args: Any, **kwargs: Any) -> ChatResult:
        await asyncio.sleep(30)
        return self._generate(messages)
