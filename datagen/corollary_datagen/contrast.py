"""One problem's chains, sorted for pairing: which may be chosen, which rejected, under one prompt.

Guarantees that an undecided chain is in neither, that each distinct chain stands once, and that a
right chain which reads a statement otherwise than most right chains do (right by luck) is not
chosen. Traces of different models and prompts are put under the same prompt messages.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from corollary_agent.problem import Problem
from corollary_agent.trace import Message
from corollary_datagen.chains import Chain, Move, Slot, build_chain
from corollary_datagen.meanings import Meanings
from corollary_datagen.verdict import Graded


@dataclass(frozen=True, slots=True)
class Contrast:
    """The distinct right and wrong chains on one problem. prompt: the messages before them all.

    agreed: by slot, the move of the right chains, where all or most of them mean the same.
    lucky: how many right chains were left out because they disagree with most.
    """

    problem: Problem
    prompt: tuple[Message, ...]
    right: tuple[Chain, ...]
    wrong: tuple[Chain, ...]
    agreed: dict[Slot, Move]
    lucky: int


def build_contrast(
    graded: Sequence[Graded], prompt: tuple[Message, ...], meanings: Meanings
) -> Contrast:
    """Sort the graded traces of one problem."""
    right, wrong = _chains(graded, "CORRECT"), _chains(graded, "INCORRECT")
    agreed, outvoted = _agree(right, meanings) if wrong else ({}, set())
    kept = tuple(chain for chain in right if chain.trace.id not in outvoted)
    return Contrast(graded[0].problem, prompt, kept, wrong, agreed, len(right) - len(kept))


def _chains(graded: Iterable[Graded], judgement: str) -> tuple[Chain, ...]:
    distinct: dict[str, Chain] = {}
    for row in graded:
        if row.verdict and row.verdict.judgement == judgement:
            chain = build_chain(row.trace)
            if chain.moves:
                distinct.setdefault(json.dumps(chain.messages), chain)
    return tuple(distinct.values())


def _agree(right: Sequence[Chain], meanings: Meanings) -> tuple[dict[Slot, Move], set[str]]:
    """By slot the move that most right chains mean, and the ids of chains that were outvoted."""
    agreed: dict[Slot, Move] = {}
    outvoted: set[str] = set()
    for slot, votes in _votes(right).items():
        groups = sorted(_groups(votes, meanings), key=len, reverse=True)
        if len(groups) > 1 and len(groups[0]) == len(groups[1]):
            continue  # A tie: nobody can tell which reading is right.
        agreed[slot] = groups[0][0][1]
        outvoted |= {chain.trace.id for group in groups[1:] for chain, _ in group}
    return agreed, outvoted


def _votes(right: Iterable[Chain]) -> dict[Slot, list[tuple[Chain, Move]]]:
    votes: dict[Slot, list[tuple[Chain, Move]]] = {}
    for chain in right:
        for slot, move in chain.slots.items():
            votes.setdefault(slot, []).append((chain, move))
    return votes


def _groups(
    votes: Iterable[tuple[Chain, Move]], meanings: Meanings
) -> list[list[tuple[Chain, Move]]]:
    groups: list[list[tuple[Chain, Move]]] = []
    for vote in votes:
        same = (group for group in groups if meanings.same(group[0][1], vote[1]) is not False)
        group = next(same, None)
        if group is None:
            groups.append([vote])
        else:
            group.append(vote)
    return groups


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


def written_by_none(move: Move, place: Move, right: Iterable[Chain], meanings: Meanings) -> bool:
    """Whether no right chain made a move that means, or may mean, the same as `move` at `place`."""
    return all(meanings.same(move, other) is False for other in _alike(move, place, right))


def _alike(move: Move, place: Move, right: Iterable[Chain]) -> Iterator[Move]:
    """The right chains' moves of the same kind; at the desk only those at the same place."""
    names = [name for name, _ in move.calls]
    for other in (other for chain in right for other in chain.moves):
        if not other.calls or [name for name, _ in other.calls] != names:
            continue
        if move.slot is None or move.slot == other.slot == place.slot or other.index == place.index:
            yield other
