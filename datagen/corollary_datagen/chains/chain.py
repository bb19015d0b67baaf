"""Chains: what a model did in a trace, cut into moves that can be compared with another chain's.

A chain is the trace's messages after the prompt, with call ids numbered in order, so that two
chains which did the same are the same. A move is one assistant message with what it got back. The
slot of a move is its place at the reading desk (statement 3, option B, the first `prove`), by which
moves of different chains on one problem are set side by side. Does not judge meanings.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corollary_agent.trace import Message, Trace

Slot = tuple[str, str]
Call = tuple[str, dict[str, Any]]

_LABELS = {"premise": "n", "option": "letter"}
_COUNTED = frozenset({"declare", "prove", "find", "choose"})


@dataclass(frozen=True, slots=True)
class Move:
    """One assistant message. results: the tool texts that followed it. failed: a call did not run.

    index counts the chain's moves from 0 and is also the step's; position counts its messages.
    """

    index: int
    position: int
    message: Message
    calls: tuple[Call, ...]
    results: tuple[str, ...]
    failed: bool
    slot: Slot | None


@dataclass(frozen=True, slots=True)
class Chain:
    """The messages of a trace after its prompt, and its moves.

    histories: a hash before each move, and one of the whole. Two moves with the same hash have the
    same history, results included.
    """

    trace: Trace
    messages: tuple[Message, ...]
    moves: tuple[Move, ...]
    histories: tuple[str, ...]

    @property
    def slots(self) -> dict[Slot, Move]:
        """The moves by slot; a slot that was visited twice is left out."""
        visits = Counter(move.slot for move in self.moves)
        return {move.slot: move for move in self.moves if move.slot and visits[move.slot] == 1}


def build_chain(trace: Trace) -> Chain:
    """Cut a trace into its moves."""
    messages = renumbered(without_prompt(trace.messages))
    moves = tuple(_moves(trace, messages))
    hashes = _histories(messages)
    ends = [*(move.position for move in moves), len(messages)]
    return Chain(trace, messages, moves, tuple(hashes[end] for end in ends))


def without_prompt(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The messages from the first assistant message on."""
    roles = [message["role"] for message in messages]
    return messages[roles.index("assistant") :] if "assistant" in roles else ()


def message_calls(message: Message) -> tuple[Call, ...]:
    """The calls of an assistant message as (tool, arguments)."""
    calls: Any = message.get("tool_calls") or []
    return tuple((call["function"]["name"], call["function"]["arguments"]) for call in calls)


def _moves(trace: Trace, messages: tuple[Message, ...]) -> Iterator[Move]:
    seen: Counter[str] = Counter()
    starts = [i for i, message in enumerate(messages) if message["role"] == "assistant"]
    ends = [*starts, len(messages)][1:]
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        calls = message_calls(messages[start])
        results = tuple(str(message.get("content")) for message in messages[start + 1 : end])
        slot = _slot(calls, seen)
        yield Move(index, start, messages[start], calls, results, _failed(trace, index), slot)


def _failed(trace: Trace, index: int) -> bool:
    return index < len(trace.steps) and any(o.fault for o in trace.steps[index].observations)


def _slot(calls: tuple[Call, ...], seen: Counter[str]) -> Slot | None:
    if len(calls) != 1:
        return None
    name, arguments = calls[0]
    if name in _LABELS:
        return name, str(arguments.get(_LABELS[name])).upper()
    seen[name] += 1
    return (name, str(seen[name])) if name in _COUNTED else None


def renumbered(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The messages with call ids numbered in order, so that what did the same is the same."""
    names: dict[object, str] = {}
    return tuple(_named(message, names) for message in messages)


def _named(message: Message, names: dict[object, str]) -> Message:
    if message["role"] == "tool":
        return {**message, "tool_call_id": names.get(message.get("tool_call_id"), "call_0")}
    calls: Any = message.get("tool_calls")
    if not calls:
        return message
    fresh: list[Any] = []
    for call in calls:
        number = f"call_{len(names) + 1}"
        names[call.get("id") or number] = number
        fresh.append({**call, "id": number})
    return {**message, "tool_calls": fresh}


def _histories(messages: tuple[Message, ...]) -> list[str]:
    running = hashlib.sha256()
    hashes = [running.hexdigest()]
    for message in messages:
        running.update(json.dumps(message, sort_keys=True).encode())
        hashes.append(running.hexdigest())
    return hashes
