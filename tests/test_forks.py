"""Forks of graphs of every kind: create_agent, ToolNode, by hand, ours; and pairs made of them."""

from __future__ import annotations

import asyncio
import operator
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest
from langchain.agents import create_agent
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.tools import tool
from langgraph.cache.memory import InMemoryCache
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.runtime import Runtime
from langgraph.types import CachePolicy, interrupt

from corollary_agent.budget import BudgetReached
from corollary_agent.forks import Fork, ForkSettings, afork_graph, fork_graph
from corollary_agent.graph import build_agent
from corollary_agent.models.load import load_model
from corollary_agent.problem_text import read_problem
from corollary_agent.solve import agent_input
from corollary_agent.trace import Trace
from corollary_datagen.grading.judging import grade
from corollary_datagen.pairs.fork_pairs import fork_pairs
from corollary_tools.answer import Answer
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit

Say = Callable[[list[BaseMessage], int], AIMessage]
THREAD: Any = {"configurable": {"thread_id": "mine"}}
QUESTION: Any = {"messages": [("user", "3 boxes of 4 eggs. How many eggs?")]}


class Speaker(BaseChatModel):
    """Says what a function of the messages and of how often it was asked says."""

    say: Any
    asked: Any

    def __init__(self, say: Say) -> None:
        options: dict[str, Any] = {"say": say, "asked": count()}
        super().__init__(**options)

    @property
    def _llm_type(self) -> str:
        return "speaker"

    def bind_tools(self, tools: Sequence[Any], **options: Any) -> Runnable[Any, Any]:
        return self.bind(tools=list(tools))

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        said = self.say(messages, next(self.asked))
        return ChatResult(generations=[ChatGeneration(message=said)])


@tool
def multiply(a: int, b: int) -> int:
    """Multiply two numbers."""
    return a * b


def calls(*arguments: tuple[int, int]) -> AIMessage:
    made = [
        {"name": "multiply", "args": {"a": a, "b": b}, "id": f"c{i}", "type": "tool_call"}
        for i, (a, b) in enumerate(arguments)
    ]
    return AIMessage("", tool_calls=made)


def hasty(messages: list[BaseMessage], number: int) -> AIMessage:
    """Reads a 5 for the 4, unless it is asked for the third time."""
    if messages[-1].type == "tool":
        return AIMessage(str(messages[-1].content))
    return calls((3, 5 if number % 3 else 4))


def judge(state: dict[str, Any]) -> bool | None:
    return bool(state["messages"][-1].content == "12")


def ran(graph: Any) -> Any:
    graph.invoke(QUESTION, THREAD)
    return graph


def by_hand(say: Say, checkpointer: Any = None, **options: Any) -> Any:
    """A graph written by hand with LangGraph's own tool node."""
    model = Speaker(say).bind_tools([multiply])
    graph = StateGraph(MessagesState)
    graph.add_node("think", lambda state: {"messages": [model.invoke(state["messages"])]})
    graph.add_node("tools", ToolNode([multiply]))
    graph.add_edge(START, "think")
    graph.add_conditional_edges("think", tools_condition)
    graph.add_edge("tools", "think")
    return graph.compile(checkpointer=checkpointer or InMemorySaver(), **options)


def test_create_agent_gives_pairs_one_decision_apart() -> None:
    saver = InMemorySaver()
    graph = ran(
        create_agent(Speaker(hasty), [multiply], system_prompt="Count.", checkpointer=saver)
    )
    before = list(graph.get_state_history(THREAD))
    forks = fork_graph(graph, THREAD, ForkSettings(concurrency=1))
    assert [fork.history[0]["role"] for fork in forks] == ["system", "system"]
    assert forks[0].tools[0]["function"]["name"] == "multiply"
    assert list(forks[0].tools[0]["function"]["parameters"])[:2] == ["type", "properties"]
    assert list(graph.get_state_history(THREAD)) == before, "the thread is only read"
    (pair,) = fork_pairs(forks, judge, problem_id="eggs", family="boxes")
    assert [m["role"] for m in pair.prompt] == ["system", "user"]
    assert _arguments(pair.chosen) == {"a": 3, "b": 4}
    assert _arguments(pair.rejected) == {"a": 3, "b": 5}
    assert (pair.margin, pair.origin, pair.kind) == (1.0, "fork", "step")


def _arguments(messages: Sequence[Any]) -> Any:
    return messages[0]["tool_calls"][0]["function"]["arguments"]


