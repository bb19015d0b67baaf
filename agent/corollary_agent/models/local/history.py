"""LangChain messages as the rows that chat templates take.

Guarantees that nothing of a history is lost: thoughts go along for templates that show them, and a
call that could not be read stands as the words that were written. Reads text only; a picture or a
sound is a CorollaryError.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ChatMessage

from corollary_agent.messages import to_openai
from corollary_tools.errors import CorollaryError

_READ = ("text", "reasoning", "thinking", "tool_use", "tool_call", "refusal", "input_text")


def to_rows(messages: Sequence[BaseMessage]) -> list[dict[str, Any]]:
    """Return messages in OpenAI form. Raises CorollaryError for what is not text."""
    return [_row(message) for message in messages]


def _row(message: BaseMessage) -> dict[str, Any]:
    _check_text(message)
    row: dict[str, Any]
    if isinstance(message, ChatMessage):
        row = {"role": message.role, "content": str(message.text)}
    else:
        row = dict(to_openai(message))
    if isinstance(message, AIMessage):
        thoughts = message.additional_kwargs.get("reasoning_content")
        if thoughts:
            row["reasoning_content"] = thoughts
        broken = [str(call["args"] or "") for call in message.invalid_tool_calls]
        row["content"] = "\n".join(filter(None, [row["content"], *broken]))
    return row


def _check_text(message: BaseMessage) -> None:
    blocks = message.content if isinstance(message.content, list) else []
    for block in blocks:
        kind = block.get("type", "text") if isinstance(block, dict) else "text"
        if kind not in _READ:
            raise CorollaryError(
                f"the local chat model reads text, and a {message.type} message has a {kind} block",
                because="its checkpoint is a causal language model",
                remedy="the text alone, or a hosted model that reads it",
            )
