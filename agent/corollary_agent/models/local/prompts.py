"""Prompts as text and as tokens: the chat template, and what users and tools must not say with it.

A control token that stands in somebody's text (`<|end|>` in a user's message, a tool's result or an
argument) is taken out of the template's hands: it is tokenised as the plain characters that it is.
Guarantees the tokenizer's own ids for everything else. Does not choose tools or formats.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from corollary_agent.models.local.tokens import PromptTokens
from corollary_agent.models.local_text import render
from corollary_tools.errors import CorollaryError

_OPEN, _CLOSE = "\U000f5e00", "\U000f5e01"
"""Private characters around a control token that is only text."""


class Prompts:
    """Renders and tokenises with one tokenizer. marks: what begins and ends calls and thoughts."""

    def __init__(self, tokenizer: Any, marks: Sequence[str]) -> None:
        self._tokenizer = tokenizer
        self._tokens = PromptTokens(tokenizer)
        control = _control_texts(tokenizer, marks)
        self._control = re.compile("|".join(map(re.escape, control))) if control else None
        self._ids = {tokenizer.convert_tokens_to_ids(text) for text in control}
        self._quoted = re.compile(f"{_OPEN}(.*?){_CLOSE}", re.DOTALL)

    def render(self, rows: Sequence[dict[str, Any]], tools: Sequence[dict[str, Any]]) -> str:
        """Return the prompt's text. Raises CorollaryError where the template refuses the rows."""
        try:
            return render(self._tokenizer, [self._quote(row) for row in rows], tools or None)
        except Exception as error:
            raise CorollaryError(
                "the chat template does not take these messages",
                because=f"{type(error).__name__}: {error}"[:300],
                remedy="another order of messages, or a checkpoint with a chat template for tools",
            ) from error

    def tokens(self, text: str) -> tuple[int, ...]:
        """Return the ids of a rendered prompt."""
        if _OPEN not in text:
            return self._tokens(text)
        pieces = self._quoted.split(text)
        ids: list[int] = []
        for number, piece in enumerate(pieces):
            ids += self._plain(piece) if number % 2 else self._tokens(piece)
        return tuple(ids)

    def control_text(self, text: str) -> str | None:
        """The first control token that stands in somebody's text, if there is one."""
        found = self._control.search(text) if self._control else None
        return found[0] if found else None

    def _quote(self, row: dict[str, Any]) -> dict[str, Any]:
        """Set apart the control tokens in what a message says and in what its calls are given."""
        quoted = {**row, "content": self._set_apart(row.get("content"))}
        if row.get("tool_calls"):
            quoted["tool_calls"] = [
                {**call, "function": self._set_apart(call["function"])}
                for call in row["tool_calls"]
            ]
        return quoted

    def _set_apart(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._set_apart(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self._set_apart(part) for part in value]
        if not isinstance(value, str) or self._control is None:
            return value
        value = value.replace(_OPEN, "").replace(_CLOSE, "")
        return self._control.sub(f"{_OPEN}\\g<0>{_CLOSE}", value)

    def _plain(self, text: str) -> list[int]:
        """The ids of a control token's text as plain characters."""
        for cut in range(1, len(text)):
            ids = [*self._tokens(text[:cut]), *self._tokens(text[cut:])]
            if not self._ids & set(ids):
                return ids
        return [i for sign in text for i in self._tokens(sign) if i not in self._ids]


def _control_texts(tokenizer: Any, marks: Sequence[str]) -> list[str]:
    """Special tokens, and added tokens that hold a mark of calls or thoughts; longest first."""
    special = set(map(str, tokenizer.all_special_tokens))
    for added in tokenizer.added_tokens_decoder.values():
        text = str(added.content)
        if added.special or any(mark in text for mark in marks):
            special.add(text)
    return sorted(filter(None, special), key=len, reverse=True)
