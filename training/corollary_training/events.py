"""How a long run tells what it is doing, without knowing who listens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Listener(Protocol):
    """Told of a stage by name: `done` of `total`, and figures worth showing beside them."""

    def __call__(self, stage: str, done: int, total: int, figures: Mapping[str, float]) -> None: ...


def silent(stage: str, done: int, total: int, figures: Mapping[str, float]) -> None:
    """Listen to nothing."""
