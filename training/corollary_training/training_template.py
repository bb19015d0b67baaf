"""Chat templates that can be trained on, for models whose published one rewrites the past.

Some families (Qwen3) take the thoughts out of earlier turns, so that what a turn was trained on is
not what it becomes. TRL ships a training form of such templates. Guarantees that a template is
replaced only where it rewrites the past and TRL knows it character by character. Loads no torch.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from corollary_agent.models.local_text import render
from corollary_training.render import in_family_form

_CALL = {"type": "function", "id": "call_0", "function": {"name": "look", "arguments": {"n": 1}}}
_CHAIN: tuple[dict[str, Any], ...] = (
    {"role": "user", "content": "?"},
    {"role": "assistant", "content": "", "tool_calls": [_CALL]},
    {"role": "tool", "content": "!", "tool_call_id": "call_0", "name": "look"},
    {"role": "assistant", "content": "1"},
)


def templates_of_trl() -> Path:
    """The folder of the chat templates that TRL ships."""
    found = find_spec("trl")
    return Path((found.submodule_search_locations or [""])[0] if found else "", "chat_templates")


def rewrites_past(tokenizer: Any) -> bool:
    """Whether a turn is rendered otherwise once others follow it."""
    rows, _ = in_family_form(tokenizer, _CHAIN, None)
    whole = render(tokenizer, rows, reply=False)
    return not all(
        whole.startswith(render(tokenizer, rows[:end], reply=False)) for end in (1, 2, 3)
    )


def training_form(tokenizer: Any) -> str | None:
    """TRL's training form of a template that rewrites the past; None for any other template."""
    known = tokenizer.chat_template
    if not isinstance(known, str) or not rewrites_past(tokenizer):
        return None
    for path in templates_of_trl().glob("*_training.jinja"):
        stock = path.with_name(path.name.replace("_training", ""))
        if stock.is_file() and stock.read_text("utf-8") == known:
            return path.read_text("utf-8")
    return None
