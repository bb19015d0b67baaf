"""Step pairs: one right and one wrong assistant message after the same history.

Two origins. divergence: a right and a wrong chain with one history up to the message in which they
part. slot: a later message of the wrong chain, set into the right chain's history at the same place
of the reading desk (statement 3, option B). A pair is built only where the solvers say that the two
messages differ in meaning and no right chain made the rejected move; undecided makes none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from corollary_datagen.chains.chain import Chain, Move
from corollary_datagen.chains.contrast import Contrast, nearest
from corollary_datagen.chains.meanings import Meanings, computes
from corollary_datagen.pair import PreferencePair
from corollary_datagen.pairs.mistakes import step_mistake
from corollary_datagen.pairs.selection import Candidate

Skip = Callable[[str], None]


def step_pairs(contrast: Contrast, meanings: Meanings, skip: Skip) -> Iterator[Candidate]:
    """Yield the step pairs of one problem; `skip` is told the reason for each that was left out."""
    if not contrast.right:
        return
    for wrong in contrast.wrong:
        right, shared = nearest(wrong, contrast.right)
        match = _Match(contrast, right, wrong, shared, meanings, skip)
        yield from match.divergence()
        yield from match.slots()


@dataclass(frozen=True, slots=True)
class _Match:
    """A wrong chain beside the right chain that is nearest to it. shared: moves in common."""

    contrast: Contrast
    right: Chain
    wrong: Chain
    shared: int
    meanings: Meanings
    skip: Skip

    def divergence(self) -> Iterator[Candidate]:
        """The pair at the message in which the two part."""
        if self.shared >= min(len(self.right.moves), len(self.wrong.moves)):
            return  # One of them has ended.
        chosen, rejected = self.right.moves[self.shared], self.wrong.moves[self.shared]
        if chosen.message == rejected.message:
            self.skip("the chains part in a tool result")
        elif not chosen.calls and not rejected.calls:
            yield self._pair(chosen, rejected, "divergence")  # Two answers: one right, one wrong.
        elif self._differ(chosen, rejected):
            yield self._pair(chosen, rejected, "divergence")

    def slots(self) -> Iterator[Candidate]:
        """The pairs at later places of the desk that both chains visited."""
        places = self.right.slots
        for slot, rejected in self.wrong.slots.items():
            chosen = places.get(slot)
            if chosen is None or slot not in self.contrast.agreed or rejected.index <= self.shared:
                continue
            if chosen.message != rejected.message and self._differ(chosen, rejected):
                yield self._pair(chosen, rejected, "slot")

    def _differ(self, chosen: Move, rejected: Move) -> bool:
        reason = self._likeness(chosen, rejected)
        if reason:
            self.skip(reason)
        return reason is None

    def _likeness(self, chosen: Move, rejected: Move) -> str | None:
        """Why the two moves make no pair, if they make none."""
        same = self.meanings.same(chosen, rejected)
        if same is not False:
            return "same meaning" if same else "meaning undecided"
        if self._is_another_way(rejected):
            return "a recorded chain may compute another way"
        if chosen.failed:
            return "the right chain's call failed"
        if chosen.slot and chosen.slot not in self.contrast.agreed:
            return "the right chains disagree"
        if not self.contrast.is_new(rejected, chosen, self.meanings):
            return "a right chain made the same move"
        return None

    def _is_another_way(self, rejected: Move) -> bool:
        """Whether a computation that ran may be a right step of a way that no right chain went.

        Recorded models go many ways; a computation that parts from another is no mistake by that.
        """
        models = (self.right.trace.model, self.wrong.trace.model)
        is_recorded = any(model.startswith("recorded:") for model in models)
        ran = bool(rejected.calls) and not rejected.failed
        return is_recorded and ran and all(map(computes, rejected.calls))

    def _pair(self, chosen: Move, rejected: Move, origin: str) -> Candidate:
        pair = PreferencePair(
            kind="step",
            problem_id=self.contrast.problem.id,
            family=self.contrast.problem.family,
            tools=(),
            prompt=(*self.contrast.prompt, *self.right.messages[: chosen.position]),
            chosen=(chosen.message,),
            rejected=(rejected.message,),
            chosen_trace=self.right.trace.id,
            rejected_trace=self.wrong.trace.id,
            origin=origin,
            error_kind=step_mistake(self.wrong, rejected, chosen),
        )
        return Candidate(pair)
