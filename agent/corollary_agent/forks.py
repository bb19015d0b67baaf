"""Forks: other decisions of the model from states that a graph went through, each run to its end.

For any compiled LangGraph graph with a checkpointer: ours, `create_agent`, your own. Guarantees
that the alternatives of one fork have the identical history, what the model was shown included, and
are one message apart; that the thread is only read; and that it counts as the first alternative.
Tools and nodes run again, with whatever they do to the world outside. Does not judge an ending.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import RunnableConfig

from corollary_agent.fork_runs import ForkSettings, Ran, Runner
from corollary_agent.fork_threads import (
    Decision,
    Graph,
    Values,
    after_message,
    checkpoint_of,
    conversation,
    copies_of,
    find_decisions,
    find_path,
    require_saver,
    thread_of,
)
from corollary_agent.heard import Schema, Turn, tool_schemas
from corollary_agent.messages import to_openai
from corollary_agent.trace import Message
from corollary_tools.errors import CorollaryError

__all__ = ["Alternative", "Ending", "Fork", "ForkSettings", "afork_graph", "fork_graph"]

Skip = Callable[[str], None]

_SETTINGS = ForkSettings()


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run went on after a decision. messages: what followed it. state: the final values.

    fault: why the run did not end by itself, and then state is None; else empty.
    """

    messages: tuple[Message, ...]
    state: Values | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One thing that the model decided, how often it did, and the endings that came of it."""

    decision: Message
    endings: tuple[Ending, ...]
    drawn: int = 1


@dataclass(frozen=True, slots=True)
class Fork:
    """One state and what the model decided there. alternatives: distinct, the thread's own first.

    history: the messages that the model was shown, system prompt included; where the graph calls no
    LangChain chat model, those in its state. tools: the schemas that were bound to it.
    """

    thread: str
    checkpoint: str
    history: tuple[Message, ...]
    tools: tuple[Schema, ...]
    alternatives: tuple[Alternative, ...]


def fork_graph(
    graph: Graph,
    config: RunnableConfig,
    settings: ForkSettings = _SETTINGS,
    *,
    tools: Sequence[Any] = (),
    context: Any = None,
    on_skip: Skip = lambda reason: None,
) -> list[Fork]:
    """Fork every decision on the thread that `config` names, up to its checkpoint where it has one.

    tools: what the model may call, where no tools bound to it are seen. context: the graph's
    runtime context. on_skip: told why a state, or a run from it, was left out. Raises
    CorollaryError for a graph without checkpointer and a thread without decisions. A checkpointer
    that is async only needs `afork_graph`.
    """
    saver = require_saver(graph)
    path = find_path(graph.get_state_history(thread_of(config)), checkpoint_of(config))
    kept = [(d, saver.get_tuple(d.before.config)) for d in find_decisions(path)]
    forking = _Forking(graph, config, settings, tool_schemas(tools), context, on_skip)
    return _run(forking.fork_all(kept))


async def afork_graph(
    graph: Graph,
    config: RunnableConfig,
    settings: ForkSettings = _SETTINGS,
    *,
    tools: Sequence[Any] = (),
    context: Any = None,
    on_skip: Skip = lambda reason: None,
) -> list[Fork]:
    """Do what `fork_graph` does, in the running event loop."""
    saver = require_saver(graph)
    history = [snapshot async for snapshot in graph.aget_state_history(thread_of(config))]
    path = find_path(history, checkpoint_of(config))
    kept = [(d, await saver.aget_tuple(d.before.config)) for d in find_decisions(path)]
    forking = _Forking(graph, config, settings, tool_schemas(tools), context, on_skip)
    return await forking.fork_all(kept)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One decision made anew: what the model was shown (if that was heard), and how it ended."""

    decision: Decision
    turn: Turn | None
    endings: tuple[Ending, ...]


