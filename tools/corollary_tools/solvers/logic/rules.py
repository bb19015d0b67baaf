"""Premises as rules that are used forwards only: what they derive over the named things.

A rule is a fact, or a condition with facts under it (`forall x. cold(x) & ~nice(x) -> round(x)`).
Guarantees every fact that the rules derive, with the labels of the premises behind it, in bounded
time. Conditions may be any formula; the quantifiers in them range over the named things. Does not
reason backwards, by cases or by contradiction (`theory` does) and uses no solver.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NoReturn

from corollary_tools.errors import ToolError
from corollary_tools.formulas.tree import (
    And,
    Atom,
    Comparison,
    ForAll,
    Formula,
    Iff,
    Implies,
    Name,
    Not,
    Number,
    Term,
    Truth,
    conjunction,
    walk,
)
from corollary_tools.solvers.logic.sorts import Labelled


@dataclass(frozen=True, slots=True)
class Rule:
    """Under the condition the head holds (or does not, where it is negative), for all things."""

    label: str
    variables: tuple[str, ...]
    condition: Formula
    head: Atom
    positive: bool


def read_rules(premises: Iterable[Labelled]) -> list[Rule]:
    """Every rule in the premises. Raises ToolError at the first that is no rule."""
    return [rule for premise in premises for rule in _rules(premise.label, premise.formula)]


def named_things(formulas: Iterable[Formula]) -> list[str]:
    """The things that the formulas name, in order of appearance."""
    terms = (node for formula in formulas for node in walk(formula))
    names = (thing_of(term) for term in terms if isinstance(term, Name | Number))
    return list(dict.fromkeys(names))


def thing_of(term: Term) -> str:
    """The thing that a name or number denotes. Raises ToolError for any other term."""
    match term:
        case Name(text):
            return text
        case Number(value):
            return str(value)
    raise ToolError(
        'Functions and arithmetic need world="open". Send predicates of named things only.'
    )


def _rules(label: str, formula: Formula) -> Iterator[Rule]:
    match formula:
        case Truth(True):
            return
        case And(parts):
            for part in parts:
                yield from _rules(label, part)
        case ForAll(variables, body):
            for rule in _rules(label, body):
                yield replace(rule, variables=(*variables, *rule.variables))
        case Implies(condition, head):
            for rule in _rules(label, head):
                both = conjunction([condition, rule.condition])
                yield replace(rule, condition=_simple(both))
        case Iff(left, right):
            yield from _rules(label, Implies(left, right))
            yield from _rules(label, Implies(right, left))
        case Atom():
            yield Rule(label, (), Truth(True), formula, True)
        case Not(Atom() as atom):
            yield Rule(label, (), Truth(True), atom, False)
        case Comparison("!=", Name(one), Name(other)) if one != other:
            return
        case _:
            _no_rule(label)


def _simple(condition: Formula) -> Formula:
    """The condition without parts that are `true`."""
    if not isinstance(condition, And):
        return condition
    return conjunction([part for part in condition.parts if part != Truth(True)])


def _no_rule(label: str) -> NoReturn:
    raise ToolError(
        f"Formula {label} is neither a fact nor a rule. Send facts, such as cold(cow), and rules, "
        'such as forall x. cold(x) & nice(x) -> round(x); or send world="open".'
    )
