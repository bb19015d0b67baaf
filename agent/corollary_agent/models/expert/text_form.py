"""The text form: calls written as words, results that come back as the user's messages.

Guarantees that a chain in text form is walked like the native one: `to_native` reads the history,
`to_text` writes the reply. Which form is spoken is a setting of the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from corollary_agent.calls import ANSWER, CallError, parse_text_call, render_text_call


def to_native(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """The history with each written call as a tool call and what followed it as its result."""
    native: list[BaseMessage] = []
    ids, waiting = count(1), ""
    for message in messages:
        if isinstance(message, AIMessage):
            message, waiting = _to_call(message, f"call_{next(ids)}")
        elif isinstance(message, HumanMessage) and waiting:
            message, waiting = ToolMessage(str(message.text), tool_call_id=waiting), ""
        native.append(message)
    return native


def to_text(message: AIMessage) -> AIMessage:
    """The reply with its call, or its answer, written out."""
    invalid = "".join(f"{c['name']}({c['args']}" for c in message.invalid_tool_calls)
    calls = [render_text_call(call["name"], call["args"]) for call in message.tool_calls]
    text = invalid or "\n".join(calls) or f"{ANSWER}({_quoted(str(message.text))})"
    return AIMessage(text, response_metadata=message.response_metadata)


def _to_call(message: AIMessage, call_id: str) -> tuple[AIMessage, str]:
    try:
        call = parse_text_call(str(message.text))
    except CallError:
        return message, ""
    row = {"name": call.name, "args": call.arguments, "id": call_id}
    return AIMessage("", tool_calls=[row]), call_id


def _quoted(text: str) -> str:
    return render_text_call("", {"": text})[2:-1]
