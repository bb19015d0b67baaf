"""The order of training in which rows of one problem follow each other, so that batches share.

Guarantees every row once an epoch, another order each epoch, and the same orders from the same
seed. Does not look at lengths: packed trees have no padding.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from torch.utils.data import Sampler


class TogetherSampler(Sampler[int]):
    """Draws problems at random and gives the rows of each, in random order, one after another."""

    def __init__(self, problems: Sequence[str], seed: int) -> None:
        self._problems = list(problems)
        self._seed = seed
        self._epoch = 0

    def __len__(self) -> int:
        return len(self._problems)

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch is drawn next; accelerate calls this, also when it resumes."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[int]:
        """Yield the numbers of the rows."""
        draw = random.Random(f"{self._seed}/{self._epoch}")
        rows = list(range(len(self._problems)))
        draw.shuffle(rows)
        places: dict[str, int] = {}
        for row in rows:
            places.setdefault(self._problems[row], len(places))
        yield from sorted(rows, key=lambda row: places[self._problems[row]])
