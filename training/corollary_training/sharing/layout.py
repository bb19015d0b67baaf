"""Trees as tensors: tokens with their positions, who sees whom, and which token is scored where.

Guarantees that a node sees its ancestors and itself and nothing else, and that a token scored in
several rows after the same beginning is scored once. A row ends before its last scored token:
nothing is asked of what follows. Does not run a model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import torch

from corollary_training.sharing.reading import Reading, read_runs
from corollary_training.sharing.trees import Tree, plant

IGNORED = -100


@dataclass(frozen=True, slots=True)
class Layout:
    """G trees of at most L nodes that score N tokens for M places of the batch.

    ids, positions: [G, L], or [1, nodes of all trees] where the trees stand one after another.
    sees: [G, 1, L, L], true where a node may look; [1, 1, 1, 1] where `reading` says it. sources:
    [N], the node (of the flattened ids) whose output scores a token; labels: [1, N], those tokens.
    places: for each of M scored places its row, its column (one less than the token's) and its
    number below N.
    """

    ids: torch.Tensor
    positions: torch.Tensor
    sees: torch.Tensor
    reading: Reading | None
    sources: torch.Tensor
    labels: torch.Tensor
    places: tuple[torch.Tensor, ...]

    def spread(self, values: torch.Tensor, shape: tuple[int, int]) -> torch.Tensor:
        """Put the values of the scored tokens, [1, N], where a plain forward has them; else 0."""
        rows, columns, numbers = self.places
        return values.new_zeros(shape).index_put((rows, columns), values[0][numbers])


def lay_out(
    ids: torch.Tensor, labels: torch.Tensor, kin: Sequence[int], *, packed: bool = False
) -> Layout | None:
    """Lay out rows, ids and labels both [R, T]; None where nothing is scored.

    labels: the token where it is scored, -100 elsewhere. Padding may stand on the right only.
    packed: one tree after another instead of a row a tree, for attention that takes a `Reading`.
    """
    tokens, scored = ids.tolist(), _scored(labels)
    if not any(scored):
        return None
    rows = [row[: last[-1]] if last else [] for row, last in zip(tokens, scored, strict=True)]
    trees = [tree for tree in plant(rows, kin) if len(tree)]
    sizes = [len(tree) for tree in trees]
    width = max(sizes)
    starts = [0, *accumulate(sizes)] if packed else [n * width for n in range(len(trees))]
    numbers: dict[tuple[int, int], int] = {}
    places = list(_places(trees, tokens, scored, starts=starts, numbers=numbers))
    sources, said = zip(*numbers, strict=True)
    device = ids.device
    return Layout(
        ids=_filled([tree.tokens for tree in trees], width, packed=packed).to(device),
        positions=_filled([tree.depths for tree in trees], width, packed=packed).to(device),
        sees=(torch.ones(1, 1, 1, 1, dtype=torch.bool) if packed else _sees(trees, width)).to(
            device
        ),
        reading=read_runs(trees, device) if packed else None,
        sources=torch.tensor(sources, device=device),
        labels=torch.tensor([said], device=device),
        places=tuple(torch.tensor(place, device=device) for place in zip(*places, strict=True)),
    )


def _scored(labels: torch.Tensor) -> list[list[int]]:
    """For each row the places of its scored tokens; the first token follows nothing."""
    found: list[list[int]] = [[] for _ in labels]
    for row, column in (labels[:, 1:] != IGNORED).nonzero().tolist():
        found[row].append(column + 1)
    return found


def _places(
    trees: Sequence[Tree],
    tokens: Sequence[Sequence[int]],
    scored: Sequence[Sequence[int]],
    *,
    starts: Sequence[int],
    numbers: dict[tuple[int, int], int],
) -> Iterator[tuple[int, int, int]]:
    """Number each (node, token that follows) once; yield row, column and number of each place."""
    for start, tree in zip(starts, trees, strict=False):
        for row, path in tree.paths.items():
            for place in scored[row]:
                key = (start + path[place - 1], tokens[row][place])
                yield row, place - 1, numbers.setdefault(key, len(numbers))


def _filled(lists: Sequence[Sequence[int]], width: int, *, packed: bool) -> torch.Tensor:
    if packed:
        return torch.tensor([[value for values in lists for value in values]])
    return torch.tensor([[*values, *[0] * (width - len(values))] for values in lists])


def _sees(trees: Sequence[Tree], width: int) -> torch.Tensor:
    """Each node sees its path; padding sees itself, since a row of nothing has no mean."""
    sees = torch.eye(width, dtype=torch.bool).repeat(len(trees), 1, 1)
    lower = torch.ones(width, width, dtype=torch.bool).tril()
    for one, tree in zip(sees, trees, strict=True):
        for first, end, stem in tree.branches:
            one[first:end, stem] = True
            one[first:end, first:end] = lower[: end - first, : end - first]
    return sees[:, None]
