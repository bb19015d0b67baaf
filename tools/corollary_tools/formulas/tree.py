"""The tree of a formula: first-order logic with equality, linear orders and whole-number terms.

Trees are frozen and compare by structure. They come from `parse_formula`, which keeps them in
normal form: no `And` directly under `And`, no `Or` directly under `Or`, quantifiers of one kind
merged, a `Variable` only under its quantifier. Does not read or write text and does not judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Name:
    """A thing, a number or a value known by its name: `cow`, `owl`, `red`."""

    text: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable bound by a quantifier around it."""

    text: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written; whole or a terminating decimal."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of terms: `owner(cat)`, `abs(a - b)`."""

    function: str
    arguments: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Negative:
    """A term with a minus sign before it."""

    term: Term


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two terms joined by one of + - * / %."""

    operator: str
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Truth:
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Atom:
    """A predicate of terms; without arguments a proposition."""

    predicate: str
    arguments: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two terms joined by one of == != < <= > >=."""

    operator: str
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Not:
    """The negation of a formula."""

    part: Formula


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more parts, none of them an And."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of two or more parts, none of them an Or."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Xor:
    """Exactly one of two."""

    left: Formula
    right: Formula


@dataclass(frozen=True, slots=True)
class Implies:
    """If left then right."""

    left: Formula
    right: Formula


@dataclass(frozen=True, slots=True)
class Iff:
    """Both or neither."""

    left: Formula
    right: Formula


@dataclass(frozen=True, slots=True)
class ForAll:
    """The body holds whatever the variables stand for."""

    variables: tuple[str, ...]
    body: Formula


@dataclass(frozen=True, slots=True)
class Exists:
    """The body holds for some choice of the variables."""

    variables: tuple[str, ...]
    body: Formula


Term = Name | Variable | Number | Apply | Negative | Arithmetic
Formula = Truth | Atom | Comparison | Not | And | Or | Xor | Implies | Iff | ForAll | Exists
Node = Term | Formula
TERMS = (Name, Variable, Number, Apply, Negative, Arithmetic)


def conjunction(parts: list[Formula]) -> Formula:
    """All of the parts, flat; `true` of none and the part itself of one."""
    flat = _flat(parts, And)
    return And(flat) if len(flat) > 1 else (flat[0] if flat else Truth(True))


def disjunction(parts: list[Formula]) -> Formula:
    """At least one of the parts, flat; `false` of none and the part itself of one."""
    flat = _flat(parts, Or)
    return Or(flat) if len(flat) > 1 else (flat[0] if flat else Truth(False))


def quantified(kind: type[ForAll] | type[Exists], names: tuple[str, ...], body: Formula) -> Formula:
    """The body under the variables, merged with a quantifier of the same kind right below."""
    if isinstance(body, kind) and not set(names) & set(body.variables):
        return kind((*names, *body.variables), body.body)
    return kind(names, body)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right below, left to right."""
    match node:
        case Name() | Variable() | Number() | Truth():
            return ()
        case Apply(_, arguments) | Atom(_, arguments):
            return arguments
        case And(parts) | Or(parts):
            return parts
        case Negative(below) | Not(below) | ForAll(_, below) | Exists(_, below):
            return (below,)
        case _:
            return (node.left, node.right)


def walk(node: Node) -> Iterator[Node]:
    """Every node, parents first, left to right; without recursion."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


def extent(node: Node, most: int) -> tuple[int, int]:
    """The number of nodes, bound variables included, and of levels; without recursion.

    Stops counting beyond `most` nodes. A part that stands in several places counts in each.
    """
    nodes, levels, level = 0, 0, [node]
    while level and nodes <= most:
        levels += 1
        nodes += len(level)
        nodes += sum(len(n.variables) for n in level if isinstance(n, ForAll | Exists))
        level = [below for above in level for below in children(above)]
    return nodes, levels


def _flat(parts: list[Formula], kind: type[And] | type[Or]) -> tuple[Formula, ...]:
    flat: list[Formula] = []
    for part in parts:
        if isinstance(part, And | Or) and isinstance(part, kind):
            flat.extend(part.parts)
        else:
            flat.append(part)
    return tuple(flat)
