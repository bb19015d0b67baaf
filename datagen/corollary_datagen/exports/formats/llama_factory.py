"""LLaMA-Factory's ranking rows: a sharegpt conversation, one chosen and one rejected message.

Source: LLaMA-Factory's data/README.md and `converter.py`: turns alternate between human or
observation and gpt or function_call, the conversation ends before the model, and a function_call is
JSON alone. What its loader skips or drops is refused: sides of several messages, several results in
a row, words beside a call.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from corollary_agent.trace import Message
from corollary_datagen.exports.formats.format import Format, Row
from corollary_datagen.exports.formats.sides import (
    BOTH,
    EMPTY,
    EQUAL,
    SEVERAL,
    UNANSWERED,
    call_text,
    calls_of,
    content_of,
    has_media,
    has_several,
    histories,
    is_answered,
    is_empty,
    is_equal,
    unsaid,
)
from corollary_datagen.pair import PreferencePair

TURNS = "the turns do not alternate: several results after one step, or several texts in a row"
MEDIA = "a text holds <image>, <video> or <audio>, which LLaMA-Factory reads as a file"

_ROLES = {"user": "human", "tool": "observation", "assistant": "gpt", "system": "system"}
_USAGE = """LLaMA-Factory reads `dataset_info.json` of this folder:

```yaml
stage: dpo
dataset_dir: .
dataset: {names}
```

The template of the model decides how calls, results and tools are written."""


def _row(pair: PreferencePair) -> Row:
    tools = [tool.get("function", tool) for tool in pair.tools]
    return {
        "conversations": [_turn(message) for message in pair.prompt],
        "chosen": _turn(pair.chosen[0]),
        "rejected": _turn(pair.rejected[0]),
        "tools": json.dumps(tools, ensure_ascii=False) if tools else "",
    }


def _turn(message: Message) -> Row:
    calls = [call_text(call) for call in calls_of(message)]
    if not calls:
        return {"from": _ROLES[str(message["role"])], "value": content_of(message)}
    value = calls[0] if len(calls) == 1 else f"[{', '.join(calls)}]"
    return {"from": "function_call", "value": value}


def _refuse(pair: PreferencePair) -> str | None:
    every = [message for history in histories(pair) for message in history]
    reasons = (
        (EMPTY, is_empty(pair)),
        (SEVERAL, has_several(pair)),
        (EQUAL, is_equal(pair)),
        (BOTH, any(calls_of(message) and content_of(message) for message in every)),
        (UNANSWERED, not all(is_answered(history) for history in histories(pair))),
        (TURNS, not _alternate(pair)),
        (MEDIA, has_media(pair)),
    )
    return next((reason for reason, holds in reasons if holds), unsaid(pair))


def _alternate(pair: PreferencePair) -> bool:
    roles = [message["role"] for message in pair.prompt]
    turns = roles[1:] if roles[:1] == ["system"] else roles
    wanted = (("user", "tool"), ("assistant",))
    return len(turns) % 2 == 1 and all(r in wanted[i % 2] for i, r in enumerate(turns))


def _settings(files: Mapping[str, str]) -> Mapping[str, str]:
    columns = {name: name for name in ("chosen", "rejected", "tools")}
    entry: dict[str, Any] = {
        "formatting": "sharegpt",
        "ranking": True,
        "columns": {"messages": "conversations", **columns},
        "tags": {
            "role_tag": "from",
            "content_tag": "value",
            "user_tag": "human",
            "assistant_tag": "gpt",
            "observation_tag": "observation",
            "function_tag": "function_call",
            "system_tag": "system",
        },
    }
    sets = {f"corollary_{split}": {"file_name": name, **entry} for split, name in files.items()}
    return {"dataset_info.json": json.dumps(sets, indent=2) + "\n"}


def _usage(files: Mapping[str, str]) -> str:
    return _USAGE.format(names=", ".join(f"corollary_{split}" for split in files))


FORMAT = Format("llama-factory", "LLaMA-Factory", "pairs", _row, _refuse, _usage, _settings)
