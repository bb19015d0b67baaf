"""Votes on how a slot is read: the reading that right chains share, and who reads it otherwise.

The words of the statement come first: a reading that leaves out a name which the statement has, or
brings one which it has not, loses to one that does neither, however many chains share it. Then
distinct models count, and chains only where one model made them all. Guarantees that at a tie
nobody is outvoted. Decides meanings by `Meanings` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from corollary_agent.problem import Problem
from corollary_datagen.chains.chain import Chain, Move, Slot
from corollary_datagen.chains.meanings import Meanings
from corollary_datagen.grading.wording import misfits
from corollary_tools.desk import letter

_FORMULA = {"premise": "formula", "option": "formula", "prove": "conclusion"}


class Vote(NamedTuple):
    """The move of one model's chain at a slot."""

    move: Move
    model: str


Group = list[Vote]


def agree(
    right: Sequence[Chain],
    voters: Sequence[Chain],
    meanings: Meanings,
    *,
    problem: Problem | None = None,
) -> tuple[dict[Slot, Move], set[str]]:
    """By slot the move that wins the vote, and the ids of right chains that mean another.

    problem: whose statements the readings are held against; None leaves that out.
    """
    agreed: dict[Slot, Move] = {}
    for slot, votes in _votes(voters).items():
        groups = _groups(votes, meanings)
        first = groups[0] if len(groups) == 1 else _winner(groups, _text(slot, problem))
        if first:  # At a tie nobody can tell which reading is right.
            agreed[slot] = first[0].move
    outvoted = {
        chain.trace.id
        for chain in right
        for slot, move in chain.slots.items()
        if slot in agreed and meanings.same(agreed[slot], move) is False
    }
    return agreed, outvoted


def _votes(voters: Iterable[Chain]) -> dict[Slot, list[Vote]]:
    votes: dict[Slot, list[Vote]] = {}
    for chain in voters:
        for slot, move in chain.slots.items():
            votes.setdefault(slot, []).append(Vote(move, chain.trace.model))
    return votes


def _groups(votes: Iterable[Vote], meanings: Meanings) -> list[Group]:
    """The votes by meaning; one that cannot be told apart joins the first such group."""
    groups: list[Group] = []
    for vote in votes:
        alike = (g for g in groups if meanings.same(g[0].move, vote.move) is not False)
        group = next(alike, None)
        if group is None:
            groups.append([vote])
        else:
            group.append(vote)
    return groups


def _winner(groups: Sequence[Group], text: str) -> Group | None:
    """The group that fits the text best, then the one of most voices; None at a tie."""
    odd = misfits([[_formula(vote.move) for vote in group] for group in groups], text)
    fitting = [g for g, count in zip(groups, odd, strict=True) if count == min(odd)]
    ranked = sorted(((_voices(g, groups), g) for g in fitting), key=lambda row: -row[0])
    tied = len(ranked) > 1 and ranked[0][0] == ranked[1][0]
    return None if tied else ranked[0][1]


def _voices(group: Group, groups: Iterable[Group]) -> int:
    """Distinct models; chains where all are by one model."""
    alone = len({vote.model for one in groups for vote in one}) == 1
    return len(group) if alone else len({vote.model for vote in group})


def _formula(move: Move) -> str:
    """What a move reads its slot as; empty where it reads nothing."""
    name, arguments = move.calls[0]
    return str(arguments.get(_FORMULA.get(name, ""), ""))


def _text(slot: Slot, problem: Problem | None) -> str:
    """The words behind a slot; empty where there are none."""
    name, label = slot
    if problem is None or name not in _FORMULA:
        return ""
    if name == "prove":
        return problem.question
    return next((text for known, text in _labelled(name, problem) if known == label), "")


def _labelled(name: str, problem: Problem) -> Iterator[tuple[str, str]]:
    if name == "premise":
        yield from ((str(n), text) for n, text in enumerate(problem.statements, start=1))
    else:
        yield from ((letter(n), text) for n, text in enumerate(problem.options))