def test_decisions_are_distinct_and_the_thread_is_the_first() -> None:
    (first, last) = fork_graph(ran(by_hand(hasty)), THREAD, ForkSettings(concurrency=1))
    assert _arguments([first.alternatives[0].decision]) == {"a": 3, "b": 4}
    assert sum(a.drawn for a in first.alternatives) == 5
    assert len(first.alternatives) == 2
    assert [m["role"] for m in first.alternatives[0].endings[0].messages] == ["tool", "assistant"]
    assert len(last.alternatives) == 1
    assert last.alternatives[0].drawn == 5


def test_each_decision_can_be_run_to_its_end_more_often() -> None:
    settings = ForkSettings(alternatives=1, endings=3)
    first, last = fork_graph(ran(by_hand(hasty)), THREAD, settings)
    assert len(first.alternatives[1].endings) == 3
    assert len(last.alternatives[0].endings) == 2, "an answer has one ending each time it is given"


def test_the_cache_of_a_graph_does_not_answer_for_the_model() -> None:
    graph = StateGraph(MessagesState)
    model = Speaker(lambda messages, number: AIMessage(str(number)))
    graph.add_node(
        "say", lambda s: {"messages": [model.invoke(s["messages"])]}, cache_policy=CachePolicy()
    )
    graph.add_edge(START, "say")
    forked = ran(graph.compile(checkpointer=InMemorySaver(), cache=InMemoryCache()))
    (fork,) = fork_graph(forked, THREAD, ForkSettings(alternatives=3))
    assert len(fork.alternatives) == 4


def test_parallel_calls_are_one_decision() -> None:
    def say(messages: list[BaseMessage], number: int) -> AIMessage:
        if messages[-1].type == "tool":
            return AIMessage("+".join(str(m.content) for m in messages[-2:]))
        return calls((3, 4), (number, 4))

    first, _ = fork_graph(ran(by_hand(say)), THREAD, ForkSettings(alternatives=2))
    roles = [m["role"] for m in first.alternatives[1].endings[0].messages]
    assert roles == ["tool", "tool", "assistant"]
    assert len(first.alternatives[1].decision["tool_calls"]) == 2  # type: ignore[arg-type]


def test_calls_that_are_sent_to_nodes_of_their_own_run_from_a_copy_too() -> None:
    def say(messages: list[BaseMessage], number: int) -> AIMessage:
        if messages[-1].type == "tool":
            return AIMessage("+".join(str(m.content) for m in messages[-2:]))
        return calls((3, 4), (number, 4))

    saver = InMemorySaver()
    graph = ran(create_agent(Speaker(say), [multiply], checkpointer=saver))
    first, _ = fork_graph(graph, THREAD, ForkSettings(alternatives=1, endings=2))
    endings = first.alternatives[1].endings
    assert [e.fault for e in endings] == ["", ""]
    assert endings[0].messages[-1]["content"] == endings[1].messages[-1]["content"]


def test_a_graph_without_checkpointer_is_refused_with_the_remedy() -> None:
    graph = create_agent(Speaker(hasty), [multiply])
    with pytest.raises(CorollaryError, match="no checkpointer") as caught:
        fork_graph(graph, THREAD)
    assert "compile(checkpointer=" in str(caught.value)


def test_an_empty_thread_is_refused() -> None:
    with pytest.raises(CorollaryError, match="nothing to fork"):
        fork_graph(by_hand(hasty), THREAD)


def test_a_config_without_a_thread_and_a_thread_that_kept_only_its_end() -> None:
    with pytest.raises(CorollaryError, match="names no thread"):
        fork_graph(by_hand(hasty), {})
    graph = by_hand(hasty)
    graph.invoke(QUESTION, THREAD, durability="exit")
    with pytest.raises(CorollaryError, match="nothing to fork") as caught:
        fork_graph(graph, THREAD)
    assert "durability" in str(caught.value)


class _Context(TypedDict):
    factor: int


def test_what_the_caller_configured_goes_with_every_run() -> None:
    def say(state: MessagesState, config: RunnableConfig, runtime: Any) -> dict[str, Any]:
        told = config["configurable"]["user"], runtime.context["factor"]
        return {"messages": [model.invoke([("user", str(told))])]}

    def node(state: MessagesState, config: RunnableConfig, runtime: Runtime[_Context]) -> Any:
        return say(state, config, runtime)

    model = Speaker(lambda messages, number: AIMessage(f"{messages[-1].content} {number}"))
    built = StateGraph(MessagesState, context_schema=_Context)
    built.add_node("say", node)
    built.add_edge(START, "say")
    graph = built.compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "t", "user": "ann"}}
    graph.invoke(QUESTION, config, context={"factor": 3})
    (fork,) = fork_graph(graph, config, ForkSettings(alternatives=1), context={"factor": 3})
    assert fork.alternatives[1].decision["content"] == "('ann', 3) 1"


