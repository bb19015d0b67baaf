"""Declared variables as a solver needs them: sorts, the numbers that words stand for, bounds.

A declaration with no values is of truth values; values that are all whole numbers (a range "1..5"
counts) are numbers; any others are words, which stand for their place in order of declaration.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain

from corollary_tools.desk import Variables
from corollary_tools.errors import ToolError
from corollary_tools.solvers.sorts import Sort

MAX_VALUES = 1_000
_RANGE = re.compile(r"(-?\d{1,6})\s*(?:\.\.\.?|…)\s*(-?\d{1,6})$")
_WHOLE = re.compile(r"-?\d{1,9}$")


@dataclass(frozen=True, slots=True)
class Domain:
    """The values of one group of names: texts in order and the numbers they stand for.

    No values: the names are truth values.
    """

    names: tuple[str, ...]
    texts: tuple[str, ...]
    numbers: tuple[int, ...]
    sort: Sort
    distinct: bool


@dataclass(frozen=True, slots=True)
class Domains:
    """Every declared group; `words` gives each word the number that it stands for."""

    groups: tuple[Domain, ...]
    words: dict[str, int]

    @property
    def sorts(self) -> dict[str, Sort]:
        """The sort of every declared name and word."""
        words = (group for group in self.groups if group.sort.startswith("words"))
        sorts = {word: group.sort for group in words for word in group.texts}
        return {**sorts, **{name: group.sort for group in self.groups for name in group.names}}

    def group(self, name: str) -> Domain | None:
        """The group of a name, None if it was not declared."""
        return next((group for group in self.groups if name in group.names), None)


def build_domains(variables: tuple[Variables, ...]) -> Domains:
    """The domains of what was declared. Raises ToolError where values make no sense."""
    expanded = [expand_values(group.values) for group in variables]
    words: dict[str, int] = {}
    for text in chain.from_iterable(texts for texts in expanded if _are_words(texts)):
        words.setdefault(text, len(words) + 1)
    kinds = _kinds([texts for texts in expanded if _are_words(texts)])
    groups = [
        _domain(group, texts, words, kinds)
        for group, texts in zip(variables, expanded, strict=True)
    ]
    return Domains(tuple(groups), words)


def _domain(
    group: Variables, texts: tuple[str, ...], words: dict[str, int], kinds: dict[str, int]
) -> Domain:
    if not texts:
        return Domain(group.names, (), (), "truth", group.distinct)
    if _are_words(texts):
        numbers = tuple(words[text] for text in texts)
        return Domain(group.names, texts, numbers, f"words {kinds[texts[0]]}", group.distinct)
    return Domain(group.names, texts, tuple(map(int, texts)), "number", group.distinct)


def _are_words(texts: tuple[str, ...]) -> bool:
    """Whether values are words. Raises ToolError where words and numbers are mixed."""
    whole = sum(_WHOLE.match(text) is not None for text in texts)
    if whole not in (0, len(texts)):
        raise ToolError("Send values that are all whole numbers or all words.")
    return whole == 0 and bool(texts)


def _kinds(lists: list[tuple[str, ...]]) -> dict[str, int]:
    """Which words can be compared: those of one list, and of lists that share a word."""
    kinds: dict[str, int] = {}
    for number, texts in enumerate(lists, start=1):
        joined = {kinds[text] for text in texts if text in kinds}
        kinds = {word: number if kind in joined else kind for word, kind in kinds.items()}
        kinds.update(dict.fromkeys(texts, number))
    return kinds


def expand_values(values: tuple[str, ...]) -> tuple[str, ...]:
    """The values with each range written out. Raises ToolError: an empty or too long range."""
    texts: list[str] = []
    for value in values:
        found = _RANGE.match(value.strip())
        texts += _range(value, int(found[1]), int(found[2])) if found else [value.strip()]
        if len(texts) > MAX_VALUES:
            raise ToolError(f"There are more than {MAX_VALUES} values. Send a shorter range.")
    return tuple(dict.fromkeys(texts))


def _range(text: str, first: int, last: int) -> list[str]:
    if not 0 <= last - first < MAX_VALUES:
        raise ToolError(f'The range "{text}" is empty or too long. Send one such as "1..5".')
    return [str(number) for number in range(first, last + 1)]
