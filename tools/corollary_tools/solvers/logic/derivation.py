"""What rules derive, and whether a formula holds of it: forwards, and in a closed world.

Two readings. forward: a fact is true or false where rules derive it or its negation, else unknown.
closed: a fact is true where rules derive it, else false; `not` in a condition means that, so that
rules must not go in a circle through it. Guarantees the least such state, whatever the order of the
rules, and a ToolError where there are too many cases to try. In both, different names are different
things and the named things are all there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Literal, cast

from corollary_tools.errors import ToolError
from corollary_tools.formulas.tree import (
    And,
    Atom,
    Comparison,
    Exists,
    ForAll,
    Formula,
    Iff,
    Implies,
    Not,
    Or,
    Term,
    Truth,
    Variable,
    Xor,
)
from corollary_tools.solvers.logic.rules import Rule, named_things, thing_of
from corollary_tools.solvers.logic.strata import strata

MAX_CASES = 200_000
Reading = Literal["forward", "closed"]
Fact = tuple[str, tuple[str, ...]]
Labels = frozenset[str]
Held = tuple[bool | None, Labels]
Binding = dict[str, str]
_NONE: Labels = frozenset()


class Derivation:
    """Everything that the rules derive. named: the formulas whose names are all there is."""

    def __init__(self, rules: Sequence[Rule], reading: Reading, named: Sequence[Formula]) -> None:
        self.things = named_things(named)
        self.reading = reading
        self.known: dict[tuple[Fact, bool], Labels] = {}
        self._cases = 0
        for group in strata(rules) if reading == "closed" else [list(rules)]:
            self._derive(group)

    def contradiction(self) -> Labels | None:
        """The labels behind a fact that is both derived and denied; None where there is none."""
        for (fact, positive), labels in self.known.items():
            if positive and (fact, False) in self.known:
                return labels | self.known[fact, False]
        return None

    def holds(self, formula: Formula, binding: Binding | None = None) -> Held:
        """Whether the formula holds (None: unknown), and the labels of what says so."""
        self._cases += 1
        if self._cases > MAX_CASES:
            raise ToolError(
                "There are too many things and variables to try every case. "
                'Send fewer formulas, or world="open".'
            )
        return self._held(formula, binding or {})

    def _derive(self, rules: Sequence[Rule]) -> None:
        grown = True
        while grown:
            grown = False
            for rule in rules:
                for things in product(self.things, repeat=len(rule.variables)):
                    binding = dict(zip(rule.variables, things, strict=True))
                    grown = self._fired(rule, binding) or grown

    def _fired(self, rule: Rule, binding: Binding) -> bool:
        """Apply the rule to these things; whether that gave a new fact."""
        conclusion = (_fact(rule.head, binding), rule.positive)
        if conclusion in self.known:
            return False
        value, labels = self.holds(rule.condition, binding)
        if value is True:
            self.known[conclusion] = labels | {rule.label}
        return value is True

    def _held(self, formula: Formula, binding: Binding) -> Held:
        match formula:
            case Truth(value):
                return value, _NONE
            case Atom():
                return self._looked_up(_fact(formula, binding))
            case Comparison():
                return _compared(formula, binding), _NONE
            case Not(part):
                return _negated(self.holds(part, binding))
            case And(parts):
                return _all([self.holds(part, binding) for part in parts])
            case Or(parts):
                return _any([self.holds(part, binding) for part in parts])
            case Implies(left, right):
                return _any([_negated(self.holds(left, binding)), self.holds(right, binding)])
            case Iff(left, right):
                return _same(self.holds(left, binding), self.holds(right, binding))
            case Xor(left, right):
                return _negated(_same(self.holds(left, binding), self.holds(right, binding)))
            case ForAll(variables, body) | Exists(variables, body):
                join = _all if isinstance(formula, ForAll) else _any
                return join(
                    [
                        self.holds(body, {**binding, **dict(zip(variables, row, strict=True))})
                        for row in product(self.things, repeat=len(variables))
                    ]
                )

    def _looked_up(self, fact: Fact) -> Held:
        if (fact, True) in self.known:
            return True, self.known[fact, True]
        if self.reading == "closed":
            return False, _NONE
        return (False, self.known[fact, False]) if (fact, False) in self.known else (None, _NONE)


def _fact(atom: Atom, binding: Binding) -> Fact:
    return atom.predicate, tuple(_thing(term, binding) for term in atom.arguments)


def _thing(term: Term, binding: Binding) -> str:
    return binding[term.text] if isinstance(term, Variable) else thing_of(term)


def _compared(formula: Comparison, binding: Binding) -> bool:
    left, right = _thing(formula.left, binding), _thing(formula.right, binding)
    if formula.operator not in ("==", "!="):
        raise ToolError(f'{formula.operator} needs world="open". Send == or != between names.')
    return (left == right) == (formula.operator == "==")


def _negated(held: Held) -> Held:
    value, labels = held
    return (None if value is None else not value), labels


def _all(parts: list[Held]) -> Held:
    for value, labels in parts:
        if value is False:
            return False, labels
    if any(value is None for value, _ in parts):
        return None, _NONE
    return True, cast(Labels, _NONE.union(*(labels for _, labels in parts)))


def _any(parts: list[Held]) -> Held:
    return _negated(_all([_negated(part) for part in parts]))


def _same(one: Held, other: Held) -> Held:
    if None in (one[0], other[0]):
        return None, _NONE
    return one[0] == other[0], one[1] | other[1]
