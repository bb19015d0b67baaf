"""The forms of an answer, as plain records: what `forms` reads and `answer_comparison` compares."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Value:
    """A number or an expression. unit: the words behind it; whole: all of it as one text."""

    text: str
    unit: str = ""
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """Text that is not mathematics, such as a name."""

    text: str


@dataclass(frozen=True, slots=True)
class Based:
    """A number in a base: the digits and the base as written, 1010_2."""

    digits: str
    base: int


@dataclass(frozen=True, slots=True)
class Logic:
    """A formula with logical signs."""

    text: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Several answers. brackets: the two that stand around them, empty where there are none.

    `⦃⦄` is a set, without order; `±` and no brackets have none either.
    """

    brackets: str
    items: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """`name = value`, or `f(x) = value` with the name `f`; whole: the equation as one text."""

    name: str
    value: Form
    whole: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Relations: one of the rows holds, and in it all of its parts; `x < 1 or 2 < x` has two.

    An equation that is no `name = value` is one too.
    """

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Union:
    """Intervals and sets joined by ∪; with `without`, the second taken from the first."""

    parts: tuple[Form, ...]
    without: bool = False


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows of entries."""

    rows: tuple[tuple[Form, ...], ...]


Form = Value | Words | Based | Logic | Listed | Named | Condition | Union | Matrix

REALS = Listed("()", (Value("-oo"), Value("oo")))
EMPTY = Listed("⦃⦄", ())
