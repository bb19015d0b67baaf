"""Solutions in words to orderings: what each step says of the places, proved or refuted by z3.

Reads `The robin is left of the owl`, `So from left to right: first is the robin, then second and
third can be any bird`, `By elimination the fifth bird must be the owl`, `So the answer is (C)`.
Guarantees that a step is called wrong only where something that it states does not follow from the
problem's statements, or repeats one of them otherwise. What cannot be read is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from corollary_agent.models.expert.orderings import Row, read_clue, read_opening
from corollary_agent.models.expert.plan import Unreadable
from corollary_agent.models.expert.scales import END, ORDINAL, to_position, to_rank
from corollary_agent.problem import Problem
from corollary_datagen.steps.prose.statements import Finding
from corollary_tools.desk import Desk, letter
from corollary_tools.toolkit import Toolkit

_LEAD = re.compile(
    r"^(?:so|then|thus|therefore|hence|and|but|also|since|because"
    r"|we (?:know|previously concluded|can see|conclude)(?: that)?|this means(?: that)?"
    r"|by process of elimination|according to this \w+|in this order\w*)\b,? *",
    re.I,
)
_LINE = re.compile(
    r"\bfrom (?:the )?(?P<start>[\w ]+?) to (?:the )?(?P<end>[\w ]+?): *(?P<rest>.+)", re.I
)
_PLACE = re.compile(
    rf"^(?:then )?(?P<ranks>(?:(?:the )?(?:{ORDINAL})(?:,? (?:and )?|$)|\b(?:through|to|and)\b ?)+)"
    r"(?:place |position )?(?P<says>(?:is|are|can be|could be|must be)\b.*)?$",
    re.I,
)
_ANY = re.compile(r"\b(?:any|unknown|still|empty|open|either of|one of|undetermined)\b", re.I)
_WHICH = re.compile(
    r"^(?:the )?(?:only )?(?:\w+ )?(?:that |who |which )?(?:can be |could be |must be |finished )?"
    rf"(?:the )?(?P<place>(?:{ORDINAL})?[- ]?(?:(?:from|to)[- ](?:the )?)?(?:{END})?)(?: \w+)?"
    r" (?:is|must be|has to be|would be)(?: the)? (?P<name>[\w ]+)$",
    re.I,
)
_MUST = re.compile(r"\b(?:must|has to|have to|should|would|will) be\b", re.I)
_CANNOT = re.compile(r"\b(?:cannot|can't|can not|could not) be\b", re.I)
_ANSWER = re.compile(r"\banswer is \(?([A-H])\)?[.\s]*$", re.I)


def check_ordering(
    problem: Problem, steps: Sequence[str], toolkit: Toolkit
) -> tuple[Finding, ...] | None:
    """What was found of each step; None where the problem is no ordering that can be read."""
    ordering = _read_problem(problem, toolkit)
    if ordering is None:
        return None
    told = _Told()
    return tuple(_checked(step, ordering, told) for step in steps)


@dataclass(frozen=True, slots=True)
class _Ordering:
    """A problem that was read: its things, a desk with its statements, what was proved so far."""

    row: Row
    desk: Desk
    clues: dict[str, int]
    options: tuple[str, ...]
    toolkit: Toolkit
    known: dict[tuple[frozenset[int], str], bool | None] = field(default_factory=dict)
    desks: dict[frozenset[int], Desk] = field(default_factory=dict)

    def follows(self, formula: str, used: frozenset[int]) -> bool | None:
        """Whether a formula follows from these statements; None where the solver cannot tell."""
        key = (used, formula)
        if key not in self.known:
            outcome = self.toolkit.call("prove", {"conclusion": formula}, self._desk(used))
            value = None if outcome.fault else (outcome.certificate or {}).get("value")
            self.known[key] = {"True": True, "False": False, "Unknown": False}.get(str(value))
        return self.known[key]

    def _desk(self, used: frozenset[int]) -> Desk:
        if used not in self.desks:
            desk = self.desk
            for formula, number in self.clues.items():
                if number in used:
                    arguments = {"n": number, "formula": formula}
                    desk = self.toolkit.call("premise", arguments, desk).desk
            self.desks[used] = desk
        return self.desks[used]


def _read_problem(problem: Problem, toolkit: Toolkit) -> _Ordering | None:
    try:
        row = read_opening(problem.statements[0])
        clues = [read_clue(text, row) for text in problem.statements[1:]]
        options = tuple(read_clue(text, row) for text in problem.options)
    except (Unreadable, IndexError):
        return None
    desk = Desk(statements=tuple(problem.statements), question=problem.question)
    names, values = list(row.names), [f"1..{len(row.names)}"]
    made = toolkit.call("declare", {"names": names, "values": values, "distinct": True}, desk)
    if made.fault:
        return None
    numbered = {formula: number for number, formula in enumerate(clues, 2)}
    return _Ordering(row, made.desk, numbered, options, toolkit)


def _checked(step: str, ordering: _Ordering, told: _Told) -> Finding:
    checked, wrong = 0, ""
    claims = list(_claims(step, ordering))
    told.add(claims, ordering)
    for claim in claims:
        holds = told.holds(claim, ordering)
        checked += holds is not None
        if holds is False and not wrong:
            wrong = f"this does not follow: {claim.said}"
        told.places |= {claim.place: claim.formula} if claim.place and claim.formula else {}
    return Finding(checked, wrong)


@dataclass(frozen=True, slots=True)
class _Claim:
    """One thing that a step states. formula: empty for what can never hold.

    place: of a line's claim the place that it is about, from 1. free: it says any may be there.
    """

    said: str
    formula: str
    place: int = 0
    free: bool = False


@dataclass(slots=True)
class _Told:
    """What the steps so far have told: the statements that they used, who was put where."""

    used: set[int] = field(default_factory=set)
    places: dict[int, str] = field(default_factory=dict)

    def add(self, claims: Sequence[_Claim], ordering: _Ordering) -> None:
        """Note the statements that the step repeats, and the places that those give."""
        for claim in claims:
            number = ordering.clues.get(claim.formula, 0)
            if number:
                self.used.add(number)
                at = re.fullmatch(r"\w+ == (\d+)", claim.formula)
                self.places |= {int(at[1]): claim.formula} if at else {}

    def holds(self, claim: _Claim, ordering: _Ordering) -> bool | None:
        """Whether a claim follows; one that forgets who is at a place does not."""
        if claim.free:
            return claim.place not in self.places
        return ordering.follows(claim.formula, frozenset(self.used)) if claim.formula else False


def _claims(step: str, ordering: _Ordering) -> Iterator[_Claim]:
    """What a step states, sentence by sentence."""
    subject = ""
    for sentence in re.split(r"(?<=[.!])\s+", step):
        line = _LINE.search(sentence)
        if line:
            start = line["start"].lower()
            if start in ("most", "least"):  # from most to least expensive
                start = f"{start} {line['end'].split()[-1].lower()}"
            yield from _line(start, line["rest"], ordering)
            sentence = sentence[: line.start()]
        answer = _ANSWER.search(sentence)
        if answer and ord(answer[1].upper()) - ord("A") < len(ordering.options):
            number = ord(answer[1].upper()) - ord("A")
            yield _Claim(f"the answer is {letter(number)}", ordering.options[number])
            sentence = sentence[: answer.start()]
        for part in re.split(r", (?:so|therefore|thus|which means(?: that)?|and so)\b|;", sentence):
            plain = re.sub(r"^\s*(?:it|they|he|she)\b", subject, part) if subject else part
            formula = _sentence(plain, ordering.row)
            if formula:
                subject = formula.split()[0].replace("_", " ")
                yield _Claim(part.strip(" ."), formula)


def _line(start: str, rest: str, ordering: _Ordering) -> Iterator[_Claim]:
    """The places of a line such as `first is the robin, then second and third can be any bird`."""
    size, ranks = len(ordering.row.names), list[int]()
    for part in re.split(
        r",? then |, (?=(?:and )?(?:the )?(?:" + ORDINAL + r")\b)|; ", rest.strip(" .")
    ):
        place = _PLACE.match(part.strip())
        if not place:
            ranks = []
            continue
        ranks += _ranks(place["ranks"])
        says = place["says"]
        if says is None:
            continue
        if _ANY.search(says):
            for rank in ranks:
                yield _Claim(part.strip(), "", to_position(rank, start, size), rank <= size)
        elif len(ranks) == 1:
            yield from _place(to_position(ranks[0], start, size), says, ordering, part)
        ranks = []


def _ranks(text: str) -> list[int]:
    """The numbers of `second and third` and `fourth through seventh`."""
    ranks = [to_rank(word.lower()) for word in re.findall(ORDINAL, text, re.I)]
    if len(ranks) == 2 and re.search(r"\b(?:through|to)\b", text):
        return list(range(ranks[0], ranks[1] + 1))
    return ranks


def _place(position: int, says: str, ordering: _Ordering, part: str) -> Iterator[_Claim]:
    """Who may stand at one place: one thing, or one of several."""
    size = len(ordering.row.names)
    names = [_find(name, ordering.row) for name in re.split(r",? or |, ", _thing(says))]
    if not names or None in names:
        return
    if not 1 <= position <= size:
        yield _Claim(part.strip(), "", position)
    else:
        formula = " | ".join(f"{name} == {position}" for name in names)
        yield _Claim(part.strip(), formula, position)


def _thing(says: str) -> str:
    return re.sub(r"^(?:is|are|can be|could be|must be)\s+(?:still |also |either )?", "", says)


def _find(phrase: str, row: Row) -> str | None:
    try:
        return row.find(phrase.strip())
    except Unreadable:
        return None


def _sentence(text: str, row: Row) -> str | None:
    """The formula of one sentence; None where it cannot be read."""
    plain = text.strip(" .,")
    while _LEAD.match(plain):
        plain = _LEAD.sub("", plain, count=1)
    plain = _CANNOT.sub("is not", _MUST.sub("is", plain))
    if re.search(r"\b(?:can|could|may|might)\b", plain) and not plain.lower().startswith(
        "the only"
    ):
        return None
    for said in (plain, _turned(plain)):
        try:
            return read_clue(said, row) if said else None
        except Unreadable:
            continue
    return None


def _turned(text: str) -> str:
    """`the fifth bird is the owl` as `the owl is fifth`."""
    found = _WHICH.match(text)
    if not found or not found["place"].strip():
        return ""
    return f"the {found['name'].strip()} is the {found['place'].strip()}"
