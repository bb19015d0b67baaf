"""The grader's measured error rate, as a person reads it.

Guarantees that every rate stands with its interval and the number that it rests on. Does not
measure itself (`corollary_datagen.error_rate` does).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from corollary_cli.console import Output
from corollary_cli.progress import metered
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_datagen.error_rate import ErrorRate, Rate

_BY = {"persons": "blind judgements of persons", "gold": "gold answers that it did not see"}


def run_calibration(run_dir: Path, output: Output, *, as_json: bool) -> int:
    """Judge the labelled traces of a run with the gold hidden; print the error rate."""
    from corollary_datagen.error_rate import measured_by_gold
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
    """Print the rates as a table, and what they rest on."""
    rows = [
        ("CORRECT, but wrong", *_cells(rate.false_positive)),
        ("INCORRECT, but right", *_cells(rate.false_negative)),
    ]
    output.table(("verdict", "share", "95 % interval", "measured"), rows)
    flips = "not known" if rate.flip_rate is None else f"{rate.flip_rate:.2%}"
    output.note(f"measured by {_BY[rate.measured_by]}; {rate.undecided} left undecided")
    output.note(f"expected share of flipped pairs: {flips}")


def _cells(rate: Rate | None) -> tuple[str, str, str]:
    if rate is None:
        return "not known", "", "0"
    return f"{rate.value:.2%}", f"{rate.low:.2%} to {rate.high:.2%}", str(rate.n)
