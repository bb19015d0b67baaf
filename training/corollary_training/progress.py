"""How far a training run has come: the one record that every trainer reports. Prints nothing."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Progress:
    """done of total, in steps (preference training) or tokens (from scratch); the last loss.

    figures: whatever else the trainer measured, by its own names.
    """

    done: int
    total: int
    loss: float
    figures: dict[str, float] = field(default_factory=dict)
