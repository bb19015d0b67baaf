"""A stream put together again.

Guarantees that words go on as they come, and calls only when the stream has ended: LangChain would
complete a call that was cut off, and run it as if the model had meant it. One whose arguments are
no JSON object is marked, so that it is read as an invalid call.
"""

from __future__ import annotations

import json
from typing import Any, cast

from langchain_core.messages import AIMessage, AIMessageChunk, InvalidToolCall, ToolCall
from langchain_core.messages.tool import invalid_tool_call, tool_call, tool_call_chunk
from langchain_core.outputs import ChatGenerationChunk

from corollary_agent.models.hosted.raw_calls import before_calls

_CUT = "(not JSON) "


class Pieces:
    """The pieces of one stream. with_tools: the words may hold calls (see `raw_calls`)."""

    def __init__(self, *, with_tools: bool) -> None:
        self.begun = False
        self.with_tools = with_tools
        self._whole: AIMessageChunk | None = None
        self._shown = ""

    def text_of(self, chunk: ChatGenerationChunk) -> ChatGenerationChunk:
        """Take a piece in; return it without its part of a call."""
        self.begun = True
        piece = cast(AIMessageChunk, chunk.message)
        self._whole = piece if self._whole is None else self._whole + piece
        words = self._words(piece)
        if words == piece.content and not piece.tool_call_chunks:
            return chunk
        bare: dict[str, Any] = {
            "content": words,
            "tool_call_chunks": [],
            "tool_calls": [],
            "invalid_tool_calls": [],
        }
        return ChatGenerationChunk(
            message=piece.model_copy(update=bare), generation_info=chunk.generation_info
        )

    def _words(self, piece: AIMessageChunk) -> Any:
        """What of this piece, and of what was held back before it, is surely words."""
        whole = self._whole.content if self._whole is not None else ""
        if not self.with_tools or not isinstance(whole, str):
            return piece.content
        before, self._shown = self._shown, before_calls(whole)
        return self._shown[len(before) :]

    def message(self) -> AIMessage:
        """The whole message; calls that are not JSON are invalid ones. Raises ValueError."""
        if self._whole is None:
            raise ValueError("it holds no message")
        whole = self._whole
        calls, broken = _sorted(whole)
        return AIMessage(
            whole.content,
            tool_calls=calls,
            invalid_tool_calls=broken,
            usage_metadata=whole.usage_metadata,
            response_metadata=dict(whole.response_metadata),
        )

    def rest(self, message: AIMessage) -> ChatGenerationChunk:
        """The last piece: words that were held back, the calls, the cost."""
        whole = str(message.content)
        held = self.with_tools and whole.startswith(self._shown)
        words = whole[len(self._shown) :] if held else ""
        metadata = {"cost": message.response_metadata["cost"]}
        return _last(message, AIMessageChunk(content=words, response_metadata=metadata))


def as_chunk(message: AIMessage) -> ChatGenerationChunk:
    """A kept answer as a stream of one piece."""
    metadata = dict(message.response_metadata)
    usage = message.usage_metadata
    chunk = AIMessageChunk(
        content=message.content, usage_metadata=usage, response_metadata=metadata
    )
    return _last(message, chunk)


def _last(message: AIMessage, chunk: AIMessageChunk) -> ChatGenerationChunk:
    """The chunk with the calls of the message, broken ones marked so that they stay broken."""
    rows = [(call["name"], json.dumps(call["args"]), call["id"]) for call in message.tool_calls]
    broken = message.invalid_tool_calls
    rows += [(call["name"] or "", f"{_CUT}{call['args']}", call["id"]) for call in broken]
    calls = [
        tool_call_chunk(name=name, args=text, id=identity, index=index)
        for index, (name, text, identity) in enumerate(rows)
    ]
    whole = chunk + AIMessageChunk(content="", tool_call_chunks=calls) if calls else chunk
    return ChatGenerationChunk(message=whole)


def _sorted(chunk: AIMessageChunk) -> tuple[list[ToolCall], list[InvalidToolCall]]:
    """The calls of a whole stream: those with a JSON object, and the others."""
    calls: list[ToolCall] = []
    broken: list[InvalidToolCall] = []
    for piece in chunk.tool_call_chunks:
        name, text, identity = piece["name"], piece["args"] or "{}", piece["id"]
        try:
            arguments = json.loads(text)
        except (ValueError, RecursionError):
            arguments = None
        if isinstance(arguments, dict):
            calls.append(tool_call(name=name or "", args=arguments, id=identity))
        else:
            broken.append(invalid_tool_call(name=name, args=text, id=identity))
    return calls, broken
