"""Declared variables as a solver needs them: sorts, the numbers that words stand for, bounds.

A declaration with no values is of truth values; values that are all whole numbers (a range "1..5"
counts) are numbers; `integer` or `real` alone is any number; any others are words, which stand for
their place in order of declaration. A function is one name for each choice of its arguments.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, product

from corollary_tools.desk import Variables
from corollary_tools.errors import ToolError
from corollary_tools.solvers.logic.sorts import Sort

MAX_VALUES = 1_000
MAX_CASES = 400
_RANGE = re.compile(r"(-?\d{1,10})\s*(?:\.\.\.?|…)\s*(-?\d{1,10})$")
_LIKE_RANGE = re.compile(r"-?\d+\s*(?:\.\.\.?|…)")
_WHOLE = re.compile(r"-?\d{1,9}$")
_ANY = {"integer": "integer", "integers": "integer", "int": "integer"}
_ANY |= {"real": "real", "reals": "real", "float": "real"}
Places = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Domain:
    """The values of one group of names: texts of words in order and the numbers they stand for.

    No numbers: the names are truth values, or any whole or real number where `any` says so.
    """

    names: tuple[str, ...]
    texts: tuple[str, ...]
    numbers: Sequence[int]
    sort: Sort
    distinct: bool
    any: str = ""


@dataclass(frozen=True, slots=True)
class Domains:
    """Every declared group; `words` gives each word the number that it stands for.

    functions: for each declared function, the things that each of its arguments can be.
    """

    groups: tuple[Domain, ...]
    words: dict[str, int]
    functions: dict[str, Places] = field(default_factory=dict)

    @property
    def sorts(self) -> dict[str, Sort]:
        """The sort of every declared name and word."""
        words = (group for group in self.groups if group.sort.startswith("words"))
        sorts = {word: group.sort for group in words for word in group.texts}
        return {**sorts, **{name: group.sort for group in self.groups for name in group.names}}

    @property
    def real(self) -> bool:
        """Whether a name can be a number that is not whole."""
        return any(group.any == "real" for group in self.groups)

    def group(self, name: str) -> Domain | None:
        """The group of a name, None if it was not declared."""
        return next((group for group in self.groups if name in group.names), None)


def build_domains(variables: tuple[Variables, ...]) -> Domains:
    """The domains of what was declared. Raises ToolError where values make no sense."""
    expanded = [expand_values(group.values) for group in variables]
    words: dict[str, int] = {}
    for text in chain.from_iterable(texts for texts in expanded if _are_words(texts)):
        words.setdefault(str(text), len(words) + 1)
    kinds = _kinds([_texts(texts) for texts in expanded if _are_words(texts)])
    groups: list[Domain] = []
    functions: dict[str, Places] = {}
    for group, values in zip(variables, expanded, strict=True):
        places = tuple(_place(text) for text in group.of)
        functions.update(dict.fromkeys(group.names, places) if places else {})
        names = _cases(group.names, places) if places else group.names
        groups.append(_domain(group.model_copy(update={"names": names}), values, words, kinds))
    return Domains(tuple(groups), words, functions)


def case_name(function: str, arguments: Sequence[str]) -> str:
    """The name of a function's value at some things: `seat(ann, 2)`."""
    return f"{function}({', '.join(arguments)})"


def expand_values(values: tuple[str, ...]) -> Sequence[str] | range:
    """The values with each range written out; one range alone as it is.

    Raises ToolError: an empty or too long range.
    """
    if len(values) == 1 and (found := _RANGE.match(values[0].strip())):
        return _range(values[0], int(found[1]), int(found[2]))
    texts: list[str] = []
    for value in values:
        found = _RANGE.match(value.strip())
        more = _range(value, int(found[1]), int(found[2])) if found else [value.strip()]
        if len(texts) + len(more) > MAX_VALUES:
            raise ToolError(f"There are more than {MAX_VALUES} values. Send one range.")
        texts += map(str, more)
    return tuple(dict.fromkeys(texts))


def _domain(
    group: Variables, values: Sequence[str] | range, words: dict[str, int], kinds: dict[str, int]
) -> Domain:
    names, distinct = group.names, group.distinct
    if isinstance(values, range):
        return Domain(names, (), values, "number", distinct)
    if not values:
        return Domain(names, (), (), "truth", distinct)
    if len(values) == 1 and values[0].lower() in _ANY:
        return Domain(names, (), (), "number", distinct, _ANY[values[0].lower()])
    if _are_words(values):
        numbers = tuple(words[text] for text in values)
        return Domain(names, tuple(values), numbers, f"words {kinds[values[0]]}", distinct)
    return Domain(names, (), tuple(map(int, values)), "number", distinct)


def _cases(names: tuple[str, ...], places: Places) -> tuple[str, ...]:
    count = len(names)
    for place in places:
        count *= len(place)
    if count > MAX_CASES:
        raise ToolError(f"That makes {count} unknowns, more than {MAX_CASES}. Send fewer things.")
    return tuple(case_name(name, row) for name in names for row in product(*places))


def _place(text: str) -> tuple[str, ...]:
    """The things that one argument can be: `ann, bob` or `1..5`."""
    things = expand_values(tuple(part.strip() for part in text.split(",") if part.strip()))
    if len(things) > MAX_VALUES or not things:
        raise ToolError(f'"{text[:60]}" is empty or too long. Send things such as "ann, bob".')
    return _texts(things)


def _texts(values: Sequence[str] | range) -> tuple[str, ...]:
    return tuple(map(str, values))


def _are_words(values: Sequence[str] | range) -> bool:
    """Whether values are words. Raises ToolError where words and numbers are mixed."""
    if isinstance(values, range):
        return False
    if len(values) == 1 and values[0].lower() in _ANY:
        return False
    strange = [text for text in values if _LIKE_RANGE.match(text)]
    if strange:
        raise _bad_range(strange[0])
    whole = sum(_WHOLE.match(text) is not None for text in values)
    if whole not in (0, len(values)):
        raise ToolError("Send values that are all whole numbers or all words.")
    return whole == 0 and bool(values)


def _kinds(lists: list[tuple[str, ...]]) -> dict[str, int]:
    """Which words can be compared: those of one list, and of lists that share a word."""
    kinds: dict[str, int] = {}
    for number, texts in enumerate(lists, start=1):
        joined = {kinds[text] for text in texts if text in kinds}
        kinds = {word: number if kind in joined else kind for word, kind in kinds.items()}
        kinds.update(dict.fromkeys(texts, number))
    return kinds


def _range(text: str, first: int, last: int) -> range:
    if last < first:
        raise _bad_range(text)
    return range(first, last + 1)


def _bad_range(text: str) -> ToolError:
    return ToolError(
        f'The range "{text[:60]}" is empty or too long. Send one such as "1..5", '
        'or "integer" for any whole number.'
    )
