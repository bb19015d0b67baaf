"""What the decoder is asked for and what it gives back, one prompt and one message each.

Guarantees nothing by itself; `draw` and the decoder keep what stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor

Alternatives = tuple[tuple[int, float], ...]

AHEAD = 48
"""Tokens known in advance that are read with one pass at most."""


class Constraint(Protocol):
    """What holds a message to a grammar."""

    @property
    def finished(self) -> bool:
        """Nothing but the end can follow."""
        ...

    def forced(self) -> Sequence[int]:
        """The tokens that must come next, one after another; none where there is a choice."""
        ...

    def allows(self, token: int, left: int) -> bool:
        """Whether a token may come next: what `allowed` says of it, without the others."""
        ...

    def allowed(self, left: int) -> Tensor:
        """Which tokens may come next, bool [vocabulary]; left: how many more may be written."""
        ...

    def take(self, token: int) -> None:
        """Go on by one token."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """One prompt as token ids, and how to go on from it.

    top: alternatives reported for each token. constraint, watch: made for one message, so that a
    request is used once; watch is called with each token and ends the message by returning true.
    """

    tokens: tuple[int, ...]
    max_tokens: int = 512
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    top: int = 0
    adapter: str | None = None
    constraint: Constraint | None = None
    watch: Callable[[int], bool] | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """What was written, without the stop token, and whether it ended by itself.

    logprobs: of each token drawn, the stop token included, under the model's own distribution.
    top: the likeliest tokens at each place. reused: prompt tokens that were not computed again.
    """

    tokens: tuple[int, ...]
    ended: bool
    logprobs: tuple[float, ...] = ()
    top: tuple[Alternatives, ...] = ()
    reused: int = 0

    @property
    def logprob(self) -> float:
        """Of all that was drawn."""
        return sum(self.logprobs)


@dataclass(slots=True)
class Row:
    """A message while it is written.

    generator: its own source of chance; None is greedy. ahead: tokens that its grammar leaves no
    choice about, which come next. failure: what ended it, if not itself.
    """

    request: Request
    generator: torch.Generator | None = None
    written: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)
    top: list[Alternatives] = field(default_factory=list)
    ahead: list[int] = field(default_factory=list)
    reused: int = 0
    ended: bool = False
    failure: Exception | None = None

    @property
    def left(self) -> int:
        """How many tokens it may still write."""
        return self.request.max_tokens - len(self.written)

    @property
    def done(self) -> bool:
        """Whether it has ended or is full."""
        return self.ended or self.left <= 0

    def look_ahead(self) -> None:
        """Learn what must come next."""
        if self.request.constraint is not None:
            self.ahead = list(self.request.constraint.forced()[: min(self.left, AHEAD)])

    def completion(self) -> Completion:
        """What there is of it."""
        return Completion(
            tuple(self.written), self.ended, tuple(self.logprobs), tuple(self.top), self.reused
        )


def new_row(request: Request) -> Row:
    """A row that has written nothing; its chance comes from its seed and its prompt's length."""
    row = Row(request)
    if request.temperature > 0:
        seed = request.seed * 1_000_003 + len(request.tokens)
        row.generator = torch.Generator().manual_seed(seed % 2**63)
    row.look_ahead()
    return row
