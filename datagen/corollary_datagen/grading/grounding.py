"""Where the words and numbers of a call come from: whether a problem's text has them.

Names match by their stems, numbers by value, however they are written (`48`, forty-eight, half,
15 %). Guarantees nothing about meaning: a text may hold a word and say something else with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache

_NUMBER = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d*\.\d+|\d+")
_RATIO = re.compile(r"(\d+)\s*/\s*(\d+)")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*(?:%|percent|per cent)")
_SCALED = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s+(hundred|thousand|million|billion|dozen)")
_WORD = re.compile(r"[A-Za-z]+")
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_STEM = 4  # letters that two forms of a word share: young, youngest; jompus, jompuses
_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_OTHER = {
    "hundred": "100", "thousand": "1000", "million": "1000000", "billion": "1000000000",
    "dozen": "12", "half": "1/2", "halves": "1/2", "third": "1/3", "quarter": "1/4",
    "fifth": "1/5", "twice": "2", "double": "2", "thrice": "3", "triple": "3", "once": "1",
    "pair": "2", "couple": "2", "score": "20",
}  # fmt: skip
WORDS: dict[str, Fraction] = {
    **{word: Fraction(number) for number, word in enumerate(_SMALL)},
    **{word: Fraction(10 * number) for number, word in enumerate(_TENS, start=2)},
    **{word: Fraction(number) for word, number in _OTHER.items()},
}
_COMMON = "0 1 2 3 4 5 6 7 8 9 10 11 12 24 28 29 30 31 52 60 100 365 1000 0.5 0.01"
COMMON = frozenset(map(Fraction, _COMMON.split()))
"""Numbers that anybody may bring: small ones, and those of the clock, the calendar and per cent."""


@lru_cache(maxsize=4_000)
def stated_numbers(text: str) -> frozenset[Fraction]:
    """Every number that a text states, in digits or words, as amounts without a sign."""
    return frozenset(_stated(text))


def written_numbers(texts: Iterable[str]) -> frozenset[Fraction]:
    """The numerals in the texts, each as an amount without a sign."""
    return frozenset(_fraction(match) for text in texts for match in _NUMBER.findall(text))


def grounded_share(names: Iterable[str], text: str) -> float:
    """The share of the names that the text has, from 0 to 1; 1 where there are none."""
    words = _words(text)
    found = [_is_in(name, words) for name in names]
    return sum(found) / len(found) if found else 1.0


def times_in(name: str, text: str) -> int:
    """How often a text has a name: the word that begins as the name's first part does."""
    parts = _parts(name)
    return sum(_is_form(parts[0], word) for word in _WORD.findall(text.lower())) if parts else 0


def _stated(text: str) -> Iterator[Fraction]:
    yield from written_numbers([text])
    for top, bottom in _RATIO.findall(text):
        if int(bottom):
            yield Fraction(int(top), int(bottom))
    for share in _PERCENT.findall(text):
        yield Fraction(share) / 100
    for count, scale in _SCALED.findall(text.lower()):
        yield _fraction(count) * WORDS[scale]
    words = [word for word in _WORD.findall(text.lower()) if word not in ("and", "a")]
    for word, after in zip(words, [*words[1:], ""], strict=True):
        for known in (word, word.removesuffix("s")):
            if known in WORDS:
                yield WORDS[known]
                yield from _joined(WORDS[known], WORDS.get(after.removesuffix("s")))


def _joined(value: Fraction, after: Fraction | None) -> Iterator[Fraction]:
    """`forty eight`, `two hundred`, `two thirds`."""
    if after is not None:
        yield value + after
        yield value * after


@lru_cache(maxsize=4_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def _is_in(name: str, words: frozenset[str]) -> bool:
    parts = _parts(name)
    return not parts or any(_is_form(part, word) for part in parts for word in words)


def _parts(name: str) -> list[str]:
    """The words of a name, those of one or two letters only where it has no other."""
    parts = [part.lower() for part in _PART.findall(name) if not part.isdigit()]
    return [part for part in parts if len(part) > 2] or parts


def _is_form(part: str, word: str) -> bool:
    """Whether two words begin alike: young and youngest, sees and see, cat and cats."""
    return word.startswith(part[:_STEM]) or (len(word) > 2 and part.startswith(word))


def _fraction(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))
