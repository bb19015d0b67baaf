"""Between LangChain messages and the OpenAI form that traces, pairs and chat templates use.

Guarantees that tool-call arguments are dicts (the only form that every chat template accepts), and
that a message of the canonical form (text, tool calls, tool results) survives both ways. Does not
keep what belongs to one provider: usage, ids of messages, blocks that are not text.
"""

from __future__ import annotations

import json
from typing import Any

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)
from langchain_core.messages.tool import ToolCall

from corollary_agent.trace import Message

_ROLES = {"system": "system", "human": "user", "ai": "assistant", "tool": "tool"}


def to_openai(message: BaseMessage) -> Message:
    """Return `message` as {role, content} with tool_calls, tool_call_id and name where it has them.

    Raises ValueError for a message that is none of system, human, ai and tool.
    """
    role = _ROLES.get(message.type.removesuffix("MessageChunk").lower())
    if role is None:
        raise ValueError(f"a {message.type} message has no OpenAI form")
    row: Message = {"role": role, "content": str(message.text)}
    if isinstance(message, AIMessage) and message.tool_calls:
        row["tool_calls"] = [_call_row(call) for call in message.tool_calls]
    if isinstance(message, ToolMessage):
        row["tool_call_id"] = message.tool_call_id
    if message.name:
        row["name"] = message.name
    return row


def from_openai(row: Message) -> BaseMessage:
    """Return the LangChain message of a row; arguments may be dicts or JSON text.

    Raises ValueError for an unknown role or arguments that are neither.
    """
    content, name = str(row.get("content") or ""), row.get("name")
    named: dict[str, Any] = {"name": name} if name else {}
    match row.get("role"):
        case "system":
            return SystemMessage(content, **named)
        case "user":
            return HumanMessage(content, **named)
        case "assistant":
            return AIMessage(content, tool_calls=_calls(row), **named)
        case "tool":
            return ToolMessage(content, tool_call_id=str(row.get("tool_call_id") or ""), **named)
    raise ValueError(f"a message needs a role of {', '.join(_ROLES.values())}, not {row!r:.80}")


def _call_row(call: ToolCall) -> Message:
    function: Message = {"name": call["name"], "arguments": call["args"]}
    return {"id": call["id"], "type": "function", "function": function}


def _calls(row: Message) -> list[ToolCall]:
    rows: Any = row.get("tool_calls") or []
    return [_call(call, number) for number, call in enumerate(rows)]


def _call(row: dict[str, Any], number: int) -> ToolCall:
    function = row.get("function", row)
    arguments = function.get("arguments", {})
    if isinstance(arguments, str):
        arguments = json.loads(arguments)
    if not isinstance(arguments, dict):
        raise ValueError(f"arguments must be an object, not {arguments!r:.80}")
    call_id = str(row.get("id") or f"call_{number}")
    return ToolCall(name=str(function["name"]), args=arguments, id=call_id, type="tool_call")
