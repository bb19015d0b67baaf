"""The scales that things are ordered on, and which end is position 1.

One table for all orderings: 1 is the leftmost, oldest, least expensive, first, topmost, tallest,
biggest, heaviest, fastest, longest, hottest, best, richest, strongest, earliest. Words that no row
has are not on a scale.
"""

from __future__ import annotations

import re

_SCALES = (
    # nearer to 1: more, most | nearer to the last: more, most
    ("left", "leftmost", "right", "rightmost"),
    ("older", "oldest", "newer|younger", "newest|youngest"),
    (
        "less expensive|cheaper|less costly",
        "cheapest|least expensive|least costly",
        "more expensive|costlier|pricier|dearer|more costly",
        "most expensive|costliest|priciest|dearest|most costly",
    ),
    (
        "above|ahead of|before|in front of|higher",
        "first|top|topmost|highest|front",
        "below|behind|after|lower|under|beneath",
        "last|bottom|bottommost|lowest|back",
    ),
    ("taller", "tallest", "shorter", "shortest"),
    ("bigger|larger|greater", "biggest|largest|greatest", "smaller", "smallest"),
    ("heavier", "heaviest", "lighter", "lightest"),
    ("faster|quicker", "fastest|quickest", "slower", "slowest"),
    ("longer", "longest", "briefer", "briefest"),
    ("hotter|warmer", "hottest|warmest", "colder|cooler", "coldest|coolest"),
    ("better", "best", "worse", "worst"),
    ("richer|wealthier", "richest|wealthiest", "poorer", "poorest"),
    ("stronger", "strongest", "weaker", "weakest"),
    ("earlier", "earliest", "later", "latest"),
    ("nearer|closer", "nearest|closest", "farther|further", "farthest|furthest"),
)


def _words(column: int) -> frozenset[str]:
    return frozenset(word for row in _SCALES for word in row[column].split("|"))


def _pattern(*columns: int) -> str:
    words = sorted(frozenset().union(*map(_words, columns)), key=len, reverse=True)
    return "|".join(word.replace(" ", " +") for word in words)


BEFORE, AFTER = _words(0), _words(2)
NEAR_END = _words(1) | {"left"}
FAR_END = _words(3) | {"right"}
COMPARATIVE = _pattern(0, 2)
END = _pattern(1, 3) + "|left|right"

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
ORDINAL = "|".join(_ORDINALS) + r"|\d+(?:st|nd|rd|th)"


def to_rank(ordinal: str) -> int:
    """The number of an ordinal word: third -> 3, 12th -> 12."""
    digits = re.match(r"\d+", ordinal)
    return int(digits[0]) if digits else _ORDINALS.index(ordinal) + 1


def to_position(rank: int, end: str, size: int) -> int:
    """The position (from 1) of the `rank`-th from the end that a word names, among `size`."""
    return size + 1 - rank if end in FAR_END else rank
