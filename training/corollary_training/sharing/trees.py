"""Rows of tokens that begin alike, as trees in which every common beginning stands once.

Guarantees that each row is a path from the root of exactly one tree. Rows share a tree where that
is less work than keeping them apart: a tree spares tokens, but its tokens are compared with those
of its other branches too, if only to be masked. Knows nothing of tensors or models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

TOKEN_COST = 200
"""What a token costs beside attention, in comparisons of two tokens (tiny student, one core)."""


@dataclass(slots=True)
class Tree:
    """Rows laid out once. tokens, depths: of each node; paths: the nodes of each row, by number.

    branches: for each run of nodes (from, to) the nodes before it on its path. It grows while it is
    planted and is not changed after that.
    """

    tokens: list[int] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    paths: dict[int, list[int]] = field(default_factory=dict)
    branches: list[tuple[int, int, list[int]]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.tokens)

    def add(self, number: int, row: Sequence[int], stem: list[int]) -> None:
        """Let a row leave the tree after the nodes of `stem`, which stand for its beginning."""
        first, common = len(self.tokens), len(stem)
        self.tokens.extend(row[common:])
        self.depths.extend(range(common, len(row)))
        if len(row) > common:
            self.branches.append((first, len(self.tokens), stem))
        self.paths[number] = stem + list(range(first, len(self.tokens)))


def plant(rows: Sequence[Sequence[int]], kin: Sequence[int]) -> list[Tree]:
    """Return the trees of the rows. Only rows of equal `kin` may share one.

    Rows that begin alike are neighbours once sorted, so each is compared with the one before it.
    """
    trees: list[Tree] = []
    before: int | None = None
    for number in sorted(range(len(rows)), key=lambda n: (kin[n], rows[n])):
        row = rows[number]
        common = 0
        if before is not None and kin[before] == kin[number]:
            common = common_length(rows[before], row)
        if before is None or not _pays(len(trees[-1]), len(row), common):
            trees.append(Tree())
            common = 0
        stem = trees[-1].paths[before][:common] if common and before is not None else []
        trees[-1].add(number, row, stem)
        before = number
    return trees


def common_length(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two rows have in common from their beginning."""
    for index, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return index
    return min(len(one), len(other))


def _pays(tree: int, row: int, common: int) -> bool:
    """Whether a row costs less as a branch of a tree of so many nodes than alone."""
    new = row - common
    return common > 0 and 2 * tree * new + new * new < row * row + TOKEN_COST * common
