"""Small changes to one sentence of a logic problem: another sign, another direction, two names.

Yields sentences that differ from the given one in a single place. Guarantees no meaning: whoever
uses them reads both and sees what the change did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

_OPPOSITES = (
    ("left", "right"),
    ("leftmost", "rightmost"),
    ("above", "below"),
    ("older", "newer"),
    ("oldest", "newest"),
    ("more expensive", "less expensive"),
    ("most expensive", "cheapest"),
    ("before", "after"),
    ("knight", "knave"),
    ("truth-teller", "liar"),
    ("first", "last"),
    ("second", "third"),
    ("second-to-last", "third-to-last"),
)
_ARE = re.compile(r"\b(is|are)\b( not)?(?= [a-z])")
_DOES = re.compile(r"\b(?:does|do) not (\w+)")


def reworded(sentence: str, names: Sequence[str]) -> Iterator[str]:
    """Yield sentences with one change. names: the things that may stand in each other's place."""
    seen = {sentence}
    for candidate in (*_signs(sentence), *_directions(sentence), *_swaps(sentence, names)):
        if candidate not in seen:
            seen.add(candidate)
            yield candidate


def _signs(sentence: str) -> Iterator[str]:
    """`is` for `is not`, `is not` for `is`, a bare verb for `does not`."""
    for match in _ARE.finditer(sentence):
        verb = match[1] if match[2] else f"{match[1]} not"
        yield sentence[: match.start()] + verb + sentence[match.end() :]
    for match in _DOES.finditer(sentence):
        yield sentence[: match.start()] + _third_person(match[1]) + sentence[match.end() :]


def _directions(sentence: str) -> Iterator[str]:
    for pair in _OPPOSITES:
        for old, new in (pair, pair[::-1]):
            for match in re.finditer(rf"(?<![\w-]){old}(?![\w-])", sentence):
                yield sentence[: match.start()] + new + sentence[match.end() :]


def _swaps(sentence: str, names: Sequence[str]) -> Iterator[str]:
    """Two names in each other's place, where both stand in the sentence."""
    for pair in combinations(names, 2):
        other = dict(zip(pair, reversed(pair), strict=True))
        parts = re.split(rf"\b({'|'.join(map(re.escape, pair))})\b", sentence)
        if set(pair) <= set(parts):
            yield "".join(other.get(part, part) for part in parts)


def _third_person(verb: str) -> str:
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if re.search(r"[^aeiou]y$", verb) else f"{verb}s"
