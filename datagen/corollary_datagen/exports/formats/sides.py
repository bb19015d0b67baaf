"""Sides: what the messages of a row hold, as the formats ask it.

Guarantees that a reason reads the same wherever it holds. Changes no message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from corollary_agent.trace import Message
from corollary_datagen.exports.formats.format import Source
from corollary_datagen.pair import PreferencePair

Messages = Sequence[Message]

MEDIA = re.compile(r"<(?:image|video|audio)>")
SEVERAL = "a side has several messages, and one assistant message a side is taken"
EMPTY = "a message of the model is empty"
EQUAL = "both sides read the same"
PARTS = "a message's content is not a text"
MORE = "a message has a field besides role, content and calls, which would be dropped"
ARGUMENTS = "the arguments of a call are not an object"
UNANSWERED = "tool calls and tool results do not match"
BOTH = "a message has words beside its calls, and one of the two would be dropped"


_FIELDS = frozenset({"role", "content", "tool_calls", "tool_call_id", "name"})


def unsaid(source: Source) -> str | None:
    """Why no format but the messages as they are could say this; None where one could."""
    messages = [message for history in histories(source) for message in history]
    if any(not isinstance(message.get("content") or "", str) for message in messages):
        return PARTS
    if any(message[name] for message in messages for name in message.keys() - _FIELDS):
        return MORE
    calls = (call for message in messages for call in calls_of(message))
    if any(not isinstance(call["function"].get("arguments"), dict) for call in calls):
        return ARGUMENTS
    return None


def sides_of(source: Source) -> tuple[Messages, ...]:
    """The continuations: chosen and rejected, or the one completion."""
    if isinstance(source, PreferencePair):
        return source.chosen, source.rejected
    return (source.completion,)


def histories(source: Source) -> Iterator[Messages]:
    """Every whole history: the prompt with each of its continuations."""
    for side in sides_of(source):
        yield (*source.prompt, *side)


def calls_of(message: Message) -> list[dict[str, Any]]:
    """The tool calls of a message, as they stand in it."""
    calls: Any = message.get("tool_calls") or []
    return list(calls)


def content_of(message: Message) -> str:
    """The words of a message; none are the empty text."""
    return str(message.get("content") or "")


def call_text(call: dict[str, Any]) -> str:
    """A call as the JSON object of its name and arguments."""
    function = call["function"]
    plain = {"name": function["name"], "arguments": function["arguments"]}
    return json.dumps(plain, ensure_ascii=False)


def has_several(source: Source) -> bool:
    """Whether a side is more, or other, than one assistant message."""
    return any(len(side) != 1 or side[0]["role"] != "assistant" for side in sides_of(source))


def is_empty(source: Source) -> bool:
    """Whether an assistant message has neither words nor calls, or a side no message."""
    if not all(sides_of(source)):
        return True
    messages = (message for history in histories(source) for message in history)
    written = (message for message in messages if message["role"] == "assistant")
    return any(not content_of(message) and not calls_of(message) for message in written)


def is_equal(source: Source) -> bool:
    """Whether chosen and rejected are the same but for the ids of their calls."""
    plain = [[_unnamed(message) for message in side] for side in sides_of(source)]
    return len(plain) == 2 and plain[0] == plain[1]


def has_media(source: Source) -> bool:
    """Whether a text holds a sign that multimodal loaders read as a picture, film or sound."""
    messages = [message for history in histories(source) for message in history]
    calls = (call_text(call) for message in messages for call in calls_of(message))
    return any(MEDIA.search(text) for text in (*map(content_of, messages), *calls))


def is_answered(messages: Messages) -> bool:
    """Whether each call but the last message's is followed by its result, and no other is there."""
    waiting: list[object] = []
    for message in messages:
        if message["role"] == "tool":
            if message.get("tool_call_id") not in waiting:
                return False
            waiting.remove(message.get("tool_call_id"))
        elif waiting:
            return False
        else:
            waiting = [call.get("id") for call in calls_of(message)]
    return not waiting or messages[-1]["role"] == "assistant"


def results_in_order(messages: Messages) -> Iterator[Message]:
    """The messages with the results of each step in the order of its calls."""
    order: dict[object, int] = {}
    held: list[Message] = []
    for message in messages:
        if message["role"] == "tool":
            held.append(message)
            continue
        yield from _sorted(held, order)
        order = {call.get("id"): index for index, call in enumerate(calls_of(message))}
        held = []
        yield message
    yield from _sorted(held, order)


def _sorted(results: Iterable[Message], order: dict[object, int]) -> list[Message]:
    return sorted(results, key=lambda result: order.get(result.get("tool_call_id"), 0))


def _unnamed(message: Message) -> tuple[object, ...]:
    calls = [call_text(call) for call in calls_of(message)]
    return message["role"], content_of(message), calls
