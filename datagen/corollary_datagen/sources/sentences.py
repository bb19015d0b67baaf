"""Cutting a text into its sentences, with quotations kept whole.

Guarantees that the pieces joined by one space are the text with its white space normalised. Does
not know languages: it knows full stops, quotation marks and a few English abbreviations.
"""

from __future__ import annotations

import re

_BOUNDARY = re.compile(r"""(?:(?<=[.?!])|(?<=[.?!]["”’]))\s+(?=["“‘(]?[A-Z0-9])""")
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|No|Jr|Sr)|\b[A-Z])\.$")


def split_sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text in order."""
    sentences: list[str] = []
    for piece in _BOUNDARY.split(" ".join(text.split())):
        if sentences and _ABBREVIATION.search(sentences[-1]):
            sentences[-1] += f" {piece}"
        elif piece:
            sentences.append(piece)
    return tuple(sentences)
