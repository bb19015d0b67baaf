"""The messages of a request as LangChain messages.

Guarantees that every message keeps its place and its words: a call of the history whose arguments
are not JSON stays readable as text. Parts that are not text are refused, by their place.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import BaseMessage

from corollary_agent.messages import from_openai
from corollary_agent.serving.errors import wrong

_ROLES = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
}
Row = dict[str, Any]


def to_messages(rows: Sequence[Row]) -> list[BaseMessage]:
    """Return the messages in their order. Raises ApiError (400) with the place of a wrong one."""
    return [_message(f"messages[{number}]", row) for number, row in enumerate(rows)]


def _message(place: str, row: Row) -> BaseMessage:
    role = _ROLES.get(str(row.get("role")))
    if role is None:
        raise wrong(f"{place}.role", f"{place}.role is none of {', '.join(_ROLES)}")
    given: Row = {"role": role, "content": _text(f"{place}.content", row.get("content"))}
    if isinstance(row.get("name"), str):
        given["name"] = row["name"]
    if role == "tool":
        given["tool_call_id"] = _identity(place, row)
    if role == "assistant" and row.get("tool_calls"):
        _add_calls(f"{place}.tool_calls", row["tool_calls"], given)
    try:
        return from_openai(given)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise wrong(place, f"{place} cannot be read: {str(error)[:200]}") from None


def _text(place: str, content: Any) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list):
        raise wrong(place, f"{place} is neither text nor a list of parts")
    return "".join(_part(f"{place}[{n}]", part) for n, part in enumerate(content))


def _part(place: str, part: Any) -> str:
    kind = part.get("type") if isinstance(part, dict) else None
    text = part.get(kind) if kind in ("text", "refusal") else None
    if not isinstance(text, str):
        raise wrong(place, f"{place} is not a part of type text; this model reads text only")
    return text


def _identity(place: str, row: Row) -> str:
    identity = row.get("tool_call_id")
    if not isinstance(identity, str) or not identity:
        raise wrong(f"{place}.tool_call_id", f"{place}.tool_call_id is missing")
    return identity


def _add_calls(place: str, calls: Any, given: Row) -> None:
    """Add the readable calls as calls, and the others as words."""
    if not isinstance(calls, list):
        raise wrong(place, f"{place} is not a list")
    kept = []
    for number, call in enumerate(calls):
        function = call.get("function") if isinstance(call, dict) else None
        if not isinstance(function, dict) or not isinstance(function.get("name"), str):
            raise wrong(f"{place}[{number}]", f"{place}[{number}] is not a function call")
        if _is_object(function.get("arguments")):
            kept.append(call)
        else:
            words = f"{function['name']} {function.get('arguments') or ''}".strip()
            given["content"] = f"{given['content']}\n{words}".strip()
    if kept:
        given["tool_calls"] = kept


def _is_object(arguments: Any) -> bool:
    try:
        value = json.loads(arguments) if isinstance(arguments, str) else arguments
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict)
