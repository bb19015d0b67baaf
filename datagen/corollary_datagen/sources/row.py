"""One row of a problem set, and where it came from, so that every complaint can name its place.

Guarantees that a field read here has the type asked for; anything else is a CorollaryError with
file, row number (from 1) and field. Does not know any format.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from corollary_agent.problem import Problem
from corollary_datagen.sources.numbers import number_text, read_number
from corollary_tools.errors import CorollaryError

T = TypeVar("T", bound=str)


@dataclass(frozen=True, slots=True)
class Row:
    """One row. place: file path or Hub name; stem: the file's stem; number: from 1."""

    values: Mapping[str, Any]
    source: str
    split: str
    place: str
    stem: str
    number: int

    def identifier(self, own: object = None) -> str:
        """A problem id: source, stem and the row's own id, or its number where it has none."""
        return f"{self.source}/{self.stem}/{self.number if own is None else own}"

    def get(self, field: str) -> Any:
        """The value of a field that must be there."""
        if field not in self.values:
            there = ", ".join(sorted(map(str, self.values))) or "none"
            raise self.error(field, f"the field is missing (fields here: {there})")
        return self.values[field]

    def text(self, field: str) -> str:
        """A text that is not blank, stripped."""
        value = self.get(field)
        if not isinstance(value, str) or not value.strip():
            raise self.error(field, f"it should be a text, but is {shown(value)}")
        return value.strip()

    def texts(self, field: str) -> tuple[str, ...]:
        """A list of texts, each stripped."""
        value = self.get(field)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(field, f"it should be a list of texts, but is {shown(value)}")
        return tuple(item.strip() for item in value)

    def word(self, field: str, meanings: Mapping[str, str]) -> str:
        """The meaning of a text that must be one of a few words."""
        value = self.text(field)
        if value not in meanings:
            known = ", ".join(meanings)
            raise self.error(field, f"{shown(value)} is none of {known}")
        return meanings[value]

    def numeral(self, field: str) -> str:
        """A number, or a text that holds one, as its canonical text."""
        number = read_number(self.get(field))
        if number is None:
            raise self.error(field, f"it should be a number, but is {shown(self.get(field))}")
        return number_text(number)

    def one_of(self, field: str, known: tuple[T, ...], default: T) -> T:
        """One of a few known words, or the default where the field is not there."""
        value = self.values.get(field)
        if value is None:
            return default
        if value not in known:
            raise self.error(field, f"{shown(value)} is none of {', '.join(map(str, known))}")
        return known[known.index(value)]

    def error(self, field: str, because: str) -> CorollaryError:
        """The error that names this row and field."""
        return CorollaryError(
            f'{self.place}, row {self.number}, field "{field}"',
            because=because,
            remedy=f"correct the row, or see docs/problems.md for what a {self.source} row holds",
        )


@dataclass(frozen=True, slots=True)
class Hub:
    """A set on the Hugging Face Hub.

    config: its configuration, if it has several. splits: (our split name, their configuration,
    their split name) where these differ.
    """

    name: str
    config: str | None = None
    splits: tuple[tuple[str, str | None, str], ...] = ()

    def place(self, split: str) -> tuple[str | None, str]:
        """Their configuration and split name for a split of ours."""
        differing = {ours: (config, theirs) for ours, config, theirs in self.splits}
        return differing.get(split, (self.config, split))


@dataclass(frozen=True, slots=True)
class Format:
    """How the rows of one source become problems, and its name on the Hub where it has one."""

    read: Callable[[Row], Problem]
    hub: Hub | None = None


def shown(value: object) -> str:
    """A value as it is shown in an error: short, on one line."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
