"""Rule theories in words: the sentence forms of ProofWriter and a few more, and their formulas.

Every form has one meaning. Does not choose what to say: `theories` does.
"""

from __future__ import annotations

import random

from corollary_datagen.generators.theory import VARIABLE, Literal, Rule
from corollary_datagen.generators.vocabulary import VERBS

_SUBJECTS = {"something": ("something", "it", False), "someone": ("someone", "they", True)}


def say_literal(literal: Literal, *, start: bool = True) -> str:
    """A ground literal as a clause: "The cow does not see Bob"."""
    clause = _clause(named(literal.arguments[0]), literal, plural=False)
    return clause[0].upper() + clause[1:] if start else clause


def say_rule(rng: random.Random, rule: Rule, kind: str) -> str:
    """A rule as a sentence; kind: "something" or "someone", as one theory uses one of them."""
    short = rule.general and _unary(rule) and rng.random() < 0.6
    sentence = _short(rng, rule, kind) if short else None
    return sentence or f"If {_body(rule, kind)} then {_head(rule, kind)}."


def named(constant: str) -> str:
    """How a constant is called in a sentence: names as they are, animals with "the"."""
    return constant if constant[0].isupper() else f"the {constant}"


def formula(literal: Literal) -> str:
    """The literal in canonical notation: "~sees(cow, bald_eagle)"."""
    predicate = f"{literal.predicate}s" if literal.predicate in VERBS else literal.predicate
    arguments = ", ".join(a.lower().replace(" ", "_") for a in literal.arguments)
    return f"{'' if literal.positive else '~'}{predicate}({arguments})"


def rule_formula(rule: Rule) -> str:
    """The rule in canonical notation: "forall x. cold(x) & ~nice(x) -> round(x)"."""
    inner = f"{' & '.join(formula(b) for b in rule.body)} -> {formula(rule.head)}"
    return f"forall {VARIABLE}. {inner}" if rule.general else inner


def _unary(rule: Rule) -> bool:
    literals = (*rule.body, rule.head)
    return all(literal.arguments == (VARIABLE,) for literal in literals)


def _short(rng: random.Random, rule: Rule, kind: str) -> str | None:
    """A rule about adjectives without "if"; None where its body has a negation."""
    if not all(literal.positive for literal in rule.body):
        return None
    things, thing = ("things", "thing") if kind == "something" else ("people", "person")
    words = ", ".join(literal.predicate for literal in rule.body)
    tail = f"{'' if rule.head.positive else 'not '}{rule.head.predicate}"
    return rng.choice(
        (
            f"{words[0].upper()}{words[1:]} {things} are {tail}.",
            f"All {words} {things} are {tail}.",
            f"All {words} {things} are {tail}.",
            f"{words[0].upper()}{words[1:]} {things} are {tail}.",
            f"Every {words} {thing} is {tail}.",
        )
    )


def _body(rule: Rule, kind: str) -> str:
    first, *rest = rule.body
    if not rule.general:
        return " and ".join(say_literal(b, start=False) for b in rule.body)
    subject, pronoun, plural = _SUBJECTS[kind]
    words = [_clause(subject, first, plural=False)]
    for literal in rest:
        if literal.arguments[0] != VARIABLE:
            words.append(say_literal(literal, start=False))
        elif _adjectives(first, literal):
            words.append(("" if literal.positive else "not ") + literal.predicate)
        else:
            words.append(_clause(pronoun, literal, plural))
    return " and ".join(words)


def _adjectives(first: Literal, literal: Literal) -> bool:
    return len(first.arguments) == len(literal.arguments) == 1 and first.positive


def _head(rule: Rule, kind: str) -> str:
    if rule.head.arguments[0] != VARIABLE:
        return say_literal(rule.head, start=False)
    _, pronoun, plural = _SUBJECTS[kind]
    return _clause(pronoun, rule.head, plural)


def _clause(subject: str, literal: Literal, plural: bool) -> str:
    if len(literal.arguments) == 1:
        verb = "are" if plural else "is"
        return f"{subject} {verb} {'' if literal.positive else 'not '}{literal.predicate}"
    if literal.positive:
        verb = literal.predicate if plural else f"{literal.predicate}s"
    else:
        verb = f"{'do' if plural else 'does'} not {literal.predicate}"
    return f"{subject} {verb} {named(literal.arguments[1])}"
