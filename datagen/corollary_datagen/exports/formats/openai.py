"""OpenAI's preference fine-tuning rows: an input, one preferred and one other assistant message.

Source: OpenAI's guide to direct preference optimization and its `FineTunePreferenceRequestInput`:
input with messages, tools and parallel_tool_calls; preferred_output and non_preferred_output, one
assistant message each; arguments as JSON texts. Sides of several messages are refused. The schema
lets an output hold tool calls; the guide shows texts only, and nobody has tried it here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from corollary_agent.trace import Message
from corollary_datagen.exports.formats.format import Format, Row
from corollary_datagen.exports.formats.sides import (
    EMPTY,
    EQUAL,
    SEVERAL,
    UNANSWERED,
    calls_of,
    content_of,
    has_several,
    histories,
    is_answered,
    is_empty,
    is_equal,
    unsaid,
)
from corollary_datagen.pair import PreferencePair

NAMES = "a tool's name is not of letters, digits, - and _ (at most 64)"
MANY = "there are more than 128 tools"
ENDS = "the prompt does not end with a user or tool message"

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MOST = 128
_USAGE = """OpenAI: upload {train} with purpose `fine-tune`, then make a job:

```json
{{"model": "MODEL", "training_file": "FILE_ID", "method": {{"type": "dpo"}}}}
```

The guide shows outputs that are texts; that a service takes tool calls there must be tried on one
small file first. OpenAI takes no file with fewer than 10 rows."""


def _row(pair: PreferencePair) -> Row:
    every = [message for history in histories(pair) for message in history]
    inside: Row = {"messages": [_message(message) for message in pair.prompt]}
    if pair.tools:
        parallel = any(len(calls_of(message)) > 1 for message in every)
        inside |= {"tools": list(pair.tools), "parallel_tool_calls": parallel}
    return {
        "input": inside,
        "preferred_output": [_message(pair.chosen[0])],
        "non_preferred_output": [_message(pair.rejected[0])],
    }


def _message(message: Message) -> Row:
    calls = [_call(call) for call in calls_of(message)]
    row: Row = {"role": message["role"], "content": content_of(message)}
    if message["role"] == "tool":
        return {**row, "tool_call_id": message["tool_call_id"]}
    if not calls:
        return row
    return {"role": message["role"], "content": content_of(message) or None, "tool_calls": calls}


def _call(call: dict[str, Any]) -> Row:
    function = call["function"]
    arguments = json.dumps(function["arguments"], ensure_ascii=False)
    plain = {"name": function["name"], "arguments": arguments}
    return {"id": call["id"], "type": "function", "function": plain}


def _refuse(pair: PreferencePair) -> str | None:
    reasons = (
        (EMPTY, is_empty(pair)),
        (SEVERAL, has_several(pair)),
        (EQUAL, is_equal(pair)),
        (ENDS, not pair.prompt or pair.prompt[-1]["role"] not in ("user", "tool")),
        (UNANSWERED, not all(is_answered(history) for history in histories(pair))),
        (NAMES, not all(_NAME.fullmatch(name) for name in _names(pair))),
        (MANY, len(pair.tools) > _MOST),
    )
    return next((reason for reason, holds in reasons if holds), unsaid(pair))


def _names(pair: PreferencePair) -> list[str]:
    tools: list[Any] = [tool.get("function", tool) for tool in pair.tools]
    messages = (message for history in histories(pair) for message in history)
    calls = [call["function"] for message in messages for call in calls_of(message)]
    return [str(function["name"]) for function in (*tools, *calls)]


def _usage(files: Mapping[str, str]) -> str:
    return _USAGE.format(train=files.get("train", next(iter(files.values()))))


FORMAT = Format("openai", "OpenAI preference fine-tuning", "pairs", _row, _refuse, _usage)
