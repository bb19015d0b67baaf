"""A thread's path through a graph, the model's decisions on it, and copies to go on from.

The path runs from the first checkpoint to the one that a config names, by parents, so that other
branches of the thread do not count. Guarantees that the thread itself is only read: what runs, runs
on a copy of one checkpoint in memory, without the graph's cache. Does not run anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import uuid4

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import StateSnapshot

from corollary_agent.messages import to_openai
from corollary_agent.trace import Message
from corollary_tools.errors import CorollaryError

Graph = CompiledStateGraph[Any, Any, Any, Any]
Values = dict[str, Any]

_OURS = ("thread_id", "checkpoint_id", "checkpoint_ns", "checkpoint_map")


@dataclass(frozen=True, slots=True)
class Decision:
    """A superstep in which the model said something new. said: its messages, one for a decision.

    rest: the snapshots after it, up to the one where the graph had ended or the path does.
    """

    before: StateSnapshot
    rest: tuple[StateSnapshot, ...]
    said: tuple[AIMessage, ...]

    @property
    def is_undisturbed(self) -> bool:
        """Whether nobody changed the state by hand after it."""
        return all((s.metadata or {}).get("source") == "loop" for s in self.rest)


def find_path(history: Iterable[StateSnapshot], newest: str = "") -> list[StateSnapshot]:
    """The snapshots of `history` (newest first) from the first to `newest`, by their parents."""
    path: list[StateSnapshot] = []
    wanted = newest
    for snapshot in history:
        if not wanted or checkpoint_of(snapshot.config) == wanted:
            path.append(snapshot)
            wanted = checkpoint_of(snapshot.parent_config)
            if not wanted:
                break
    return path[::-1]


def find_decisions(path: Sequence[StateSnapshot]) -> Iterator[Decision]:
    """The supersteps of a path in which messages of a model appear anywhere in the state."""
    known: set[str] = set()
    for place, (before, after) in enumerate(pairwise(path), start=1):
        known |= set(_said(before.values))
        if before.next == ("__start__",) or (after.metadata or {}).get("source") != "loop":
            continue  # What the caller put in, earlier messages of a model too.
        new = {key: message for key, message in _said(after.values).items() if key not in known}
        if new:
            yield Decision(before, tuple(_up_to_end(path[place:])), tuple(new.values()))


def _up_to_end(path: Sequence[StateSnapshot]) -> Iterator[StateSnapshot]:
    for snapshot in path:
        yield snapshot
        if not snapshot.next:
            return


def checkpoint_of(config: RunnableConfig | None) -> str:
    """The checkpoint that a config names, or nothing."""
    return str(((config or {}).get("configurable") or {}).get("checkpoint_id", ""))


def thread_of(config: RunnableConfig) -> RunnableConfig:
    """The thread of a config, without the checkpoint that it may name.

    Raises CorollaryError where it names no thread.
    """
    given = config.get("configurable") or {}
    if "thread_id" not in given:
        raise CorollaryError(
            "this config names no thread",
            because="a graph keeps its states by thread, and the forks begin at one's states",
            remedy='the config that the graph ran with: {"configurable": {"thread_id": "1"}}',
        )
    kept = {key: value for key, value in given.items() if key != "checkpoint_id"}
    return {**config, "configurable": kept}


def conversation(values: Values) -> tuple[BaseMessage, ...]:
    """The longest list of messages in a state; `messages` where there is a tie."""
    longest = _messages(values.get("messages"))
    for found in map(_messages, values.values()):
        longest = found if len(found) > len(longest) else longest
    return tuple(longest)


def after_message(values: Values, said: AIMessage) -> tuple[Message, ...]:
    """The conversation after one message of the model, in OpenAI form."""
    messages = conversation(values)
    found = [i for i, message in enumerate(messages) if _same(message, said)]
    return tuple(to_openai(m) for m in messages[found[0] + 1 :]) if found else ()


def require_saver(graph: Graph) -> BaseCheckpointSaver[Any]:
    """The graph's checkpointer. Raises CorollaryError where it keeps no checkpoints."""
    saver = getattr(graph, "checkpointer", None)
    if isinstance(saver, BaseCheckpointSaver):
        return saver
    raise CorollaryError(
        "this graph cannot be forked",
        because="it has no checkpointer, so nothing is kept of the states it went through",
        remedy="compile(checkpointer=InMemorySaver()), run it on a thread, then fork that thread",
    )


@dataclass(frozen=True, slots=True)
class Copies:
    """Makes threads that begin at a checkpoint. graph: the caller's, with a memory of its own."""

    graph: Graph
    saver: InMemorySaver
    config: RunnableConfig

    def begin(self, kept: CheckpointTuple) -> RunnableConfig:
        """A new thread that holds one checkpoint; the config goes on from it."""
        place = self._thread(uuid4().hex)
        versions = kept.checkpoint["channel_versions"]
        put = self.saver.put(place, kept.checkpoint, kept.metadata, versions)
        return {**place, "configurable": {**place["configurable"], **put["configurable"]}}

    def newest(self, config: RunnableConfig) -> RunnableConfig:
        """The config of the newest checkpoint on the same thread."""
        return self._thread(config["configurable"]["thread_id"])

    def _thread(self, name: str) -> RunnableConfig:
        given = self.config.get("configurable") or {}
        others = {key: value for key, value in given.items() if key not in _OURS}
        configurable = {**others, "thread_id": name, "checkpoint_ns": ""}
        return {**self.config, "configurable": configurable}


def copies_of(graph: Graph, config: RunnableConfig) -> Copies:
    """Prepare copies of a graph's threads; whatever else `config` holds goes with them."""
    saver = InMemorySaver(serde=require_saver(graph).serde)
    return Copies(graph.copy({"checkpointer": saver, "cache": None}), saver, config)


def _messages(value: Any) -> list[BaseMessage]:
    is_list = isinstance(value, list | tuple) and all(isinstance(m, BaseMessage) for m in value)
    return list(value) if is_list else []


def _said(values: Any) -> dict[str, AIMessage]:
    """The messages of models anywhere in a state, by what they are known by."""
    parts = values.values() if isinstance(values, dict) else [values]
    found = [m for part in parts for m in ([part, *_messages(part)])]
    said = [m for m in found if isinstance(m, AIMessage) and not isinstance(m, AIMessageChunk)]
    return {_key(message): message for message in said}


def _key(message: BaseMessage) -> str:
    return message.id or message.model_dump_json()


def _same(left: BaseMessage, right: BaseMessage) -> bool:
    return isinstance(left, AIMessage) and _key(left) == _key(right)
