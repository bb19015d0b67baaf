"""Expression trees: plain records between the grammar and whoever gives them a value.

Frozen and free of any solver. Does not check that a function gets the arguments it takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Number:
    """An exact number; decimals are exact too."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Name:
    """An unknown or a constant."""

    name: str


class Apply(NamedTuple):
    """A function or operator with its arguments; add and mul take any number of them."""

    function: str
    arguments: tuple[Tree, ...]


Tree = Number | Name | Apply


@dataclass(frozen=True, slots=True)
class Relation:
    """Two sides and how they compare: one of = < <= > >= !=."""

    operator: str
    left: Tree
    right: Tree


def names_in(tree: Tree) -> tuple[str, ...]:
    """The names in a tree, each once, in the order of the text."""
    if isinstance(tree, Name):
        return (tree.name,)
    if isinstance(tree, Number):
        return ()
    return tuple(dict.fromkeys(name for part in tree.arguments for name in names_in(part)))
