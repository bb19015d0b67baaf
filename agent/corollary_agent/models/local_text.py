"""Between messages and a local model's text: its chat template out, its tool calls back in.

One renderer for acting and for training. Guarantees that a parsed message loses nothing: a call
that cannot be read becomes an `invalid_tool_call` with the reason and its text. Does not load
models and does not touch torch.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage, InvalidToolCall, ToolCall

CALL = re.compile(r"<tool_call>\s*(.*?)\s*(?:</tool_call>|\Z)", re.DOTALL)
THINKING = re.compile(r"<think>.*?(?:</think>|\Z)\s*", re.DOTALL)
BARE_CALL = re.compile(r'\A\s*\{\s*"name"\s*:.*\}\s*\Z', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A model's message, taken apart: words, readable calls, unreadable calls."""

    content: str
    calls: tuple[ToolCall, ...]
    invalid: tuple[InvalidToolCall, ...]


def render(
    tokenizer: Any,
    messages: Sequence[dict[str, Any]],
    tools: Sequence[dict[str, Any]] | None = None,
    *,
    reply: bool = True,
) -> str:
    """Return the text of OpenAI-form messages under the tokenizer's chat template.

    reply: append the opening of the assistant's message, so that the model goes on from there.
    """
    text = tokenizer.apply_chat_template(
        [templated(message) for message in messages],
        tools=list(tools) if tools else None,
        tokenize=False,
        add_generation_prompt=reply,
    )
    return str(text)


def parse(text: str) -> Parsed:
    """Take a model's decoded text apart (Hermes and Qwen `<tool_call>` JSON, bare Llama 3 JSON)."""
    text = THINKING.sub("", text)
    bodies = CALL.findall(text)
    content = CALL.sub("", text).strip()
    if not bodies and BARE_CALL.match(text):
        bodies, content = [text.strip()], ""
    calls: list[ToolCall] = []
    invalid: list[InvalidToolCall] = []
    for number, body in enumerate(bodies):
        call = _read_call(body, f"call_{number}")
        if call["type"] == "tool_call":
            calls.append(call)
        else:
            invalid.append(call)
    return Parsed(content, tuple(calls), tuple(invalid))


def to_message(text: str, usage: tuple[int, int]) -> AIMessage:
    """Return the AIMessage of a model's decoded text; usage: tokens read and written."""
    parsed = parse(text)
    read, written = usage
    return AIMessage(
        content=parsed.content,
        tool_calls=list(parsed.calls),
        invalid_tool_calls=list(parsed.invalid),
        usage_metadata={
            "input_tokens": read,
            "output_tokens": written,
            "total_tokens": read + written,
        },
    )


def templated(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message as chat templates take it: no nulls, content always there."""
    kept = {key: value for key, value in message.items() if value is not None}
    kept.setdefault("content", "")
    return kept


def _read_call(body: str, call_id: str) -> ToolCall | InvalidToolCall:
    try:
        value = json.loads(body)
    except json.JSONDecodeError as error:
        return _invalid(body, call_id, f"not JSON at character {error.pos}: {error.msg}")
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return _invalid(body, call_id, 'expected {"name": ..., "arguments": {...}}')
    arguments = value.get("arguments", value.get("parameters", {}))
    if not isinstance(arguments, dict):
        return _invalid(body, call_id, "the arguments are not a JSON object")
    return ToolCall(name=value["name"], args=arguments, id=call_id, type="tool_call")


def _invalid(body: str, call_id: str, reason: str) -> InvalidToolCall:
    found = re.search(r'"name"\s*:\s*"([^"]*)"', body)
    name = found.group(1) if found else None
    return InvalidToolCall(name=name, args=body, id=call_id, error=reason, type="invalid_tool_call")
