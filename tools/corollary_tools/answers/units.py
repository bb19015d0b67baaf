"""The unit behind an answer: what its words measure and how much, exactly.

Guarantees exact ratios by the table of `solvers.arithmetic.units`; per cent and degrees are
dimensions of their own, and a word that is no unit is a thing that is counted. Does not read
numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from corollary_tools.solvers.arithmetic.units import Dimension, find_unit, multiplied

_POWER = re.compile(r"(?:(square|sq|cubic|cu)\.?\s+)?(.+?)(?:\s*\^?\s*\{?([23²³])\}?)?")
_POWERS = {None: 1, "2": 2, "²": 2, "square": 2, "sq": 2, "3": 3, "³": 3, "cubic": 3, "cu": 3}
_OWN = {"%": "percent", "percent": "percent", "degree": "angle", "deg": "angle", "¢": "¢"}


@dataclass(frozen=True, slots=True)
class Measure:
    """dimension: what is measured; scale: how many base units; known: whether it is a unit."""

    dimension: Dimension
    scale: Fraction
    known: bool = True


def read_measure(words: str) -> Measure:
    """What the words behind a number measure; several factors by `per` or `/`."""
    above, per, below = re.sub(r"\bper\b", "/", words.strip(" .")).partition("/")
    one = _single(above.strip())
    if not per:
        return one
    other = _single(below.strip())
    dimension = multiplied(one.dimension, other.dimension, -1)
    return Measure(dimension, one.scale / other.scale, one.known and other.known)


def _single(words: str) -> Measure:
    match = _POWER.fullmatch(words)
    if match is None:
        return Measure(((words, 1),), Fraction(1), False)
    power = _POWERS[match[1] or match[3]]
    word = match[2].strip(" .")
    one = _named(word)
    return Measure(
        tuple((name, times * power) for name, times in one.dimension), one.scale**power, one.known
    )


def _named(word: str) -> Measure:
    own = _OWN.get(word.casefold()) or _OWN.get(_singular(word))
    unit = None if own in ("percent", "angle") else find_unit(word) or find_unit(word.lower())
    if unit is not None:
        return Measure(unit.dimension, unit.scale)
    return Measure(((own or _singular(word), 1),), Fraction(1), own is not None)


def _singular(word: str) -> str:
    word = word.casefold()
    if word.endswith(("ches", "sses", "shes", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 2 else word
