"""Text to token ids for prompts that grow: what was tokenised before is not tokenised again.

A prompt is cut at its special tokens, which every fast tokenizer takes out before anything else;
the pieces between them are looked up. Guarantees the tokenizer's own ids: a tokenizer whose pieces
do not add up to the whole (some write a mark at the start of a text) is always asked for the whole.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from typing import Any

REMEMBERED = 50_000
"""Pieces kept; one is a message at most."""


class PromptTokens:
    """Tokenises prompts with one tokenizer."""

    def __init__(self, tokenizer: Any) -> None:
        marks = sorted(map(str, tokenizer.all_special_tokens), key=len, reverse=True)
        self._tokenizer = tokenizer
        self._cut = re.compile("(" + "|".join(map(re.escape, marks)) + ")") if marks else None
        self._piece = lru_cache(maxsize=REMEMBERED)(self._whole)
        self._adds_up: bool | None = None

    def __call__(self, text: str) -> tuple[int, ...]:
        """Return the ids of a rendered prompt."""
        if self._cut is None or self._adds_up is False:
            return self._whole(text)
        pieces = map(self._piece, filter(None, self._cut.split(text)))
        joined = tuple(chain.from_iterable(pieces))
        if self._adds_up is None:
            self._adds_up = joined == self._whole(text)
            return joined if self._adds_up else self._whole(text)
        return joined

    def _whole(self, text: str) -> tuple[int, ...]:
        return tuple(self._tokenizer(text, add_special_tokens=False)["input_ids"])