@dataclass(frozen=True, slots=True)
class _Forking:
    """What all forks of one thread share."""

    graph: Graph
    config: RunnableConfig
    settings: ForkSettings
    tools: tuple[Schema, ...]
    context: Any
    skip: Skip

    async def fork_all(self, kept: Sequence[tuple[Decision, Any]]) -> list[Fork]:
        if not kept:
            raise CorollaryError(
                "there is nothing to fork on this thread",
                because="no state was kept from which a model spoke",
                remedy=(
                    "run the graph on this thread_id with its checkpointer first, and not with"
                    ' durability="exit", which keeps the end alone'
                ),
            )
        runner = Runner(copies_of(self.graph, self.config), self.settings, self.context)
        whole = [(decision, found) for decision, found in kept if self._is_one(decision)]
        made = await asyncio.gather(*(self._fork(runner, d, found) for d, found in whole))
        return [fork for fork in made if fork]

    def _is_one(self, decision: Decision) -> bool:
        if len(decision.said) > 1:
            where = ", ".join(decision.before.next)
            self.skip(f"{where}: several messages of models in one superstep; fork the graph in it")
        return len(decision.said) == 1

    async def _fork(self, runner: Runner, own: Decision, kept: Any) -> Fork | None:
        runs = (self._draw(runner, kept) for _ in range(self.settings.alternatives))
        drawn = [one for one in await asyncio.gather(*runs) if one]
        shown = next((one.turn for one in drawn if one.turn), None)
        same = [one for one in drawn if one.turn == shown]
        for _ in drawn[len(same) :]:
            self.skip("the model was shown another history than at the first alternative")
        before = tuple(to_openai(message) for message in conversation(own.before.values))
        own_ending = [_ending(own, "the thread did not end")] if own.is_undisturbed else []
        return Fork(
            thread=str(own.before.config["configurable"]["thread_id"]),
            checkpoint=checkpoint_of(own.before.config),
            history=shown.messages if shown else before,
            tools=(shown.tools if shown else ()) or self.tools,
            alternatives=_distinct([_Drawn(own, None, tuple(own_ending)), *same]),
        )

    async def _draw(self, runner: Runner, kept: Any) -> _Drawn | None:
        """Make one decision anew and run on from it, as often as it is asked for."""
        ran = await runner.run(kept)
        decision = next(find_decisions(ran.path), None)
        if decision is None or not self._is_one(decision):
            self.skip(ran.fault or "the graph went on without a message of the model")
            return None
        ending, after = _ending(decision, ran.fault), ran.kept(decision.rest[0])
        more = self.settings.endings - 1 if decision.rest[0].next and after else 0
        again = await asyncio.gather(*(runner.run(after) for _ in range(more) if after))
        others = (_ending(_gone_on(decision, run), run.fault) for run in again)
        turn = ran.heard.turns.get(str(decision.said[0].id))
        return _Drawn(decision, turn, (ending, *others))


def _gone_on(decision: Decision, run: Ran) -> Decision:
    return Decision(decision.before, tuple(run.path), decision.said)


def _ending(decision: Decision, fault: str) -> Ending:
    """How the run of a decision ended. fault: what to say where it has not."""
    last = decision.rest[-1]
    messages = after_message(last.values, decision.said[0])
    if last.next:
        return Ending(messages, None, fault)
    return Ending(messages, dict(last.values))


def _distinct(drawn: Iterable[_Drawn]) -> tuple[Alternative, ...]:
    """The decisions without repetitions; what was decided twice has the endings of both."""
    found: dict[str, Alternative] = {}
    for one in drawn:
        message = to_openai(one.decision.said[0])
        key = json.dumps(_without_ids(message), sort_keys=True)
        known = found.get(key, Alternative(message, (), 0))
        found[key] = Alternative(known.decision, known.endings + one.endings, known.drawn + 1)
    return tuple(found.values())


def _without_ids(message: Message) -> Message:
    calls: Any = message.get("tool_calls") or []
    return {**message, "tool_calls": [{**call, "id": ""} for call in calls]}


def _run(work: Coroutine[Any, Any, list[Fork]]) -> list[Fork]:
    """Run to the end, in a thread of its own where a loop is running here."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1, thread_name_prefix="forks") as pool:
        return pool.submit(asyncio.run, work).result()
