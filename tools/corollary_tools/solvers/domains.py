"""Declared variables as a solver needs them: sorts, the numbers that words stand for, bounds.

A declaration with no values is of truth values; values that are all whole numbers (a range "1..5"
counts) are numbers; any others are words, which stand for their place in order of declaration.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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
    distinct: bool

    @property
    def sort(self) -> Sort:
        """The sort of the names."""
        return "number" if self.numbers else "truth"

    @property
    def are_words(self) -> bool:
        """Whether the values are words."""
        return any(_WHOLE.match(text) is None for text in self.texts)


@dataclass(frozen=True, slots=True)
class Domains:
    """Every declared group; `words` gives each word the number that it stands for."""

    groups: tuple[Domain, ...]
    words: dict[str, int]

    @property
    def sorts(self) -> dict[str, Sort]:
        """The sort of every declared name and word."""
        names = {name: group.sort for group in self.groups for name in group.names}
        return {**names, **dict.fromkeys(self.words, "number")}

    def group(self, name: str) -> Domain | None:
        """The group of a name, None if it was not declared."""
        return next((group for group in self.groups if name in group.names), None)


def build_domains(variables: tuple[Variables, ...]) -> Domains:
    """The domains of what was declared. Raises ToolError where values make no sense."""
    words: dict[str, int] = {}
    groups = []
    for group in variables:
        texts = expand_values(group.values)
        whole = all(_WHOLE.match(text) for text in texts)
        if not whole:
            for text in texts:
                words.setdefault(text, len(words) + 1)
        numbers = tuple(int(text) if whole else words[text] for text in texts)
        groups.append(Domain(group.names, texts, numbers, group.distinct))
    return Domains(tuple(groups), words)


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
