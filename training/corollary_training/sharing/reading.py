"""Which tokens each branch of packed trees reads, so that attention skips what it may not see.

The nodes of all trees stand one after another, branch after branch. A branch reads the pieces on
its path and itself; pieces are cut wherever a branch leaves another. Guarantees that no two tokens
of different branches are compared. Does not attend.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch

from corollary_training.sharing.trees import Tree


@dataclass(frozen=True, slots=True)
class Reading:
    """queries, pieces: the lengths of the branches and of the pieces, each adding up to all nodes.

    reads: for each branch the pieces that it reads, in order, its own last. masks: for each branch
    what is added to its scores, [branch, read], or None where it reads itself only.
    """

    queries: list[int]
    pieces: list[int]
    reads: list[list[int]]
    masks: list[torch.Tensor | None]


def read_runs(trees: Sequence[Tree], device: torch.device) -> Reading:
    """Say what the branches of these trees read."""
    reading = Reading([], [], [], [])
    for tree in trees:
        cuts = _cuts(tree)
        piece_at = {cut: len(reading.pieces) + n for n, cut in enumerate(cuts[:-1])}
        reading.pieces.extend(end - start for start, end in pairwise(cuts))
        for first, end, stem in tree.branches:
            begun = [piece_at[node] for node in stem if node in piece_at]
            own = [piece for cut, piece in piece_at.items() if first <= cut < end]
            reading.queries.append(end - first)
            reading.reads.append(begun + own)
            reading.masks.append(_mask(end - first, len(stem), device))
    return reading


def _cuts(tree: Tree) -> list[int]:
    """Where the pieces of a tree begin, and its end."""
    return sorted({len(tree), *_begins(tree)})


def _begins(tree: Tree) -> Iterator[int]:
    for first, _, stem in tree.branches:
        yield first
        if stem:
            yield stem[-1] + 1


def _mask(own: int, before: int, device: torch.device) -> torch.Tensor | None:
    if not before:
        return None
    later = torch.full((own, own), float("-inf"), device=device).triu(1)
    return torch.cat([later.new_zeros(own, before), later], 1)
