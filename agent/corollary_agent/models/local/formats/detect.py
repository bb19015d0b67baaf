"""Which call format a checkpoint speaks, read off its tokenizer and its chat template.

Guarantees the format that was named, or a CorollaryError with the names. Does not read texts.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from corollary_agent.models.local.formats.hermes import Hermes
from corollary_agent.models.local.formats.segments import CallFormat
from corollary_tools.errors import CorollaryError

_FORMATS: dict[str, Callable[[Any], CallFormat]] = {"hermes": lambda _: Hermes()}


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
    return _FORMATS[name](tokenizer)


def _own_form(tokenizer: Any) -> str:
    return "hermes"
