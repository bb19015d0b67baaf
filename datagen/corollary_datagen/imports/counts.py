"""What became of the outputs of an import: by set and model, with every reason for a refusal.

Guarantees that each output is counted once. Prints nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from corollary_datagen.imports.recorded import Recorded, Refused

_SHOWN = 100


@dataclass(slots=True)
class Counts:
    """What became of the outputs of one model on one set."""

    imported: int = 0
    kept: int = 0
    refused: int = 0
    different: int = 0
    foreign: int = 0


@dataclass(slots=True)
class Import:
    """What an import came to. counts: by file and model; reasons: with one example each."""

    counts: dict[tuple[str, str], Counts] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    without_gold: int = 0

    @property
    def total(self) -> Counts:
        """All files together."""
        rows = list(self.counts.values())
        sums = (sum(getattr(row, name) for row in rows) for name in Counts.__slots__)
        return Counts(*sums)

    def of(self, origin: str, model: str) -> Counts:
        """The counts of one model on one set."""
        return self.counts.setdefault((origin, model), Counts())

    def refuse(self, path: Path, refused: Refused, found: Recorded | Refused) -> None:
        """Count a refusal. found: what was read of the row, which may name the model."""
        told = f"{refused.place}: {refused.detail}" if refused.detail else refused.place
        self.reasons[refused.reason] += 1
        self.examples.setdefault(refused.reason, told)
        recorded = found if isinstance(found, Recorded) else None
        names = (recorded.origin, recorded.model) if recorded else _file_names(path)
        self.of(*names).refused += 1

    def differ(self, place: str, told: str) -> None:
        """Keep where a record says another result than the tools; the first so many."""
        if len(self.differences) < _SHOWN:
            self.differences.append(f"{place}: {told}")

    def name_refused(self, path: Path, before: set[tuple[str, str]]) -> None:
        """Count the refused rows of a file with its one model, where all other rows are by one."""
        names = _file_names(path)
        models = [key for key in self.counts if key not in before and key != names]
        if len(models) == 1 and names in self.counts and names not in before:
            self.of(*models[0]).refused += self.counts.pop(names).refused


def _file_names(path: Path) -> tuple[str, str]:
    """The set and model that refused rows of a file are counted under."""
    return path.resolve().parent.name, path.stem
