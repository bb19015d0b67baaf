"""Step pairs between a problem and its twin: what is right for one is wrong for the other.

Where a right chain of the problem and one of its twin part, after moves that are the same, each
made the move that its own text asks for. Under this problem's prompt the other one's move is the
mistake of who learned the problem by heart. Guarantees that the two part at what was changed (the
changed statement is recorded, or the changed number calculated with), that the solvers tell the two
moves apart, and that no right chain of this problem made the other one's move.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from corollary_agent.problem import Problem
from corollary_datagen.chains.chain import Chain, Move, Slot
from corollary_datagen.chains.contrast import Contrast
from corollary_datagen.chains.meanings import Meanings
from corollary_datagen.pair import PreferencePair
from corollary_datagen.pairs.mistakes import step_mistake
from corollary_datagen.pairs.selection import Candidate

Skip = Callable[[str], None]
_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?!\w)")


def twin_pairs(
    contrast: Contrast, other: Contrast, meanings: Meanings, skip: Skip
) -> Iterator[Candidate]:
    """Yield the pairs under one problem's prompt. other: the chains of its twin, or original."""
    slot = changed_slot(contrast.problem, other.problem)
    numbers = changed_numbers(contrast.problem, other.problem)
    if slot is None and numbers is None:
        skip("the twin differs in more than one statement or number")
        return
    match = _Match(contrast, other, meanings, slot, numbers)
    for right in contrast.right:
        found = match.parting(right)
        reason = "no right chain of the twin goes along to what was changed"
        if found is not None:
            chosen, theirs, rejected = found
            reason = match.objection(chosen, rejected)
            if not reason:
                yield match.pair(right, chosen, theirs, rejected)
        if reason:
            skip(reason)


def changed_slot(problem: Problem, other: Problem) -> Slot | None:
    """Where the one statement that differs is recorded; None where not just one does."""
    if problem.question != other.question or len(problem.statements) != len(other.statements):
        return None
    both = zip(problem.statements, other.statements, strict=True)
    places = [number for number, (own, theirs) in enumerate(both, start=1) if own != theirs]
    return ("premise", str(places[0])) if len(places) == 1 else None


def changed_numbers(problem: Problem, other: Problem) -> tuple[str, str] | None:
    """The number of the other question that stands where another stands in this one, and this."""
    if problem.statements != other.statements:
        return None
    if _NUMBER.sub("#", problem.question) != _NUMBER.sub("#", other.question):
        return None
    own, theirs = (_NUMBER.findall(text) for text in (problem.question, other.question))
    found = {(old, new) for old, new in zip(theirs, own, strict=True) if old != new}
    return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class _Match:
    """A problem beside its twin. slot, numbers: what was changed, one of the two."""

    contrast: Contrast
    other: Contrast
    meanings: Meanings
    slot: Slot | None
    numbers: tuple[str, str] | None

    def parting(self, right: Chain) -> tuple[Move, Chain, Move] | None:
        """The first move that differs from some right chain of the twin, where it should."""
        for theirs in self.other.right:
            both = zip(right.moves, theirs.moves, strict=False)
            pair = next(((own, old) for own, old in both if own.message != old.message), None)
            if pair and self._is_at_the_change(*pair):
                return pair[0], theirs, pair[1]
        return None

    def _is_at_the_change(self, own: Move, old: Move) -> bool:
        if self.slot is not None:
            return own.slot == old.slot == self.slot
        return bool(own.calls) and self._carried_over(old) == _said(own)

    def _carried_over(self, old: Move) -> str:
        """What the twin's move says, with this problem's number for the changed one."""
        assert self.numbers is not None
        was, now = (number.replace(",", "") for number in self.numbers)
        return _NUMBER.sub(lambda m: now if m[0].replace(",", "") == was else m[0], _said(old))

    def objection(self, chosen: Move, rejected: Move) -> str:
        """Why the two moves make no pair; empty where they make one."""
        if chosen.failed or rejected.failed:
            return "a call at what was changed failed"
        if chosen.slot and chosen.slot not in self.contrast.agreed:
            return "the right chains disagree"
        same = self.meanings.same(chosen, rejected)
        if same is not False:
            return "same meaning" if same else "meaning undecided"
        if not self.contrast.is_new(rejected, chosen, self.meanings):
            return "a right chain made the same move"
        return ""

    def pair(self, right: Chain, chosen: Move, theirs: Chain, rejected: Move) -> Candidate:
        pair = PreferencePair(
            kind="step",
            problem_id=self.contrast.problem.id,
            family=self.contrast.problem.family,
            tools=(),
            prompt=(*self.contrast.prompt, *right.messages[: chosen.position]),
            chosen=(chosen.message,),
            rejected=(rejected.message,),
            chosen_trace=right.trace.id,
            rejected_trace=theirs.trace.id,
            origin="twin",
            error_kind=step_mistake(theirs, rejected, chosen),
        )
        return Candidate(pair)


def _said(move: Move) -> str:
    return json.dumps(move.calls)
