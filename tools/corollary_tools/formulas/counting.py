"""Counting in first-order logic: `Count([x:cats], p(x)) <= 2` without a number for the count.

At least n things are so: there are n that differ and are so. Guarantees the same meaning in every
model, also where there are things without a name. For small numbers: the formula grows with n.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import Any, TypeVar

from corollary_tools.formulas.tree import (
    Comparison,
    Exists,
    ForAll,
    Formula,
    Implies,
    Not,
    Term,
    Truth,
    Variable,
    conjunction,
    disjunction,
    quantified,
)

LARGEST = 6
MAX_CHOSEN = 300
_New = Callable[[str], str]
_Node = TypeVar("_Node")


@dataclass(frozen=True, slots=True)
class Counted:
    """The number of ways to choose the variables so that the body holds; not a term."""

    variables: tuple[str, ...]
    body: Formula


def compare_count(counted: Counted, symbol: str, number: int, new: _New) -> Formula:
    """The formula for `count symbol number`. new: makes variables that are used nowhere."""
    if symbol in ("==", "!="):
        more = Not(at_least(number + 1, counted, new))
        same = conjunction([at_least(number, counted, new), more]) if number else more
        return same if symbol == "==" else Not(same)
    if symbol in (">=", ">"):
        return at_least(number + (symbol == ">"), counted, new)
    return Not(at_least(number + (symbol == "<="), counted, new))


def at_least(number: int, counted: Counted, new: _New) -> Formula:
    """That there are at least so many ways."""
    if number <= 0:
        return Truth(True)
    copies = [counted.variables]
    copies += [tuple(map(new, counted.variables)) for _ in range(number - 1)]
    parts = [_differ(one, other) for one, other in combinations(copies, 2)]
    names = [dict(zip(counted.variables, copy, strict=True)) for copy in copies]
    parts += [_renamed(counted.body, renaming) for renaming in names]
    return quantified(Exists, tuple(name for copy in copies for name in copy), conjunction(parts))


def so_many(symbol: str, number: int, parts: list[Formula]) -> Formula | None:
    """That `number` of the parts hold: at least (>=), at most (<=) or exactly; None: too long."""
    if symbol == "==":
        both = [so_many(sign, number, parts) for sign in (">=", "<=")]
        return None if None in both else conjunction([one for one in both if one is not None])
    if symbol == "<=":
        more = so_many(">=", number + 1, parts)
        return None if more is None else Not(more)
    if not 0 < number <= len(parts):
        return Truth(number <= 0)
    if comb(len(parts), number) * number > MAX_CHOSEN:
        return None
    return disjunction([conjunction(list(chosen)) for chosen in combinations(parts, number)])


def all_different(variables: tuple[str, ...], guard: Formula, term: Term, new: _New) -> Formula:
    """That no two choices of the variables that fit the guard give the term one value."""
    copy = tuple(map(new, variables))
    names = dict(zip(variables, copy, strict=True))
    other = _renamed(term, names)
    fit = conjunction([_differ(variables, copy), guard, _renamed(guard, names)])
    return quantified(ForAll, (*variables, *copy), Implies(fit, Comparison("!=", term, other)))


def _differ(one: tuple[str, ...], other: tuple[str, ...]) -> Formula:
    pairs = zip(one, other, strict=True)
    return disjunction([Comparison("!=", Variable(a), Variable(b)) for a, b in pairs])


def _renamed(node: _Node, names: dict[str, str]) -> _Node:
    """The tree with free variables renamed."""
    if isinstance(node, Variable):
        return type(node)(names.get(node.text, node.text))
    if isinstance(node, ForAll | Exists):
        names = {old: new for old, new in names.items() if old not in node.variables}
    parts: list[Any] = [getattr(node, name) for name in getattr(node, "__slots__", ())]
    if not parts:
        return node
    return type(node)(*(_renamed_part(part, names) for part in parts))


def _renamed_part(part: Any, names: dict[str, str]) -> Any:
    if isinstance(part, tuple):
        return tuple(_renamed_part(below, names) for below in part)
    return part if isinstance(part, str | bool | Fraction) else _renamed(part, names)
