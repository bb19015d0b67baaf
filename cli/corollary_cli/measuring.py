"""The grader's measured error rate, as a person reads it.

Guarantees that every rate stands with its interval and the number that it rests on. Does not
measure itself (`corollary_datagen.grading.error_rate` does).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from corollary_cli.console import Output
from corollary_cli.progress import metered
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_datagen.grading.error_rate import ErrorRate


def run_calibration(run_dir: Path, output: Output, *, as_json: bool) -> int:
    """Judge the labelled traces of a run with the gold hidden; print the error rate."""
    from corollary_datagen.grading.error_rate import measured_by_gold
    from corollary_datagen.store import open_store
    from corollary_tools.worker import Workers

    with (
        open_store(run_dir, write=False) as store,
        Workers() as workers,
        metered(output, "calibrate"),
    ):
        rate = measured_by_gold(store, workers)
    if rate is None:
        raise CorollaryError(
            f"{run_dir} has nothing to measure the grader by",
            because="no trace in it has an answer to a problem whose gold answer is known",
            remedy=f"a person's blind judgement: corollary grade {run_dir} --sample 50",
        )
    if as_json:
        body = rate.model_dump(mode="json")
        output.json("corollary.error_rate/1", {"run": str(run_dir), **body})
    else:
        tell_error_rate(rate, output)
    return 0


def tell_error_rate(rate: ErrorRate, output: Output) -> None:
    """Print the rates as a table, then for each kind of family what they rest on."""
    output.table(("error rate of the grader", "share"), rate.told)
    for row in rate.strata:
        if row.measured:
            told = f"{row.mistaken} of {row.measured} mistaken, {row.run} in the run"
            output.note(f"{row.kind}, {row.judgement}: {told}")
    if rate.undecided:
        output.note(f"{rate.undecided} left undecided")
