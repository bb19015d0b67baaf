"""Which call format a checkpoint speaks, read off its tokenizer and its chat template.

Guarantees the format that was named, or a CorollaryError with the names. A template that says
nothing of tools gets calls as text. Does not read texts.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from corollary_agent.models.local.formats.gptoss import GptOss
from corollary_agent.models.local.formats.hermes import Hermes
from corollary_agent.models.local.formats.llama3 import Llama3
from corollary_agent.models.local.formats.mistral import Mistral
from corollary_agent.models.local.formats.segments import CallFormat
from corollary_agent.models.local.formats.templates import ResponseTemplate
from corollary_agent.models.local.formats.text import TextCalls
from corollary_tools.errors import CorollaryError

_FORMATS: dict[str, Callable[[Any], CallFormat]] = {
    "hermes": lambda _: Hermes(),
    "llama3": lambda _: Llama3(),
    "mistral": lambda tokenizer: Mistral(named="[ARGS]" in tokenizer.get_added_vocab()),
    "gptoss": lambda _: GptOss(),
    "template": ResponseTemplate,
    "text": lambda _: TextCalls(),
}


def find_format(tokenizer: Any, call_form: str) -> CallFormat:
    """Return the format named `call_form`, or the tokenizer's own for `auto`."""
    name = _own_form(tokenizer) if call_form == "auto" else call_form
    if name not in _FORMATS:
        near = difflib.get_close_matches(name, _FORMATS, n=1)
        raise CorollaryError(
            f"there is no call form {name!r}",
            because="call_form says how a model writes its tool calls",
            remedy=", ".join(dict.fromkeys((*near, "auto", *_FORMATS))),
        )
    if name == "template" and not getattr(tokenizer, "response_template", None):
        raise CorollaryError(
            "this checkpoint has no response template",
            because="its tokenizer_config.json holds none",
            remedy='call_form="auto"',
        )
    return _FORMATS[name](tokenizer)


def _own_form(tokenizer: Any) -> str:
    """The family whose marks the chat template writes."""
    given = tokenizer.chat_template or ""
    template = given if isinstance(given, str) else " ".join(map(str, given.values()))
    plain_hermes = "<tool_call>" in template and not any(
        mark in template for mark in ("<function=", "<arg_key>")
    )
    if "[TOOL_CALLS]" in template:
        return "mistral"
    if "<|channel|>" in template and "<|message|>" in template:
        return "gptoss"
    if plain_hermes:
        return "hermes"
    if getattr(tokenizer, "response_template", None):
        return "template"
    if '"parameters"' in template or "python_tag" in template:
        return "llama3"
    return "hermes" if "tool_call" in template else "text"
