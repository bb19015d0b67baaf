"""Cutting a text into its sentences, with quotations kept whole.

Guarantees that the pieces joined by one space are the text with its white space normalised. Does
not know languages: it knows full stops, quotation marks and a few English abbreviations.
"""

from __future__ import annotations

import re

_BOUNDARY = re.compile(r"""(?:(?<=[.?!])|(?<=[.?!]["”’]))\s+(?=["“‘(]?[A-Z0-9])""")
# A single capital is an initial at the start or after a name ("J. S. Mill", "John F. Kennedy");
# elsewhere it is what the sentence is about ("K lives above P.").
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|No|Jr|Sr)|(?:^|\b[A-Z][a-z]+ |\b[A-Z]\. )[A-Z])\.$"
)


def split_sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text in order."""
    sentences: list[str] = []
    for piece in _BOUNDARY.split(" ".join(text.split())):
        open_quote = bool(sentences) and _is_open(sentences[-1])
        if sentences and (open_quote or _ABBREVIATION.search(sentences[-1])):
            sentences[-1] += f" {piece}"
        elif piece:
            sentences.append(piece)
    return tuple(sentences)


def _is_open(sentence: str) -> bool:
    """Does a quotation begin in `sentence` that does not end in it?"""
    return sentence.count('"') % 2 == 1 or sentence.count("“") > sentence.count("”")
