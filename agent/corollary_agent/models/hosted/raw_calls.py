"""Calls that a server passed on as it read them: `<tool_call>{...}</tool_call>` within the words.

Servers that do not know a model's call format (transformers serve for most, vLLM without a parser)
leave the calls in the text. Guarantees that a text without that mark is left as it is, and that a
call which cannot be read becomes an invalid one. Does not read other formats.
"""

from __future__ import annotations

import secrets

from langchain_core.messages import AIMessage

from corollary_agent.models.local.formats.hermes import Hermes
from corollary_agent.models.local.formats.segments import held_back, read_segments

MARK = "<tool_call>"


def with_calls(message: AIMessage) -> AIMessage:
    """Return the message with the calls in its words as calls."""
    text = message.content
    calls_already = message.tool_calls or message.invalid_tool_calls
    if calls_already or not isinstance(text, str) or MARK not in text:
        return message
    parsed = read_segments(Hermes().segments(text))
    start = secrets.token_hex(4)
    found = {
        "content": parsed.content,
        "tool_calls": [{**c, "id": f"{start}_{i}"} for i, c in enumerate(parsed.calls)],
        "invalid_tool_calls": [{**c, "id": f"{start}_x{i}"} for i, c in enumerate(parsed.invalid)],
    }
    return message.model_copy(update=found)


def before_calls(text: str) -> str:
    """The part of a growing text that is surely no call."""
    whole = text.partition(MARK)[0]
    return whole[: len(whole) - held_back(whole, (MARK,))]
