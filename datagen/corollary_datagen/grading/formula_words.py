"""The words of formulas: one notation for texts that are compared, and the names in them.

Guarantees that a text which no parser reads is None and never an error. Calls no solver.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from corollary_tools.errors import ToolError
from corollary_tools.formula import Formula, parse_formula, render_formula
from corollary_tools.formulas.tree import Apply, Atom, Name, Node, walk


@lru_cache(maxsize=20_000)
def plain_formula(text: str) -> str | None:
    """The formula in the one notation; None where it cannot be read."""
    formula = _parsed(text)
    return None if formula is None else render_formula(formula)


@lru_cache(maxsize=20_000)
def formula_names(text: str) -> frozenset[str]:
    """The predicates, functions and things that a formula names, without case."""
    formula = _parsed(text) if text else None
    nodes = walk(formula) if formula is not None else ()
    return frozenset(name.casefold() for name in map(_name, nodes) if name)


@lru_cache(maxsize=20_000)
def formula_predicates(text: str) -> frozenset[str]:
    """The predicates that a formula names, propositions among them; its names where it has none."""
    formula = _parsed(text) if text else None
    nodes = walk(formula) if formula is not None else ()
    named = frozenset(node.predicate for node in nodes if isinstance(node, Atom))
    return named or formula_names(text)


def counted_names(text: str) -> Counter[str]:
    """How often a formula has each of its names, without case; none where it cannot be read."""
    formula = _parsed(text) if text else None
    nodes = walk(formula) if formula is not None else ()
    return Counter(name.casefold() for name in map(_name, nodes) if name)


def _parsed(text: str) -> Formula | None:
    try:
        return parse_formula(text)
    except ToolError:
        return None


def _name(node: Node) -> str:
    match node:
        case Name(text):
            return text
        case Atom(predicate, _):
            return predicate
        case Apply(function, _):
            return function
    return ""
