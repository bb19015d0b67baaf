"""Open-world rule theories in ProofWriter's manner, with a question that is true, false or unknown.

Guarantees that the label, found by forward chaining, is what classical entailment says too, and
that the theory is consistent. meta["formulas"] and meta["conclusion"] hold the gold formulas,
meta["depth"] the number of rule layers that the proof needs (null for unknown).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from corollary_datagen.generators import vocabulary, wording
from corollary_datagen.generators.draft import Attempt, Draft
from corollary_datagen.generators.theory import (
    VARIABLE,
    Literal,
    Rule,
    Theory,
    derive,
    entails,
    satisfiable,
)
from corollary_datagen.sources.families import digest
from corollary_tools.answer import Answer

_ASK = (
    "Based on the above information, is the following statement true, false, or unknown? {}.",
    "Based on the above information, is the following statement true, false, or unknown? {}.",
    "Is the following statement true, false, or unknown? {}.",
)


_CHANGES = 200


@dataclass(frozen=True, slots=True)
class Settings:
    """Ranges, both ends included. depth: how many rule layers a proof should need at least."""

    constants: tuple[int, int] = (2, 4)
    facts: tuple[int, int] = (4, 7)
    rules: tuple[int, int] = (4, 7)
    depth: tuple[int, int] = (0, 3)
    negation: float = 0.15


@dataclass(frozen=True, slots=True)
class World:
    """The words of one theory. relations: verbs between constants; none in attribute theories."""

    constants: tuple[str, ...]
    attributes: tuple[str, ...]
    relations: tuple[str, ...]


_LEVELS = (
    Settings(),
    Settings(constants=(2, 3), facts=(2, 4), rules=(2, 3), depth=(0, 1)),
    Settings(),
    Settings(constants=(3, 5), facts=(7, 12), rules=(7, 11), depth=(2, 5)),
)


def make(attempt: Attempt) -> Draft | None:
    """Draft one theory and question; None where they are unfit or of another split."""
    settings, rng = _LEVELS[attempt.level], attempt.rng
    truth = attempt.plan.choice(("True", "False", "Unknown"))
    wanted = attempt.plan.randint(*settings.depth)
    world = _world(rng, settings)
    facts = _facts(rng, world, settings)
    theory = Theory(world.constants, facts, _rules(rng, world, (facts, settings)))
    for _ in range(_CHANGES):
        structure = _structure(theory)
        if attempt.belongs(structure):
            asked = _question(rng, theory, (truth, wanted, world))
            return _worded(rng, theory, (*asked, structure)) if asked else None
        theory = _changed(rng, world, (theory, settings))
    return None


def _changed(rng: random.Random, world: World, made: tuple[Theory, Settings]) -> Theory:
    """The theory with another rule in one place: cheaper than a new one, for the split's sake."""
    theory, settings = made
    rules = list(theory.rules)
    told = [*theory.facts, *(rule.head for rule in rules)]
    rules[rng.randrange(len(rules))] = _rule(rng, world, (told, settings.negation))
    return replace(theory, rules=tuple(dict.fromkeys(rules)))


def _world(rng: random.Random, settings: Settings) -> World:
    relational = rng.random() < 0.5
    count = rng.randint(*settings.constants)
    pool = vocabulary.ANIMALS if relational or rng.random() < 0.2 else vocabulary.PEOPLE
    names = rng.sample(pool, count)
    if relational and rng.random() < 0.2:
        names[0] = rng.choice(vocabulary.PEOPLE)
    return World(
        tuple(names),
        tuple(rng.sample(vocabulary.ADJECTIVES, rng.randint(3, 5) if relational else 6)),
        tuple(rng.sample(vocabulary.VERBS, rng.randint(2, 3))) if relational else (),
    )


def _facts(rng: random.Random, world: World, settings: Settings) -> tuple[Literal, ...]:
    """Different facts, none the negation of another, in order of their subjects."""
    facts: dict[tuple[str, tuple[str, ...]], Literal] = {}
    wanted = rng.randint(*settings.facts)
    for _ in range(wanted * 4):
        fact = _literal(rng, world, rng.choice(world.constants), settings.negation)
        facts.setdefault((fact.predicate, fact.arguments), fact)
        if len(facts) == wanted:
            break
    return tuple(sorted(facts.values(), key=lambda fact: world.constants.index(fact.arguments[0])))


def _literal(rng: random.Random, world: World, subject: str, negation: float) -> Literal:
    positive = rng.random() >= negation
    if not world.relations or rng.random() < 0.45:
        return Literal(rng.choice(world.attributes), (subject,), positive)
    others = [c for c in world.constants if c != subject]
    return Literal(rng.choice(world.relations), (subject, rng.choice(others)), positive)


