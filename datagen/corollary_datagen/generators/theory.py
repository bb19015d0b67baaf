"""Rule theories as values: literals and rules, what they derive, and whether that is all.

A theory is open-world: an atom that neither it nor its negation follows is unknown. `derive`
chains forward; `entails` asks classical logic, which also argues by contraposition and by cases.
The generator keeps only theories and questions on which both agree. Constants and variables are
ground here: the Herbrand base is finite, since there are no functions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

VARIABLE = "x"


@dataclass(frozen=True, slots=True)
class Literal:
    """predicate(arguments), or its negation; the argument "x" is the rule's variable."""

    predicate: str
    arguments: tuple[str, ...]
    positive: bool = True

    @property
    def negated(self) -> Literal:
        return Literal(self.predicate, self.arguments, not self.positive)

    def ground(self, constant: str) -> Literal:
        """The literal with the variable replaced."""
        arguments = tuple(constant if a == VARIABLE else a for a in self.arguments)
        return Literal(self.predicate, arguments, self.positive)


@dataclass(frozen=True, slots=True)
class Rule:
    """If all of `body` hold, `head` holds; for every x where they hold the variable."""

    body: tuple[Literal, ...]
    head: Literal

    @property
    def general(self) -> bool:
        return any(VARIABLE in literal.arguments for literal in self.body)

    def instances(self, constants: Iterable[str]) -> list[Rule]:
        if not self.general:
            return [self]
        return [Rule(tuple(b.ground(c) for b in self.body), self.head.ground(c)) for c in constants]


@dataclass(frozen=True, slots=True)
class Theory:
    """Facts and rules over a few constants."""

    constants: tuple[str, ...]
    facts: tuple[Literal, ...]
    rules: tuple[Rule, ...]

    def instances(self) -> list[Rule]:
        """Every rule at every constant."""
        return list(chain.from_iterable(rule.instances(self.constants) for rule in self.rules))


def derive(theory: Theory) -> dict[Literal, int]:
    """What follows by forward chaining, each with its depth (facts have depth 0)."""
    known = dict.fromkeys(theory.facts, 0)
    rules, depth, grown = theory.instances(), 0, True
    while grown:
        depth += 1
        heads = (r.head for r in rules if all(b in known for b in r.body))
        new = dict.fromkeys((head for head in heads if head not in known), depth)
        known |= new  # In the order of the rules: a set's order would change with the hash seed.
        grown = bool(new)
    return known


def entails(theory: Theory, literal: Literal) -> bool:
    """Whether classical logic concludes a ground literal: its negation cannot be satisfied."""
    return not satisfiable(theory, [literal.negated])


def satisfiable(theory: Theory, assumed: Iterable[Literal] = ()) -> bool:
    """Whether some valuation satisfies the theory and the assumed literals (DPLL)."""
    clauses = [frozenset([*(b.negated for b in r.body), r.head]) for r in theory.instances()]
    clauses += [frozenset([fact]) for fact in (*theory.facts, *assumed)]
    return _dpll(clauses)


def _dpll(clauses: list[frozenset[Literal]]) -> bool:
    while unit := next((clause for clause in clauses if len(clause) <= 1), None):
        if not (reduced := _assign(clauses, next(iter(unit)))):
            return reduced is not None
        clauses = reduced
    # A clause set in which every clause has a negative (or every one a positive) literal holds.
    if all(any(not lit.positive for lit in clause) for clause in clauses):
        return True
    branch = next(iter(clauses[0]))
    return any(_dpll([*clauses, frozenset([lit])]) for lit in (branch, branch.negated))


def _assign(clauses: list[frozenset[Literal]], true: Literal) -> list[frozenset[Literal]] | None:
    """The clauses left once a literal holds; None where one of them is empty."""
    false = true.negated
    left = [clause - {false} for clause in clauses if true not in clause]
    return left if all(left) else None
