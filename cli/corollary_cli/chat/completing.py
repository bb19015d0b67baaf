"""What the prompt offers to complete: slash words, and what may stand after each.

Guarantees that nothing is offered while a problem is typed. Does not interpret a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

Offers = Callable[[], Iterable[str]]


class SlashCompleter(Completer):
    """words: slash words with their help. offers: what may follow a word, asked when it is typed.

    Only the last part of a line, after its last space, is completed.
    """

    def __init__(self, words: Mapping[str, str], offers: Mapping[str, Offers]) -> None:
        self._words = words
        self._offers = offers

    def get_completions(self, document: Document, _: CompleteEvent) -> Iterable[Completion]:
        """Offer what begins as the text before the cursor does."""
        typed = document.text_before_cursor
        if not typed.startswith("/") or "\n" in typed:
            return
        word, space, rest = typed[1:].partition(" ")
        if not space:
            for name, help in self._words.items():
                if name.startswith(word):
                    yield Completion(f"/{name}", -len(typed), display_meta=help)
        elif word in self._offers:
            last = rest.rpartition(" ")[2]
            for offer in self._offers[word]():
                if offer.startswith(last):
                    yield Completion(offer, -len(last))
