"""Text from tokens that come one at a time, and the texts that end it.

Guarantees that the pieces add up to the decoding of all tokens, that no piece ends within a
character, and that nothing behind (or of) a stop text is ever given out. Does not know messages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from corollary_agent.models.local.formats.segments import held_back

_UNFINISHED = "\ufffd"
_PRIVATE = ("\ue000", "\uf8ff")


class GrowingText:
    """The text of one message while it is written.

    on_text: called with the whole text so far whenever it has grown, in the decoder's thread.
    """

    def __init__(
        self,
        tokenizer: Any,
        stops: Sequence[str] = (),
        on_text: Callable[[str], None] | None = None,
    ) -> None:
        self._tokenizer = tokenizer
        self._stops = tuple(stops)
        self._on_text = on_text
        self._ids: list[int] = []
        self._shown, self._from = 0, 0
        self._before = ""
        self.text = ""
        self.stopped = False

    @property
    def watched(self) -> bool:
        """Somebody is told when it grows."""
        return self._on_text is not None

    def __call__(self, token: int) -> bool:
        """Take one token; true where the text has reached a stop text."""
        self._ids.append(token)
        piece = self._piece(final=False)
        if piece:
            self._grow(piece)
        return self.stopped

    def finish(self) -> str:
        """Return the whole text, with what was held back."""
        if not self.stopped:
            self._grow(self._piece(final=True))
        return self.text

    def _piece(self, *, final: bool) -> str:
        """What the tokens since the last piece add, once their last character is whole."""
        whole = self._decode(self._ids[self._from :])
        last = whole[-1:]
        if not final and (last == _UNFINISHED or _PRIVATE[0] <= last <= _PRIVATE[1]):
            return ""
        piece = whole[len(self._before) :]
        self._from, self._shown = self._shown, len(self._ids)
        self._before = self._decode(self._ids[self._from :])
        return piece

    def _grow(self, piece: str) -> None:
        start = max(0, len(self.text) - max((len(stop) for stop in self._stops), default=0))
        self.text += piece
        found = [at for stop in self._stops if (at := self.text.find(stop, start)) >= 0]
        if found:
            self.text, self.stopped = self.text[: min(found)], True
        if self._on_text is not None:
            held = 0 if self.stopped else held_back(self.text, self._stops)
            self._on_text(self.text[: len(self.text) - held])

    def _decode(self, ids: Sequence[int]) -> str:
        return str(self._tokenizer.decode(ids, skip_special_tokens=False)) if ids else ""
