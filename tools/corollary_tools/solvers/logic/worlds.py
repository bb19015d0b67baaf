"""Conclusions in the worlds where only rules say what is so: closed, and rules used forwards.

The certificate has the form that `logic.entail` gives for the open world, and the world's name.
Guarantees that what a True or False uses is enough for it and, with rules used forwards, that none
of it can be left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from corollary_tools.solvers.logic.derivation import Derivation, Reading
from corollary_tools.solvers.logic.rules import Rule, read_rules
from corollary_tools.solvers.logic.sorts import Labelled, Sorts

World = Literal["open", "closed", "rules"]
MAX_MINIMISED = 40


def entail_by_rules(
    premises: Sequence[Labelled], conclusion: Labelled, world: World
) -> dict[str, Any]:
    """The certificate of a conclusion: kind, value, uses and world.

    value: True, False, Unknown (never in a closed world) or Contradiction. Raises ToolError where
    a premise is no rule.
    """
    sorts = Sorts()
    for labelled in (*premises, conclusion):
        sorts.read(labelled)
    question = _Question(
        read_rules(premises), conclusion, "closed" if world == "closed" else "forward"
    )
    value, uses = question.answer(question.rules)
    if value != "Unknown" and question.reading == "forward":
        uses = question.minimal(value, uses)
    order = [row.label for row in premises if row.label in uses]
    found = {"kind": "entailment", "value": value, "uses": [int(label) for label in order]}
    return {**found, "world": world}


class _Question:
    """One conclusion, asked of all rules or of some."""

    def __init__(self, rules: list[Rule], conclusion: Labelled, reading: Reading) -> None:
        self.rules, self.conclusion, self.reading = rules, conclusion, reading
        named = [part for rule in rules for part in (rule.head, rule.condition)]
        self.formulas = [*named, conclusion.formula]  # what they name is there, used or not

    def answer(self, rules: Sequence[Rule]) -> tuple[str, frozenset[str]]:
        """The value, and the labels of what it was derived from."""
        derivation = Derivation(rules, self.reading, self.formulas)
        contradiction = derivation.contradiction()
        if contradiction is not None:
            return "Contradiction", contradiction
        value, labels = derivation.holds(self.conclusion.formula)
        return "Unknown" if value is None else str(value), labels

    def minimal(self, value: str, uses: frozenset[str]) -> frozenset[str]:
        """Those of the labels that the value needs; all of them where they are very many."""
        if len(uses) > MAX_MINIMISED:
            return uses
        for label in sorted(uses, key=int, reverse=True):
            rest = [rule for rule in self.rules if rule.label in uses and rule.label != label]
            again, needed = self.answer(rest)
            if again == value:
                uses = needed
        return uses
