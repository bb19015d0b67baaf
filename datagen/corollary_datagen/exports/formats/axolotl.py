"""Axolotl's chat_template.default rows: a conversation, one chosen and one rejected message.

Source: Axolotl's page rlhf and `prompt_strategies/dpo/chat_template.py`, which copies role and
content alone: tool calls and tools are dropped without a word, and of a side the last message is
all that is kept. Rows with either are refused, which leaves pairs in text form whose sides are one
message. It finds a side by looking for its words in the rendered text, so empty words, words that a
template trims and words of its own dummy message are refused too.
"""

from __future__ import annotations

from collections.abc import Mapping

from corollary_agent.trace import Message
from corollary_datagen.exports.formats.format import Format, Row
from corollary_datagen.exports.formats.sides import (
    EMPTY,
    EQUAL,
    SEVERAL,
    calls_of,
    content_of,
    has_several,
    histories,
    is_empty,
    is_equal,
    unsaid,
)
from corollary_datagen.pair import PreferencePair

CALLS = "chat_template.default would drop the tool calls: it copies role and content alone"
TOOLS = "chat_template.default would drop the tools: it renders without their schemas"
TRIMMED = "a side begins or ends in space, which templates trim and Axolotl then cannot find"
DUMMY = "a side's words stand in Axolotl's dummy message, where it would cut"

_DUMMY = "[[dummy_message]]"
_USAGE = """Axolotl:

```yaml
rl: dpo
datasets:
  - path: {train}
    ds_type: json
    split: train
    type: chat_template.default
    field_messages: messages
    field_chosen: chosen
    field_rejected: rejected
```

Axolotl cuts a side where its words first stand in the rendered text: with a template that adds a
system text of its own, very short sides may be cut too early."""


def _row(pair: PreferencePair) -> Row:
    return {
        "messages": [_plain(message) for message in pair.prompt],
        "chosen": _plain(pair.chosen[0]),
        "rejected": _plain(pair.rejected[0]),
    }


def _plain(message: Message) -> Row:
    return {"role": message["role"], "content": content_of(message)}


def _refuse(pair: PreferencePair) -> str | None:
    every = [message for history in histories(pair) for message in history]
    ends = [content_of(side[-1]) if side else "" for side in (pair.chosen, pair.rejected)]
    reasons = (
        (CALLS, any(calls_of(m) or m["role"] == "tool" for m in every)),
        (TOOLS, bool(pair.tools)),
        (EMPTY, is_empty(pair)),
        (SEVERAL, has_several(pair)),
        (EQUAL, is_equal(pair)),
        (TRIMMED, any(words != words.strip() for words in ends)),
        (DUMMY, any(words in _DUMMY for words in ends)),
    )
    return next((reason for reason, holds in reasons if holds), unsaid(pair))


def _usage(files: Mapping[str, str]) -> str:
    return _USAGE.format(train=files.get("train", next(iter(files.values()))))


FORMAT = Format("axolotl", "Axolotl", "pairs", _row, _refuse, _usage)
