"""A model's stream as the deltas of a chat completion's stream.

Guarantees that what the deltas of one choice add up to is what `replies` would make of the whole
message, for models that stream and for models that answer at once. Does not know about events.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import add_usage
from langchain_core.messages.tool import ToolCallChunk

from corollary_agent.serving.replies import (
    Row,
    finish_reason,
    fresh_id,
    split_reply,
    thoughts_of,
    to_logprobs,
)


class Deltas:
    """The deltas of one choice; `ending` holds the usage and metadata that came with them."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.ending = AIMessage("")
        self._calls: dict[object, int] = {}

    def first(self) -> Row:
        """The delta that opens the choice."""
        return self._row({"role": "assistant", "content": ""})

    def read(self, chunk: BaseMessage) -> Iterator[Row]:
        """Yield the deltas of one piece of the message, or of the whole one."""
        if not isinstance(chunk, AIMessage):
            return
        self.ending.response_metadata |= chunk.response_metadata
        self.ending.usage_metadata = add_usage(self.ending.usage_metadata, chunk.usage_metadata)
        if isinstance(chunk, AIMessageChunk):
            yield from self._pieces(chunk)
        else:
            yield from self._at_once(chunk)

    def last(self) -> Row:
        """The delta that closes the choice, with the reason."""
        reason = finish_reason(self.ending, has_calls=bool(self._calls))
        return self._row({}) | {"finish_reason": reason}

    def _pieces(self, chunk: AIMessageChunk) -> Iterator[Row]:
        logprobs = to_logprobs(chunk)
        if thoughts := thoughts_of(chunk):
            yield self._row({"reasoning_content": thoughts})
        if chunk.text or logprobs:
            yield self._row({"content": str(chunk.text)}, logprobs)
        for piece in chunk.tool_call_chunks:
            yield self._row({"tool_calls": [self._call(piece)]})

    def _at_once(self, message: AIMessage) -> Iterator[Row]:
        content, _ = split_reply(message)
        logprobs = to_logprobs(message)
        if content or logprobs:
            yield self._row({"content": content}, logprobs)
        yield from self._whole_calls(message)

    def _whole_calls(self, message: AIMessage) -> Iterator[Row]:
        for call in split_reply(message)[1]:
            place = self._calls.setdefault(object(), len(self._calls))
            yield self._row({"tool_calls": [{"index": place, **call}]})

    def _call(self, piece: ToolCallChunk) -> Row:
        """One piece of a call: the first has its id, type and name, the others arguments alone."""
        key = object() if piece.get("index") is None else piece.get("index")
        arguments = {"arguments": piece.get("args") or ""}
        if key in self._calls:
            return {"index": self._calls[key], "function": arguments}
        place = self._calls.setdefault(key, len(self._calls))
        function = {"name": piece.get("name") or "", **arguments}
        return {"index": place, "id": fresh_id(), "type": "function", "function": function}

    def _row(self, delta: Row, logprobs: Any = None) -> Row:
        return {"index": self.index, "delta": delta, "logprobs": logprobs, "finish_reason": None}
