"""Between messages and a local model's text: its chat template out, its tool calls back in.

One renderer for acting and for training. Guarantees that a parsed message loses nothing: a call
that cannot be read becomes an `invalid_tool_call` with the reason and its text. Does not load
models and does not touch torch.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from corollary_agent.models.local.formats.hermes import Hermes
from corollary_agent.models.local.formats.segments import Parsed, read_segments


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
        tools=list(tools) if tools and shows_tools(tokenizer) else None,
        tokenize=False,
        add_generation_prompt=reply,
    )
    return str(text)


def shows_tools(tokenizer: Any) -> bool:
    """Whether the template reads its tools; copying them for one that does not costs 1 ms."""
    template = tokenizer.chat_template
    return not isinstance(template, str) or _names_tools(template)


@cache
def _names_tools(template: str) -> bool:
    return bool(re.search(r"\btools\b", re.sub(r"\{#.*?#\}", "", template, flags=re.DOTALL)))


def templated(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message as chat templates take it: no nulls, content always there."""
    kept = {key: value for key, value in message.items() if value is not None}
    kept.setdefault("content", "")
    return kept


def parse(text: str) -> Parsed:
    """Take a decoded text apart as Hermes, Qwen and the students built here write it."""
    return read_segments(Hermes().segments(text))
