"""One run of an agent, written in every form of log that can be imported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

QUESTION = "Ann had 48 clips and sold half of them, then 5 more. How many are left?"
MESSAGES: list[dict[str, Any]] = [
    {"role": "system", "content": "You are exact."},
    {"role": "user", "content": QUESTION},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": "c1",
                "type": "function",
                "function": {"name": "calculate", "arguments": '{"expression": "48/2"}'},
            }
        ],
    },
    {"role": "tool", "tool_call_id": "c1", "content": "24"},
    {
        "role": "assistant",
        "content": "Then 5 more.",
        "tool_calls": [
            {
                "id": "c2",
                "type": "function",
                "function": {"name": "calculate", "arguments": {"expression": "24-5"}},
            }
        ],
    },
    {"role": "tool", "tool_call_id": "c2", "content": "19"},
    {"role": "assistant", "content": "19"},
]


def write_lines(path: Path, *rows: Any) -> Path:
    """Write rows as JSON Lines; a text is a line as it is."""
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def calls_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The calls of a message, with arguments as objects: id, name, args."""
    found = []
    for call in message.get("tool_calls", []):
        given = call["function"]["arguments"]
        arguments = json.loads(given) if isinstance(given, str) else given
        found.append({"id": call["id"], "name": call["function"]["name"], "args": arguments})
    return found


def as_langchain(message: dict[str, Any]) -> dict[str, Any]:
    """A message as LangChain serialises it."""
    names = {"system": "System", "user": "Human", "assistant": "AI", "tool": "Tool"}
    kwargs: dict[str, Any] = {"content": message["content"] or ""}
    if message["role"] == "assistant":
        kwargs["tool_calls"] = [{**c, "type": "tool_call"} for c in calls_of(message)]
    if message["role"] == "tool":
        kwargs["tool_call_id"] = message["tool_call_id"]
    path = ["langchain", "schema", "messages", f"{names[message['role']]}Message"]
    return {"lc": 1, "type": "constructor", "id": path, "kwargs": kwargs}


def langsmith_runs() -> list[dict[str, Any]]:
    """The runs of one trace: two calls of the model, a tool, and the root with the whole state."""
    said = [as_langchain(message) for message in MESSAGES]

    def model_run(number: int, count: int) -> dict[str, Any]:
        return {
            "id": f"r{number}",
            "trace_id": "t1",
            "run_type": "llm",
            "inputs": {"messages": [said[:count]]},
            "outputs": {"generations": [[{"text": "", "message": said[count]}]]},
            "extra": {"metadata": {"ls_model_name": "gpt-4o"}},
        }

    tool = {"id": "r3", "trace_id": "t1", "run_type": "tool", "inputs": {"input": "48/2"}}
    root = {
        "id": "t1",
        "trace_id": "t1",
        "run_type": "chain",
        "inputs": {"messages": [["user", QUESTION]]},
        "outputs": {"messages": said},
    }
    return [model_run(1, 2), {**tool, "outputs": {"output": "24"}}, model_run(4, 6), root]


def as_parts(message: dict[str, Any]) -> dict[str, Any]:
    """A message as the GenAI conventions write it."""
    if message["role"] == "tool":
        told = {"type": "tool_call_response", "id": message["tool_call_id"]}
        return {"role": "tool", "parts": [{**told, "response": message["content"]}]}
    parts: list[dict[str, Any]] = []
    if message["content"]:
        parts.append({"type": "text", "content": message["content"]})
    for call in calls_of(message):
        called = {"type": "tool_call", "id": call["id"], "name": call["name"]}
        parts.append({**called, "arguments": call["args"]})
    return {"role": message["role"], "parts": parts}


def otlp(attributes: dict[str, Any], events: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """One export request with one span; attributes that are no text are written as JSON."""
    span = {
        "traceId": "t1",
        "spanId": "s1",
        "name": "chat gpt-4o",
        "attributes": keyed(attributes),
        "events": events or [],
    }
    return {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {}, "spans": [span]}]}]}


def keyed(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    """Attributes as OTLP's list of keys and typed values."""
    texts = {k: v if isinstance(v, str) else json.dumps(v) for k, v in attributes.items()}
    return [{"key": k, "value": {"stringValue": v}} for k, v in texts.items()]


def otel_rows() -> dict[str, dict[str, Any]]:
    """The same conversation in each form that spans have had."""
    model = {"gen_ai.request.model": "gpt-4o"}
    parts = [as_parts(message) for message in MESSAGES]
    newest = {"gen_ai.input.messages": parts[:-1], "gen_ai.output.messages": parts[-1:]}
    plain = {"name": "chat", "context": {"trace_id": "t1", "span_id": "s1"}}
    return {
        "newest": otlp(model | newest),
        "event": otlp(
            model,
            [
                {
                    "name": "gen_ai.client.inference.operation.details",
                    "attributes": keyed(newest),
                }
            ],
        ),
        "events": otlp(model, _events()),
        "keys": otlp(model | _keys()),
        "whole": otlp(model | {"gen_ai.prompt": MESSAGES[:-1], "gen_ai.completion": MESSAGES[-1:]}),
        "console": {**plain, "attributes": model | {k: json.dumps(v) for k, v in newest.items()}},
    }


def _events() -> list[dict[str, Any]]:
    rows = []
    for message in MESSAGES[:-1]:
        body = {k: v for k, v in message.items() if k != "role" and v is not None}
        if "tool_call_id" in body:
            body["id"] = body.pop("tool_call_id")
        rows.append({"name": f"gen_ai.{message['role']}.message", "attributes": keyed(body)})
    choice = {"index": "0", "finish_reason": "stop", "message": {"content": "19"}}
    return [*rows, {"name": "gen_ai.choice", "attributes": keyed(choice)}]


def _keys() -> dict[str, str]:
    found = {"gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": "19"}
    for number, message in enumerate(MESSAGES[:-1]):
        start = f"gen_ai.prompt.{number}"
        found[f"{start}.role"] = message["role"]
        found[f"{start}.content"] = message["content"] or ""
        if "tool_call_id" in message:
            found[f"{start}.tool_call_id"] = message["tool_call_id"]
        for place, call in enumerate(calls_of(message)):
            found[f"{start}.tool_calls.{place}.id"] = call["id"]
            found[f"{start}.tool_calls.{place}.name"] = call["name"]
            found[f"{start}.tool_calls.{place}.arguments"] = json.dumps(call["args"])
    return found
