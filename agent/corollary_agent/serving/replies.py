"""A model's message as a choice of a chat completion, and its usage.

Guarantees that nothing a model wrote is lost: a call that cannot be read goes out as a call with
its own characters, or as text where it has no name. Ids of calls are fresh: nine letters and
digits, which every chat template takes. Does not stream (`deltas` does).
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, InvalidToolCall

Row = dict[str, Any]
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_REASONS = {"length": "length", "max_tokens": "length", "content_filter": "content_filter"}


def to_choice(index: int, message: AIMessage) -> Row:
    """Return the choice that a whole message makes."""
    content, calls = split_reply(message)
    row: Row = {"role": "assistant", "content": content or None, "refusal": None}
    if thoughts := thoughts_of(message):
        row["reasoning_content"] = thoughts
    if calls:
        row["tool_calls"] = calls
    elif row["content"] is None:
        row["content"] = ""
    return {
        "index": index,
        "message": row,
        "logprobs": to_logprobs(message),
        "finish_reason": finish_reason(message, has_calls=bool(calls)),
    }


def thoughts_of(message: AIMessage) -> str:
    """What a model that thinks aloud thought, apart from what it said."""
    thoughts = message.additional_kwargs.get("reasoning_content")
    return thoughts if isinstance(thoughts, str) else ""


def split_reply(message: AIMessage) -> tuple[str, list[Row]]:
    """Return a message's text and its calls, readable or not, in OpenAI's form."""
    unnamed = [call for call in message.invalid_tool_calls if not _is_sendable(call)]
    parts = [str(message.text), *(call["args"] or "" for call in unnamed)]
    calls = [(c["name"], json.dumps(c["args"], ensure_ascii=False)) for c in message.tool_calls]
    broken = [c for c in message.invalid_tool_calls if _is_sendable(c)]
    calls += [(str(call["name"]), call["args"] or "") for call in broken]
    return "\n".join(part for part in parts if part), [call_row(*call) for call in calls]


def call_row(name: str, arguments: str) -> Row:
    """One call with a fresh id. arguments: JSON text, or what the model wrote instead."""
    function = {"name": name, "arguments": arguments}
    return {"id": fresh_id(), "type": "function", "function": function}


def fresh_id() -> str:
    """Nine letters and digits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(9))


def finish_reason(message: AIMessage, *, has_calls: bool) -> str:
    """length and content_filter as the model says; else tool_calls or stop."""
    said = str(message.response_metadata.get("finish_reason"))
    return _REASONS.get(said) or ("tool_calls" if has_calls else "stop")


def to_logprobs(message: AIMessage) -> Row | None:
    """The log-probabilities that the model gave with its message, in OpenAI's form."""
    given = message.response_metadata.get("logprobs")
    rows = given.get("content") if isinstance(given, dict) else given
    if not isinstance(rows, list):
        return None
    return {"content": [_token(row) for row in rows], "refusal": None}


def to_usage(messages: Sequence[AIMessage]) -> Row:
    """Tokens of all choices; the prompt, which they share, counts once."""
    known = [message.usage_metadata for message in messages if message.usage_metadata]
    read = max((usage["input_tokens"] for usage in known), default=0)
    written = sum(usage["output_tokens"] for usage in known)
    row: Row = {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
    }
    cached = [u.get("input_token_details", {}).get("cache_read") for u in known]
    if any(count is not None for count in cached):
        row["prompt_tokens_details"] = {"cached_tokens": max(count or 0 for count in cached)}
    return row


def _token(row: Row) -> Row:
    top = row.get("top_logprobs") or []
    return {**_alternative(row), "top_logprobs": [_alternative(other) for other in top]}


def _alternative(row: Row) -> Row:
    text = str(row.get("token", ""))
    signs = row.get("bytes") or list(text.encode("utf-8", "replace"))
    return {"token": text, "logprob": row.get("logprob", 0.0), "bytes": signs}


def _is_sendable(call: InvalidToolCall) -> bool:
    """Has it a name, and would a reader of its characters see that they are no arguments?"""
    try:
        readable = isinstance(json.loads(call["args"] or "x"), dict)
    except (ValueError, RecursionError):
        readable = False
    return bool(call["name"]) and not readable
