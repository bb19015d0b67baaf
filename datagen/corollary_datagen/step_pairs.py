"""Step pairs: one right and one wrong assistant message after the same history.

Two origins. divergence: a right and a wrong chain with one history up to the message in which they
part. slot: a later message of the wrong chain, set into the right chain's history at the same place
of the reading desk (statement 3, option B). A pair is built only where the solvers say that the two
messages differ in meaning and no right chain made the rejected move; undecided makes none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from corollary_datagen.chains import Chain, Move
from corollary_datagen.contrast import Contrast, nearest, written_by_none
from corollary_datagen.meanings import Meanings
from corollary_datagen.pair import PreferencePair

Skip = Callable[[str], None]


def step_pairs(contrast: Contrast, meanings: Meanings, skip: Skip) -> Iterator[PreferencePair]:
    """Yield the step pairs of one problem; `skip` is told the reason for each that was left out."""
    if not contrast.right:
        return
    for wrong in contrast.wrong:
        right, shared = nearest(wrong, contrast.right)
        yield from _divergence(contrast, (right, wrong, shared), meanings, skip)
        yield from _slots(contrast, (right, wrong, shared), meanings, skip)


def first_divergence(right: Chain, wrong: Chain, shared: int) -> tuple[Move, Move] | None:
    """The two moves after `shared` common ones, or None where one of the chains has ended."""
    if shared >= len(right.moves) or shared >= len(wrong.moves):
        return None
    return right.moves[shared], wrong.moves[shared]


def _divergence(
    contrast: Contrast, chains: tuple[Chain, Chain, int], meanings: Meanings, skip: Skip
) -> Iterator[PreferencePair]:
    right, wrong, _ = chains
    moves = first_divergence(*chains)
    if moves is None or moves[0].message == moves[1].message:
        skip("the chains part in a tool result")
    elif not any(move.calls for move in moves):
        yield _pair(contrast, chains, moves, "divergence")  # Two answers: one right, one wrong.
    elif _differ(contrast, moves, meanings, skip):
        yield _pair(contrast, (right, wrong, 0), moves, "divergence")


def _slots(
    contrast: Contrast, chains: tuple[Chain, Chain, int], meanings: Meanings, skip: Skip
) -> Iterator[PreferencePair]:
    right, wrong, shared = chains
    places = right.slots
    for slot, move in wrong.slots.items():
        place = places.get(slot)
        if place is None or slot not in contrast.agreed or move.index <= shared:
            continue
        if place.message != move.message and _differ(contrast, (place, move), meanings, skip):
            yield _pair(contrast, chains, (place, move), "slot")


def _differ(contrast: Contrast, moves: tuple[Move, Move], meanings: Meanings, skip: Skip) -> bool:
    chosen, rejected = moves
    same = meanings.same(chosen, rejected)
    if same is not False:
        skip("same meaning" if same else "meaning undecided")
        return False
    if chosen.failed:
        skip("the right chain's call failed")
        return False
    if chosen.slot and chosen.slot not in contrast.agreed:
        skip("the right chains disagree")
        return False
    if not written_by_none(rejected, chosen, contrast.right, meanings):
        skip("a right chain made the same move")
        return False
    return True


def _pair(
    contrast: Contrast, chains: tuple[Chain, Chain, int], moves: tuple[Move, Move], origin: str
) -> PreferencePair:
    right, wrong, _ = chains
    chosen, rejected = moves
    return PreferencePair(
        kind="step",
        problem_id=contrast.problem.id,
        family=contrast.problem.family,
        tools=(),
        prompt=(*contrast.prompt, *right.messages[: chosen.position]),
        chosen=(chosen.message,),
        rejected=(rejected.message,),
        chosen_trace=right.trace.id,
        rejected_trace=wrong.trace.id,
        origin=origin,
    )