def test_a_loop_that_is_running_does_not_matter() -> None:
    async def forked() -> list[Fork]:
        return fork_graph(ran(by_hand(hasty)), THREAD, ForkSettings(alternatives=1))

    assert len(asyncio.run(forked())) == 2


def asking(say: Say = hasty) -> Any:
    """A graph that asks a person before its tools run."""
    model = Speaker(say)
    graph = StateGraph(MessagesState)

    def approve(state: MessagesState) -> dict[str, Any]:
        return {} if interrupt("run it?") == "yes" else {"messages": [AIMessage("refused")]}

    graph.add_node("think", lambda s: {"messages": [model.invoke(s["messages"])]})
    graph.add_node("approve", approve)
    graph.add_node("tools", ToolNode([multiply]))
    graph.add_edge(START, "think")
    graph.add_conditional_edges("think", tools_condition, {"tools": "approve", END: END})
    graph.add_edge("approve", "tools")
    graph.add_edge("tools", "think")
    return graph.compile(checkpointer=InMemorySaver())


def test_an_interrupt_that_nobody_answers_ends_undecided() -> None:
    graph = ran(asking())
    (fork,) = fork_graph(graph, THREAD, ForkSettings(alternatives=2))
    endings = [ending for one in fork.alternatives for ending in one.endings]
    assert {ending.state for ending in endings} == {None}
    assert [e.fault for e in endings] == [
        "the thread did not end",
        *["interrupted before approve"] * 2,
    ]
    reasons: list[str] = []
    made = fork_pairs([fork], judge, problem_id="e", family="b", on_skip=reasons.append)
    assert list(made) == []
    assert reasons == ["fewer than two decisions with endings that could be judged"]


def test_an_interrupt_is_answered_where_somebody_says_how() -> None:
    asked: list[Any] = []

    def answer(pause: Any) -> str:
        asked.append(pause.value)
        return "yes"

    (fork,) = fork_graph(
        ran(asking()), THREAD, ForkSettings(alternatives=4, answer=answer, concurrency=1)
    )
    assert asked == ["run it?"] * 4
    assert {judge(e.state) for a in fork.alternatives for e in a.endings if e.state} == {
        True,
        False,
    }


def test_breakpoints_are_passed_where_interrupts_are_answered() -> None:
    graph = ran(by_hand(hasty, interrupt_before=["tools"]))
    settings = ForkSettings(alternatives=1, answer=lambda pause: None)
    (fork,) = fork_graph(graph, THREAD, settings)
    assert fork.alternatives[1].endings[0].fault == ""
    (stopped,) = fork_graph(graph, THREAD, ForkSettings(alternatives=1))
    assert stopped.alternatives[-1].endings[-1].fault == "interrupted before tools"


def test_nodes_that_are_async_only_run_from_sync_code() -> None:
    model = Speaker(lambda messages, number: AIMessage(str(number)))

    async def say(state: MessagesState) -> dict[str, Any]:
        return {"messages": [await model.ainvoke(state["messages"])]}

    built = StateGraph(MessagesState)
    built.add_node("say", say)
    built.add_edge(START, "say")
    graph = built.compile(checkpointer=InMemorySaver())
    asyncio.run(graph.ainvoke(QUESTION, THREAD))
    (fork,) = fork_graph(graph, THREAD)
    assert len(fork.alternatives) == 5


def test_checkpointers_that_are_only_sync_and_only_async(tmp_path: Path) -> None:
    with SqliteSaver.from_conn_string(str(tmp_path / "a.sqlite")) as saver:
        assert len(fork_graph(ran(by_hand(hasty, saver)), THREAD)) == 2

    async def forked() -> list[Fork]:
        async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "b.sqlite")) as other:
            graph = by_hand(hasty, other)
            await graph.ainvoke(QUESTION, THREAD)
            return await afork_graph(graph, THREAD)

    assert len(asyncio.run(forked())) == 2


