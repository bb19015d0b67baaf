"""Knights and knaves: each inhabitant says one thing, in the speech forms of the Logic-RL set.

Guarantees exactly one solution, found by trying every assignment of roles. meta["formulas"] holds
what each speech says, with a name standing for "is a knight".
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import product

from corollary_datagen.generators.draft import Attempt, Draft
from corollary_datagen.generators.vocabulary import ISLANDERS
from corollary_datagen.sources.roles import knights_family
from corollary_tools.answer import Answer

# {name} said {speech}: quoted forms first, then reported ones.
_SPEECHES = (
    '{name} commented, "{speech}".',
    '{name} noted, "{speech}".',
    '{name} remarked, "{speech}".',
    '{name} stated, "{speech}".',
    '{name} said, "{speech}."',
    '{name} was heard saying, "{speech}".',
    '{name} asserted: "{speech}".',
    '{name} insisted, "{speech}".',
    'According to {name}, "{speech}".',
    'In {name}\'s words: "{speech}".',
    'As {name} put it, "{speech}".',
    'In a statement by {name}: "{speech}".',
    '"{speech}," {name} declared.',
    '"{speech}," {name} claimed.',
    '"{speech}," {name} mentioned.',
    '"{speech}," {name} replied.',
    '"{speech}" - {name}.',
    "{name} said that {speech}.",
    "{name} told you that {speech}.",
    "{name} expressed that {speech}.",
)
# In words, as a formula, and the sign of the Logic-RL rows.
_FORMS: dict[str, tuple[str, str, str]] = {
    "and": ("{0} and {1}", "{0} & {1}", "and"),
    "or": ("{0} or {1}", "{0} | {1}", "or"),
    "iff": ("{0} if and only if {1}", "({0} <-> {1})", "<=>"),
    "if": ("If {0} then {1}", "{0} -> {1}", "->"),
}
# Two claims in one, for the names of two people.
_TOGETHER: dict[tuple[object, ...], tuple[str, ...]] = {
    ("and", True, True): ("{0} and {1} are both knights",),
    ("and", False, False): ("{0} and {1} are both knaves", "Neither {0} nor {1} is a knight"),
    ("iff", True, True): ("{0} and {1} are the same kind",),
}
# How many people, by level.
_PEOPLE = ((2, 3, 3, 4, 4, 5), (2,), (3, 4), (5, 6, 7))
_CHANGES = 20


@dataclass(frozen=True, slots=True)
class Claim:
    """One person is or is not a knight; `words` says it in one of three ways."""

    person: int
    knight: bool
    words: str

    def holds(self, roles: tuple[bool, ...]) -> bool:
        return roles[self.person] == self.knight


@dataclass(frozen=True, slots=True)
class Speech:
    """What one person says: one claim, or two joined by `form`."""

    form: str
    claims: tuple[Claim, ...]

    def holds(self, roles: tuple[bool, ...]) -> bool:
        first, last = self.claims[0].holds(roles), self.claims[-1].holds(roles)
        truths = {"and": first and last, "or": first or last, "iff": first == last}
        return truths.get(self.form, not first or last) if self.form != "one" else first

    def outline(self, speaker: int) -> str:
        """What is said, whoever it is said of: a text that renaming people leaves as it is."""
        claims = [f"{c.person == speaker}{c.knight}" for c in self.claims]
        return self.form + "".join(claims if self.form == "if" else sorted(claims))

    @property
    def structure(self) -> tuple[object, ...]:
        """The speech as a nested tuple of the Logic-RL form."""
        claims = [("telling-truth" if c.knight else "lying", c.person) for c in self.claims]
        return claims[0] if self.form == "one" else (_FORMS[self.form][2], *claims)


def make(attempt: Attempt) -> Draft | None:
    """Draft one puzzle; None where none with one solution turned up that the split may have."""
    rng, people = attempt.rng, attempt.plan.choice(_PEOPLE[attempt.level])
    speeches = [_speech(rng, people) for _ in range(people)]
    outlines = [speech.outline(speaker) for speaker, speech in enumerate(speeches)]
    for _ in range(_CHANGES):
        # The outline is coarser than the family, and cheap enough to be asked for every change.
        if attempt.belongs("; ".join(sorted(outlines))):
            solutions = solve(speeches)
            if len(solutions) == 1:
                return _worded(rng, speeches, solutions[0])
        speaker = rng.randrange(people)
        speeches[speaker] = _speech(rng, people)
        outlines[speaker] = speeches[speaker].outline(speaker)
    return None


def solve(speeches: list[Speech]) -> list[tuple[bool, ...]]:
    """Every assignment of roles (True = knight) in which each speech is true iff by a knight."""
    return [
        roles
        for roles in product((True, False), repeat=len(speeches))
        if all(s.holds(roles) == role for s, role in zip(speeches, roles, strict=True))
    ]


def _speech(rng: random.Random, people: int) -> Speech:
    form = rng.choice(("one", "one", "and", "or", "iff", "if"))
    if form == "one":
        return Speech(form, (_claim(rng, rng.randrange(people), rng.random() < 0.5),))
    # Now and then both parts are about one person, as in the published puzzles.
    pair = rng.choices(range(people), k=2) if rng.random() < 0.3 else rng.sample(range(people), 2)
    first = _claim(rng, pair[0], False)
    if pair[0] != pair[1]:
        return Speech(form, (first, _claim(rng, pair[1], False)))
    role = "knave" if first.knight else "knight"
    return Speech(form, (first, Claim(pair[1], not first.knight, f"is a {role}")))


def _claim(rng: random.Random, person: int, denied: bool) -> Claim:
    knight = rng.random() < 0.5
    said = "is not a" if denied else "is a"
    role = "knight" if knight != denied else "knave"
    return Claim(person, knight, f"{said} {role}")


def _worded(rng: random.Random, speeches: list[Speech], roles: tuple[bool, ...]) -> Draft:
    names = rng.sample(ISLANDERS, len(speeches))
    said = [_say(rng, speech, names) for speech in speeches]
    spoken = [
        rng.choice(_SPEECHES).format(name=n, speech=s) for n, s in zip(names, said, strict=True)
    ]
    answer = {n: "knight" if r else "knave" for n, r in zip(names, roles, strict=True)}
    formulas = [
        f"{n.lower()} <-> {_formula(s, names)}" for n, s in zip(names, speeches, strict=True)
    ]
    return Draft(
        family=knights_family([speech.structure for speech in speeches]),
        domain="constraints",
        statements=tuple(spoken),
        question="So who is a knight and who is a knave?",
        answer=Answer(kind="assignment", value=answer),
        meta={"names": list(names), "formulas": list(formulas)},
    )


def _say(rng: random.Random, speech: Speech, names: list[str]) -> str:
    claims = [f"{names[claim.person]} {claim.words}" for claim in speech.claims]
    if speech.form == "one":
        return claims[0]
    shorter = _TOGETHER.get((speech.form, *(claim.knight for claim in speech.claims)))
    if shorter and speech.claims[0].person != speech.claims[1].person and rng.random() < 0.25:
        return rng.choice(shorter).format(*(names[claim.person] for claim in speech.claims))
    return _FORMS[speech.form][0].format(*claims)


def _formula(speech: Speech, names: list[str]) -> str:
    claims = [f"{'' if c.knight else '~'}{names[c.person].lower()}" for c in speech.claims]
    return claims[0] if speech.form == "one" else _FORMS[speech.form][1].format(*claims)
