"""Messages in OpenTelemetry's GenAI forms, as OpenAI's.

Parts (`text`, `tool_call`, `tool_call_response`), the older events, and attributes with a key for
each field (`gen_ai.prompt.0.content`). Guarantees that what is no message is passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_EVENTS = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
_KEY = re.compile(r"^gen_ai\.(prompt|completion)\.(\d+)\.(.+)$")
_CALL_KEY = re.compile(r"^(?:tool_calls|function_call)\.(?:(\d+)\.)?(id|name|arguments)$")


def messages_of_parts(given: Any) -> Iterator[dict[str, Any]]:
    """The messages of a list of {"role", "parts"}."""
    for row in given if isinstance(given, list) else []:
        if not isinstance(row, dict):
            continue
        parts = row.get("parts")
        if not isinstance(parts, list):
            yield row
            continue
        yield from _of_parts(str(row.get("role") or ""), [p for p in parts if isinstance(p, dict)])


def _of_parts(role: str, parts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """One message, and one more for each tool result in it."""
    texts = [str(p.get("content") or "") for p in parts if p.get("type") == "text"]
    calls = [part for part in parts if part.get("type") == "tool_call"]
    results = [part for part in parts if part.get("type") == "tool_call_response"]
    if texts or calls or not results:
        message: dict[str, Any] = {"role": role, "content": "\n".join(texts)}
        if calls:
            message["tool_calls"] = [_call(c) for c in calls]
        yield message
    for part in results:
        told = next((part[k] for k in ("response", "result", "content") if k in part), "")
        yield {"role": "tool", "content": _text(told), "tool_call_id": part.get("id")}


def message_of_event(name: str, body: dict[str, Any]) -> dict[str, Any] | None:
    """The message of an event; None where it is another event."""
    if name == "gen_ai.choice":
        held = body.get("message")
        message = _read(held) if isinstance(held, str) else held
        said = message if isinstance(message, dict) else {"content": message or body.get("content")}
        return _message("assistant", {**body, **said})
    role = _EVENTS.get(name)
    return _message(role, body) if role else None


def messages_of_keys(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages of `gen_ai.prompt` and `gen_ai.completion`, whole or key by key."""
    found: list[dict[str, Any]] = []
    for name in ("prompt", "completion"):
        whole = attributes.get(f"gen_ai.{name}")
        if isinstance(whole, list):
            found += [row for row in whole if isinstance(row, dict)]
        elif isinstance(whole, dict):
            found.append(whole)
        elif isinstance(whole, str):
            found.append({"role": "user" if name == "prompt" else "assistant", "content": whole})
        found += _of_keys(name, attributes)
    return found


def _of_keys(name: str, attributes: dict[str, Any]) -> list[dict[str, Any]]:
    rows: dict[int, dict[str, Any]] = {}
    for key, value in attributes.items():
        match = _KEY.match(key)
        if match and match[1] == name:
            rows.setdefault(int(match[2]), {})[match[3]] = value
    return [_of_row(rows[number]) for number in sorted(rows)]


def _of_row(row: dict[str, Any]) -> dict[str, Any]:
    calls: dict[int, dict[str, Any]] = {}
    for key, value in row.items():
        match = _CALL_KEY.match(key)
        if match:
            calls.setdefault(int(match[1] or 0), {})[match[2]] = value
    body = {**row, "tool_calls": [_call(calls[n]) for n in sorted(calls)]}
    return _message(str(row.get("role") or "assistant"), body)


def _message(role: str, body: dict[str, Any]) -> dict[str, Any]:
    content = body.get("content")
    text = content if isinstance(content, list) else _text(content)
    message: dict[str, Any] = {"role": role, "content": text}
    calls = _read(body.get("tool_calls"))
    if role == "assistant" and isinstance(calls, list) and calls:
        message["tool_calls"] = calls
    if role == "tool":
        message["tool_call_id"] = body.get("id") or body.get("tool_call_id")
    return message


def _call(part: dict[str, Any]) -> dict[str, Any]:
    function = {"name": part.get("name"), "arguments": part.get("arguments", {})}
    return {"id": part.get("id"), "type": "function", "function": function}


def _read(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
