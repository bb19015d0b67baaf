"""What an examination of a whole dataset came to: counts, lengths, faults by kind with examples.

Guarantees memory that does not grow with the dataset, apart from one number a row. Prints nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from corollary_training.doctor.examination import Examined, examine
from corollary_training.doctor.faults import KINDS
from corollary_training.doctor.patient import Patient
from corollary_training.doctor.rows import Row

QUANTILES = (0.0, 0.5, 0.9, 0.99, 1.0)
EXAMPLES = 3


class Found(BaseModel):
    """One kind of fault: in how many rows, and the first few of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    rows: int
    examples: tuple[str, ...]


class Report(BaseModel):
    """What the doctor found.

    counts_in: tokens, or bytes where a stand-in took the tokenizer's place. lengths: the 0, 50,
    90, 99 and 100 % quantiles. trained: the share of tokens that are trained. left_out: rows that
    are longer than `longest`, which training leaves out and counts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    call_form: str
    counts_in: str
    rows: int
    faulty: int
    tokens: int
    trained: float
    lengths: tuple[int, ...]
    context: int | None
    longest: int
    left_out: int
    faults: tuple[Found, ...]

    @property
    def healthy(self) -> bool:
        """Whether every row may be trained on."""
        return not self.faulty


class Consultation:
    """Examines rows one after another and keeps count."""

    def __init__(
        self, patient: Patient, *, longest: int, served: Mapping[str, Any] | None = None
    ) -> None:
        self._patient = patient
        self._longest = longest
        self._served = served
        self._lengths: list[int] = []
        self._trained = 0
        self._faulty = 0
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, list[str]] = {kind: [] for kind in KINDS}

    def examine(self, row: Row) -> Examined:
        """Examine one row and count it."""
        examined = examine(self._patient, row, self._served)
        if examined.length:
            self._lengths.append(examined.length)
        self._trained += examined.rendered.trained
        self._faulty += bool(examined.faults)
        for kind in dict.fromkeys(fault.kind for fault in examined.faults):
            self._counts[kind] += 1
        for fault in examined.faults:
            if len(self._examples[fault.kind]) < EXAMPLES:
                self._examples[fault.kind].append(f"{row.name}: {fault.sentence}")
        return examined

    def report(self, rows: int) -> Report:
        """What was found in `rows` rows."""
        tokens = sum(self._lengths)
        return Report(
            model=self._patient.name,
            call_form=self._patient.form.name,
            counts_in=self._patient.counts,
            rows=rows,
            faulty=self._faulty,
            tokens=tokens,
            trained=self._trained / max(1, tokens),
            lengths=quantiles(self._lengths),
            context=self._patient.context,
            longest=self._longest,
            left_out=sum(length > self._longest for length in self._lengths),
            faults=tuple(
                Found(kind=kind, rows=self._counts[kind], examples=tuple(self._examples[kind]))
                for kind in KINDS
                if self._counts[kind]
            ),
        )


def quantiles(lengths: Iterable[int]) -> tuple[int, ...]:
    """The quantiles of `QUANTILES`; none of nothing."""
    ordered = sorted(lengths)
    return (
        tuple(ordered[round(share * (len(ordered) - 1))] for share in QUANTILES) if ordered else ()
    )
