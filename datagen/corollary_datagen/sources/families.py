"""Families: which problems are so alike that they must not stand on both sides of a split.

A family is a short text with a prefix for its kind. Guarantees that texts which differ only in
names, numbers, pronouns, case or punctuation have one family, whatever source they come from.
Does not find paraphrases: overlap of wording is found in `contamination`.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from collections.abc import Sequence

from corollary_agent.problem import Problem


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TOKEN = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?|\d[\d,]*(?:\.\d+)?|[^\s\w.,;:?!'\"“”‘’()$-]")
_PRONOUNS = _words("he she him her his hers himself herself they them their theirs")
_NUMBERS = _words(
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty "
    "hundred thousand twice thrice"
)
# Capitalised words at the start of a sentence that are no names.
_STARTERS = _words(
    "a after all although an and another are as assume at because before both but by can did do "
    "does during each every find first for four from given half how if in is it its last let no "
    "of on once one only out some suppose ten that the then there these they this three to today "
    "tomorrow two what when where which while who why will with yesterday you your he she his her "
    "calculate determine solve five six twice each their we i"
)


def digest(text: str) -> str:
    """A short stable hash of a text, as hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def text_family(text: str) -> str:
    """The family of a problem that is known by its wording alone."""
    return f"text:{digest(normal_form(text))}"


def normal_form(text: str) -> str:
    """The text with names, numbers and pronouns abstracted, and without case and punctuation."""
    return " ".join(_abstract(token) for token in _TOKEN.findall(text))


def _abstract(token: str) -> str:
    word = re.sub(r"['’]s$", "", token)
    lower = word.lower()
    if token[0].isdigit() or lower in _NUMBERS:
        return "#"
    if lower in _PRONOUNS:
        return "@p"
    return "@" if token[0].isupper() and lower not in _STARTERS else lower


def family_split(
    problems: Sequence[Problem], fraction: float, seed: int = 0
) -> tuple[list[Problem], list[Problem]]:
    """Split problems by family: the rest, and about `fraction` (0..1) of the problems.

    Families are taken in seeded order until the second part is large enough; the order within
    both parts is that of the input.
    """
    sizes = Counter(problem.family for problem in problems)
    order = sorted(sizes)
    random.Random(seed).shuffle(order)
    wanted, held, count = fraction * len(problems), set(), 0
    for family in order:
        if count >= wanted:
            break
        held.add(family)
        count += sizes[family]
    rest = [problem for problem in problems if problem.family not in held]
    return rest, [problem for problem in problems if problem.family in held]