def test_a_failing_run_is_a_fault_and_a_spent_budget_ends_all() -> None:
    def fails(messages: list[BaseMessage], number: int) -> AIMessage:
        if messages[-1].type == "tool" and number > 1:
            raise RuntimeError("the server is gone")
        return hasty(messages, number)

    first, *_ = fork_graph(ran(by_hand(fails)), THREAD, ForkSettings(alternatives=1))
    assert first.alternatives[1].endings[0].fault == "RuntimeError: the server is gone"

    def spends(messages: list[BaseMessage], number: int) -> AIMessage:
        if number > 1:
            raise BudgetReached("$1 is spent", because="it was", remedy="more", exit_code=3)
        return hasty(messages, number)

    graph = ran(by_hand(spends))
    with pytest.raises(BudgetReached):
        fork_graph(graph, THREAD)


def test_several_messages_in_one_superstep_are_left_out_and_said() -> None:
    outer = StateGraph(MessagesState)
    outer.add_node("agent", create_agent(Speaker(hasty), [multiply]))
    outer.add_edge(START, "agent")
    reasons: list[str] = []
    graph = ran(outer.compile(checkpointer=InMemorySaver()))
    assert fork_graph(graph, THREAD, on_skip=reasons.append) == []
    assert "fork the graph in it" in reasons[0]


class _Odd(TypedDict):
    lines: Annotated[list[str], operator.add]
    last: Any


def test_a_state_without_a_list_of_messages() -> None:
    model = Speaker(lambda messages, number: AIMessage(str(number)))

    def say(state: _Odd) -> dict[str, Any]:
        said = model.invoke("\n".join(state["lines"]))
        return {"last": said, "lines": [str(said.content)]}

    built = StateGraph(_Odd)
    built.add_node("say", say)
    built.add_edge(START, "say")
    graph = built.compile(checkpointer=InMemorySaver())
    graph.invoke({"lines": ["How many?"], "last": None}, THREAD)
    (fork,) = fork_graph(graph, THREAD, ForkSettings(alternatives=2))
    assert fork.history == ({"role": "user", "content": "How many?"},)
    assert [a.decision["content"] for a in fork.alternatives] == ["0", "1", "2"]


def test_a_state_changed_by_hand_is_no_decision_and_spoils_the_thread_as_an_ending() -> None:
    graph = ran(by_hand(hasty, interrupt_before=["tools"]))
    said = graph.get_state(THREAD).values["messages"][-1]
    graph.update_state(
        THREAD, {"messages": [AIMessage("", id=said.id, tool_calls=calls((2, 6)).tool_calls)]}
    )
    graph.invoke(None, THREAD)
    first, _ = fork_graph(graph, THREAD, ForkSettings(alternatives=1, answer=lambda pause: None))
    assert _arguments([first.alternatives[0].decision]) == {"a": 3, "b": 4}
    assert first.alternatives[0].endings == ()


def test_a_named_checkpoint_is_where_the_thread_ends() -> None:
    graph = ran(by_hand(hasty))
    early = next(s for s in graph.get_state_history(THREAD) if s.next == ("tools",))
    assert len(fork_graph(graph, early.config)) == 1


def test_a_second_question_on_the_thread_ends_the_first_where_it_ended() -> None:
    graph = ran(ran(by_hand(hasty)))
    forks = fork_graph(graph, THREAD, ForkSettings(alternatives=1))
    assert len(forks) == 4
    own = forks[0].alternatives[0].endings[0]
    assert [m["role"] for m in own.messages] == ["tool", "assistant"]
    assert len(forks[2].history) == 5


@pytest.fixture(scope="module")
def theory_forks(toolkit: Toolkit) -> tuple[list[Fork], Any]:
    problem = read_problem(
        "Bob is kind. Bob is young. If someone is kind and young then they are nice. "
        "Is the following statement true, false, or unknown? Bob is nice."
    )
    problem = problem.model_copy(update={"answer": Answer(kind="truth", value="True")})
    agent = build_agent(load_model("expert:0.4"), toolkit, checkpointer=InMemorySaver())
    agent.invoke(agent_input(problem), THREAD)
    return fork_graph(agent, THREAD, ForkSettings(alternatives=1)), problem


def test_our_own_agent_is_a_graph_like_any_other(
    theory_forks: tuple[list[Fork], Any], toolkit: Toolkit
) -> None:
    forks, problem = theory_forks
    assert len(forks) >= 2
    ending = forks[0].alternatives[0].endings[0]
    assert ending.state
    verdict = grade(problem, Trace.model_validate(ending.state["trace"]), toolkit.workers)
    assert verdict.judgement in ("CORRECT", "INCORRECT", "UNDECIDED")
    assert forks[1].history[-1]["role"] == "tool"


def test_a_bound_outside_its_range() -> None:
    with pytest.raises(ValueError, match="above 0"):
        list(fork_pairs([], judge, problem_id="e", family="b", difference=0))
