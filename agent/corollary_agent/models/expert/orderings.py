"""Orderings: things in a row, clues about their places, and options of which one must hold.

Reads LogicalDeduction's sentences and their like: positions (`the second from the right`, `the
third-newest`, `finished second-to-last`), comparisons (`is older than`, `is to the left of`) and
plain variations of them. Each thing is an unknown from 1 to their number; `scales` says which end
is 1. Comparisons are written with `<`, the nearer to 1 first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from corollary_agent.models.expert.english import to_name, to_singular
from corollary_agent.models.expert.plan import (
    Arguments,
    Move,
    Plan,
    Refusal,
    Unreadable,
    read_premise,
    unread,
)
from corollary_agent.models.expert.scales import (
    BEFORE,
    COMPARATIVE,
    END,
    ORDINAL,
    to_position,
    to_rank,
)
from corollary_agent.problem import Problem
from corollary_agent.sentences import split_sentences
from corollary_tools.desk import letter

_BE = r"(?:is|are|was|were|finished|finishes|came|comes|ranked|ranks|placed|stands|sits|arrived)"
_ADVERB = r"(?:in |the |placed |ranked )*"
_SIZES = r"(?:two|three|four|five|six|seven|eight|nine|ten|\d+)"
_OPENING = re.compile(rf"^[^:]*\b{_SIZES}\b[^:]*: (?P<list>.+?)\.?$", re.I)
_PREDICATE = re.compile(rf"^{_BE}(?P<no> not|n't)? (?P<rest>.+)$", re.I)
_AT_END = re.compile(rf"^{_ADVERB}(?P<end>{END})(?: place)?$")
_FROM_END = re.compile(
    rf"^{_ADVERB}(?P<rank>{ORDINAL})(?:[- ](?:from|to)[- ](?:the )?|[- ])(?P<end>{END})$"
)
_AT_RANK = re.compile(rf"^{_ADVERB}(?P<rank>{ORDINAL})(?: place| position)?$")
_BETWEEN = re.compile(r"^(?:somewhere )?between (?P<left>.+) and (?P<right>.+)$")
_NEXT = re.compile(r"^(?:directly |immediately |right )?(?:next|adjacent) to (?P<other>.+)$")
_COMPARED = re.compile(
    rf"^(?P<touching>immediately |directly |just |right )?(?:to )?(?:the )?"
    rf"(?P<how>{COMPARATIVE})(?: of| than)? (?P<other>.+)$"
)


@dataclass(frozen=True, slots=True)
class Row:
    """The things that are ordered, by name."""

    names: tuple[str, ...]

    def find(self, phrase: str) -> str:
        """The thing that a phrase names. Raises Unreadable where it names none."""
        name = to_name(phrase)
        known = {to_singular(n): n for n in self.names} | {n: n for n in self.names}
        if name in known or to_singular(name) in known:
            return known.get(name) or known[to_singular(name)]
        raise Unreadable(phrase)


def is_ordering(problem: Problem) -> bool:
    """Whether a problem names things in a row and has options about them."""
    texts = _texts(problem)
    return bool(texts and problem.options and _OPENING.match(texts[0]))


def plan_ordering(problem: Problem) -> Plan:
    """Plan `declare`, one premise a clue, one option each, then `choose`."""
    opening, *clues = _texts(problem)
    try:
        row = read_opening(opening)
    except Unreadable:
        return Plan("orderings", (unread(1, opening),), _conclude)
    moves: list[Move | Refusal] = [_declare(row)]
    moves += [read_premise(n, text, partial(read_clue, row=row)) for n, text in enumerate(clues, 2)]
    moves += [_option(row, index, text) for index, text in enumerate(problem.options)]
    moves.append(Move("choose", _mode(problem.question)))
    return Plan("orderings", tuple(moves), _conclude)


def _texts(problem: Problem) -> tuple[str, ...]:
    return problem.statements or split_sentences(problem.question)[:-1]


def read_opening(text: str) -> Row:
    """The things that an opening lists: `... five birds: a quail, an owl, ... and a robin.`"""
    listed = _OPENING.match(text)
    parts = re.split(r",? and |, ", listed["list"]) if listed else []
    if len(parts) < 2:
        raise Unreadable(text)
    return Row(tuple(to_name(part) for part in parts))


def _declare(row: Row) -> Move:
    return Move(
        "declare", {"names": list(row.names), "values": [f"1..{len(row.names)}"], "distinct": True}
    )


def _option(row: Row, index: int, text: str) -> Move | Refusal:
    try:
        return Move("option", {"letter": letter(index), "formula": read_clue(text, row)})
    except Unreadable:
        said = "I cannot read one of the options"
        return Refusal(f"{said}: {text}", f"{said}.")


def read_clue(text: str, row: Row) -> str:
    """The canonical formula of one clue, such as `owl == 1` or `robin < raven`."""
    plain = re.sub(r"\s+", " ", text).strip().rstrip(". ")
    name, rest = _subject(plain, row)
    predicate = _PREDICATE.match(rest)
    if not predicate:
        raise Unreadable(text)
    said = _read_place(name, predicate["rest"].lower().replace("n't", " not"), row)
    if not predicate["no"]:
        return said
    return said.replace("==", "!=") if said.count("==") == 1 else f"~({said})"


def _subject(text: str, row: Row) -> tuple[str, str]:
    verb = re.search(rf" (?={_BE}\b)", text)
    if not verb:
        raise Unreadable(text)
    return row.find(text[: verb.start()]), text[verb.end() :]


def _read_place(name: str, said: str, row: Row) -> str:
    size = len(row.names)
    if said in ("in the middle", "the middle one") and size % 2:
        return f"{name} == {(size + 1) // 2}"
    for pattern in (_AT_END, _FROM_END, _AT_RANK):
        found = pattern.match(said)
        if found:
            parts = found.groupdict()
            rank, end = to_rank(parts.get("rank") or "first"), parts.get("end") or ""
            return f"{name} == {to_position(rank, end, size)}"
    return _read_relation(name, said, row)


def _read_relation(name: str, said: str, row: Row) -> str:
    between, beside = _BETWEEN.match(said), _NEXT.match(said)
    if between:
        left, right = row.find(between["left"]), row.find(between["right"])
        return f"{left} < {name} & {name} < {right} | {right} < {name} & {name} < {left}"
    if beside:
        other = row.find(beside["other"])
        return f"{name} + 1 == {other} | {other} + 1 == {name}"
    compared = _COMPARED.match(said)
    if not compared:
        raise Unreadable(said)
    pair = [name, row.find(compared["other"])]
    first, second = pair if compared["how"] in BEFORE else reversed(pair)
    return f"{first} + 1 == {second}" if compared["touching"] else f"{first} < {second}"


def _mode(question: str) -> Arguments:
    asked = question.lower()
    if re.search(r"\b(?:cannot|can't|could not|must be false|impossible)\b", asked):
        return {"mode": "cannot"}
    return {"mode": "could"} if re.search(r"\b(?:could|can|might|possibly|may)\b", asked) else {}


def _conclude(result: str) -> str:
    """The letter that `choose` found; several letters or none are passed on as they are."""
    found = re.match(r"[A-Z](?= \(|$)", result)
    return found[0] if found else result