def _rules(
    rng: random.Random, world: World, made: tuple[tuple[Literal, ...], Settings]
) -> tuple[Rule, ...]:
    """Rules whose bodies speak of what facts or earlier heads say, so that they chain."""
    facts, settings = made
    told, rules = list(facts), dict[Rule, None]()
    for _ in range(rng.randint(*settings.rules)):
        rule = _rule(rng, world, (told, settings.negation))
        rules[rule] = None
        told += [rule.head] * 2
    return tuple(rng.sample(list(rules), len(rules)))


def _rule(rng: random.Random, world: World, made: tuple[list[Literal], float]) -> Rule:
    """A rule whose head is not in its body, neither as it is nor negated."""
    told, negation = made
    first = rng.choice(told)
    subject = _subject(rng, world, first)
    body = [Literal(first.predicate, (subject, *first.arguments[1:]), first.positive)]
    if rng.random() < 0.4:
        body.append(_literal(rng, world, subject, negation))
    elsewhere = bool(world.relations) and rng.random() < 0.2
    head = _literal(rng, world, rng.choice(world.constants) if elsewhere else subject, negation)
    atoms = {(literal.predicate, literal.arguments) for literal in (*body, head)}
    return Rule(tuple(body), head) if len(atoms) > len(body) else _rule(rng, world, made)


def _subject(rng: random.Random, world: World, first: Literal) -> str:
    """Mostly the variable; else what the first literal is about."""
    if rng.random() < 0.8:
        return VARIABLE
    return rng.choice(world.constants) if first.arguments[0] == VARIABLE else first.arguments[0]


def _question(
    rng: random.Random, theory: Theory, target: tuple[str, int, World]
) -> tuple[Literal, str, int | None] | None:
    """A literal, its truth and its depth; None where chaining and entailment disagree."""
    truth, wanted, world = target
    known = derive(theory)
    if any(literal.negated in known for literal in known):
        return None
    if truth == "Unknown":
        literal = _unknown(rng, world, (theory, known))
        return (literal, truth, None) if literal else None
    if not satisfiable(theory):
        return None
    reach = min(wanted, max(known.values()))
    proved = rng.choice([literal for literal, depth in known.items() if depth >= reach])
    return (proved if truth == "True" else proved.negated), truth, known[proved]


def _unknown(
    rng: random.Random, world: World, made: tuple[Theory, dict[Literal, int]]
) -> Literal | None:
    """A literal that nothing decides, often one that some rule could have concluded."""
    theory, known = made
    for _ in range(8):
        literal = _literal(rng, world, rng.choice(world.constants), 0.4)
        if rng.random() < 0.7:
            head = rng.choice(theory.rules).head.ground(rng.choice(world.constants))
            literal = head if rng.random() < 0.6 else head.negated
        if literal not in known and literal.negated not in known:
            decided = entails(theory, literal) or entails(theory, literal.negated)
            return None if decided else literal
    return None


def _structure(theory: Theory) -> str:
    """The theory with its words replaced by numbers in order of appearance."""
    numbers: dict[str, int] = {}
    rules = [literal for rule in theory.rules for literal in (*rule.body, rule.head)]
    shapes = [
        [numbers.setdefault(word, len(numbers)) for word in (lit.predicate, *lit.arguments)]
        for lit in (*theory.facts, *rules)
    ]
    signs = "".join("+-"[not literal.positive] for literal in (*theory.facts, *rules))
    return f"{shapes}{signs}{[len(rule.body) for rule in theory.rules]}"


def _worded(
    rng: random.Random, theory: Theory, asked: tuple[Literal, str, int | None, str]
) -> Draft:
    literal, truth, depth, structure = asked
    kind = "someone" if theory.constants[-1][0].isupper() or rng.random() < 0.4 else "something"
    facts = [f"{wording.say_literal(fact)}." for fact in theory.facts]
    rules = [wording.say_rule(rng, rule, kind) for rule in theory.rules]
    formulas = [wording.formula(fact) for fact in theory.facts]
    formulas += [wording.rule_formula(rule) for rule in theory.rules]
    return Draft(
        family=f"theories:{digest(structure)}",
        domain="logic",
        statements=(*facts, *rules),
        question=rng.choice(_ASK).format(wording.say_literal(literal)),
        answer=Answer(kind="truth", value=truth),
        meta={
            "formulas": list(formulas),
            "conclusion": wording.formula(literal),
            "depth": depth,
        },
    )
