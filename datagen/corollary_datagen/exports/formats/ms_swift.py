"""ms-swift's agent rows: whole histories of both sides; calls and results have roles of their own.

Source: ms-swift's pages Custom-dataset and Agent-support, and `template_inputs.py`: `messages` and
`rejected_messages`, each with its tools as a JSON text, calls as role tool_call whose content is
the JSON of name and arguments. Keeps tool calls, tool results and sides of any length; results are
told apart by their order alone, so they stand in the order of their calls.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from corollary_agent.trace import Message
from corollary_datagen.exports.formats.format import Format, Row
from corollary_datagen.exports.formats.sides import (
    EMPTY,
    EQUAL,
    UNANSWERED,
    Messages,
    call_text,
    calls_of,
    content_of,
    has_media,
    histories,
    is_answered,
    is_empty,
    is_equal,
    results_in_order,
    unsaid,
)
from corollary_datagen.pair import PreferencePair

MEDIA = "a text holds <image>, <video> or <audio>, which ms-swift reads as a file"

_USAGE = """ms-swift:

```bash
swift rlhf --rlhf_type dpo --model MODEL --dataset {train} --agent_template hermes
```

`agent_template` must be the one of the model: it decides how calls, results and tools are written.
Tool results take no part in the loss."""


def _row(pair: PreferencePair) -> Row:
    tools = json.dumps(pair.tools, ensure_ascii=False)
    chosen, rejected = ([*_messages(history)] for history in histories(pair))
    row: Row = {"messages": chosen, "rejected_messages": rejected}
    return {**row, "tools": tools, "rejected_tools": tools} if pair.tools else row


def _messages(history: Messages) -> Iterator[Row]:
    for message in results_in_order(history):
        yield from _parts(message)


def _parts(message: Message) -> Iterator[Row]:
    role, calls = message["role"], calls_of(message)
    if role == "tool":
        yield {"role": "tool_response", "content": content_of(message)}
    elif content_of(message) or not calls:
        yield {"role": role, "content": content_of(message)}
    for call in calls:
        yield {"role": "tool_call", "content": call_text(call)}


def _refuse(pair: PreferencePair) -> str | None:
    if is_empty(pair):
        return EMPTY
    if is_equal(pair):
        return EQUAL
    if not all(is_answered(history) for history in histories(pair)):
        return UNANSWERED
    return unsaid(pair) or (MEDIA if has_media(pair) else None)


def _usage(files: Mapping[str, str]) -> str:
    return _USAGE.format(train=files.get("train", next(iter(files.values()))))


FORMAT = Format("ms-swift", "ms-swift", "pairs", _row, _refuse, _usage)
