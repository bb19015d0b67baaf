"""The order in which rules are used in a closed world: what a `not` speaks of comes first.

Guarantees that every predicate under a negation is complete before a rule asks for its absence,
or a ToolError that names a predicate where rules go in a circle through `not`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corollary_tools.errors import ToolError
from corollary_tools.formulas.tree import Atom, Formula, Iff, Implies, Not, Xor, children
from corollary_tools.solvers.logic.rules import Rule


def strata(rules: Sequence[Rule]) -> list[list[Rule]]:
    """The rules in groups, first to last; those that deny something in the last."""
    needs = {rule: set(_needed(rule.condition, True)) for rule in rules}
    level = {rule.head.predicate: 0 for rule in rules}
    for _ in range(len(level) + 1):
        if not _raised(needs, level):
            break
    else:
        raise _circle(needs, level)
    groups: list[list[Rule]] = [[] for _ in range(max(level.values(), default=0) + 2)]
    for rule in rules:
        groups[level[rule.head.predicate] if rule.positive else -1].append(rule)
    return groups


def _raised(needs: dict[Rule, set[tuple[str, bool]]], level: dict[str, int]) -> bool:
    """Raise each head above what its rule negates, to what it needs; whether any was raised."""
    raised = False
    for rule, parts in needs.items():
        head = rule.head.predicate
        least = max((level.get(p, 0) + (not positive) for p, positive in parts), default=0)
        if rule.positive and least > level[head]:
            level[head], raised = least, True
    return raised


def _circle(needs: dict[Rule, set[tuple[str, bool]]], level: dict[str, int]) -> ToolError:
    rule = max((r for r in needs if r.positive), key=lambda r: level[r.head.predicate])
    return ToolError(
        f"{rule.head.predicate} depends on its own absence (formula {rule.label}): "
        'in a closed world rules cannot go in a circle through "not". Send world="open".'
    )


def _needed(formula: Formula, positive: bool) -> Iterator[tuple[str, bool]]:
    """The predicates in a condition, and whether they stand under an even number of negations."""
    match formula:
        case Atom(predicate):
            yield predicate, positive
        case Not(part):
            yield from _needed(part, not positive)
        case Implies(left, right):
            yield from _needed(left, not positive)
            yield from _needed(right, positive)
        case Iff(left, right) | Xor(left, right):
            for part in (left, right):
                yield from _needed(part, True)
                yield from _needed(part, False)
        case _:
            for below in children(formula):
                yield from _needed(below, positive)  # type: ignore[arg-type]
