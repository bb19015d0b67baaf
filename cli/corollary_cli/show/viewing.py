"""Viewing: from what was asked to what is written, as text for a person or one JSON document.

Guarantees one pass over the store. Draws nothing itself.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from corollary_cli.show.choosing import Choice, find_pair, find_trace, judged
from corollary_cli.show.lists import pair_lines, pair_row, trace_lines, trace_row
from corollary_cli.show.one_pair import pair_view
from corollary_cli.show.one_trace import trace_view
from corollary_cli.show.screen import Screen

if TYPE_CHECKING:
    from corollary_datagen.store import Store

Row = TypeVar("Row")
_NAMED = 8


@dataclass(frozen=True, slots=True)
class View:
    """What to show: one trace, one pair, the list of pairs, or else the list of traces."""

    run_dir: Path
    choice: Choice
    trace: str | None = None
    pair: int | None = None
    pairs: bool = False
    limit: int | None = None

    def text(self, store: Store, screen: Screen) -> Generator[str, None, None] | None:
        """The parts of the view, drawn; None for a list in which nothing would stand.

        They read the store while they are drawn: close them before it.
        """
        if self.trace is not None:
            return trace_view(find_trace(store.graded(), self.trace), screen)
        if self.pair is not None:
            return pair_view(self.pair, find_pair(store, self.pair), screen)
        if self.pairs:
            pairs = _begun(islice(self.choice.pairs(store), self.limit))
            return pair_lines(pairs, screen) if pairs else None
        traces = _begun(islice(self.choice.traces(store.graded()), self.limit))
        return trace_lines(traces, screen) if traces else None

    def nothing(self, store: Store) -> str:
        """What to say of an empty list: how many rows there are, and what one may ask for."""
        counts = store.counts()
        what = "pairs" if self.pairs else "traces"
        if not counts[what]:
            return f"{self.run_dir} has no {what}"
        lines = [f"none of the {counts[what]} {what} fits; they have"]
        for name, values in self.choice.names(store, pairs=self.pairs).items():
            more = ", ..." if len(values) > _NAMED else ""
            lines.append(f"  {name}: {', '.join(sorted(values)[:_NAMED]) or 'none'}{more}")
        return "\n".join(lines)

    def body(self, store: Store) -> dict[str, Any]:
        """The same for a program."""
        if self.trace is not None:
            row = find_trace(store.graded(), self.trace)
            told = row.verdict.model_dump(mode="json") if row.verdict else None
            problem = row.problem.model_dump(mode="json")
            trace = row.trace.model_dump(mode="json")
            return {"problem": problem, "trace": trace, "judged": judged(row), "verdict": told}
        if self.pair is not None:
            pair = find_pair(store, self.pair).model_dump(mode="json")
            return {"number": self.pair, "pair": pair}
        if self.pairs:
            rows = islice(self.choice.pairs(store), self.limit)
            return {"pairs": [pair_row(number, pair) for number, pair in rows]}
        graded = islice(self.choice.traces(store.graded()), self.limit)
        return {"traces": [trace_row(row) for row in graded]}


def _begun(rows: Iterator[Row]) -> Iterator[Row] | None:
    """The same rows; None where there is none."""
    for first in rows:
        return chain([first], rows)
    return None
