"""One problem's chains, sorted for pairing: which may be chosen, which rejected, under one prompt.

Guarantees that an undecided chain is in neither, that each distinct chain stands once, and that a
right chain which is outvoted on how a statement is read (right by luck; `votes`) is not chosen.
Traces of different models and prompts are put under the same prompt messages.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from corollary_agent.problem import Problem
from corollary_agent.trace import Message
from corollary_datagen.chains.chain import Chain, Move, Slot, build_chain
from corollary_datagen.chains.meanings import Meanings
from corollary_datagen.chains.votes import agree
from corollary_datagen.verdict import Graded


@dataclass(frozen=True, slots=True)
class Contrast:
    """The distinct right and wrong chains on one problem. prompt: the messages before them all.

    failing: every judged chain in which an attempt failed, twins included. agreed: by slot, the
    move of the right chains, where all or most of them mean the same. lucky: how many right chains
    were left out because they disagree with most.
    """

    problem: Problem
    prompt: tuple[Message, ...]
    right: tuple[Chain, ...]
    wrong: tuple[Chain, ...]
    failing: tuple[Chain, ...]
    agreed: dict[Slot, Move]
    lucky: int

    def is_new(self, move: Move, place: Move, meanings: Meanings) -> bool:
        """Whether no right chain made a move that means, or may mean, what `move` at `place` does.

        At the desk only moves at the same place count; a computation may stand anywhere.
        """
        return all(meanings.same(move, other) is False for other in self._alike(move, place))

    def _alike(self, move: Move, place: Move) -> Iterator[Move]:
        names = [name for name, _ in move.calls]
        for other in (other for chain in self.right for other in chain.moves):
            if not other.calls or [name for name, _ in other.calls] != names:
                continue
            here = move.slot == other.slot == place.slot or other.index == place.index
            if move.slot is None or here:
                yield other


def build_contrast(
    graded: Sequence[Graded],
    meanings: Meanings,
    *,
    prompt: tuple[Message, ...],
    teacher: str | None = None,
) -> Contrast:
    """Sort the graded traces of one problem.

    teacher: a model by whose right chains the others are measured, on problems where it has one.
    """
    right, wrong = _chains(graded, "CORRECT"), _chains(graded, "INCORRECT")
    voters = [chain for chain in right if chain.trace.model == teacher] or right
    voted = voters if graded[1:] else ()
    agreed, outvoted = agree(right, voted, meanings, problem=graded[0].problem)
    return Contrast(
        problem=graded[0].problem,
        prompt=prompt,
        right=tuple(chain for chain in right if chain.trace.id not in outvoted),
        wrong=wrong,
        failing=tuple(_failing(graded)),
        agreed=agreed,
        lucky=len(outvoted),
    )


def _chains(graded: Iterable[Graded], judgement: str) -> tuple[Chain, ...]:
    distinct: dict[str, Chain] = {}
    for row in graded:
        if row.verdict and row.verdict.judgement == judgement:
            chain = build_chain(row.trace)
            if chain.moves:
                distinct.setdefault(json.dumps(chain.messages), chain)
    return tuple(distinct.values())


def _failing(graded: Iterable[Graded]) -> Iterator[Chain]:
    for row in graded:
        is_judged = row.verdict and row.verdict.judgement != "UNDECIDED"
        if is_judged and any(step.attempts for step in row.trace.steps):
            yield build_chain(row.trace)


def nearest(wrong: Chain, right: Sequence[Chain]) -> tuple[Chain, int]:
    """The right chain that shares the longest history with `wrong`, and how many moves they share.

    Linear in the total length of the chains.
    """
    longest: dict[str, tuple[Chain, int]] = {}
    for chain in right:
        for count, history in enumerate(chain.histories):
            longest.setdefault(history, (chain, count))
    for history in reversed(wrong.histories):
        if history in longest:
            return longest[history]
    raise ValueError("chains on one problem share at least the empty history")
