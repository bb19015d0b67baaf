"""The doctor's visit as the command shows it: rows in colour, a table, what is wrong and where.

Guarantees that what is trained is told from what is masked without colour, too: trained text stands
between brackets. Examines nothing itself (`corollary_training.doctor` does).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corollary_cli.console import Output
from corollary_cli.plain import printable
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from rich.text import Text

    from corollary_training.doctor.examination import Examined
    from corollary_training.doctor.patient import Patient
    from corollary_training.doctor.report import Report


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is examined on what. toolkit: whose schemas are served; limit: at most so many rows."""

    model: str
    data: Path
    toolkit: str
    longest: int = 1024
    limit: int | None = None
    show: int = 0

    def served(self) -> dict[str, Any] | None:
        """The schemas that are served, by name; None where none are compared."""
        from corollary_tools.toolkit import load_toolkit

        if self.toolkit == "none":
            return None
        with load_toolkit(self.toolkit) as toolkit:
            return {schema["function"]["name"]: schema for schema in toolkit.schemas()}


def run_visit(visit: Visit, output: Output, *, as_json: bool) -> Report:
    """Examine the rows; print the report. Raises CorollaryError where there is no row."""
    from corollary_cli.progress import metered
    from corollary_training.doctor.patient import load_patient
    from corollary_training.doctor.report import Consultation
    from corollary_training.doctor.rows import read_rows

    patient = load_patient(visit.model)
    doctor = Consultation(patient, longest=visit.longest, served=visit.served())
    count = 0
    shown: list[Text] = []
    with metered(output, "doctor") as meter:
        for row in islice(read_rows(visit.data), visit.limit):
            examined = doctor.examine(row)
            count += 1
            meter.advance(count)
            if len(shown) < visit.show:
                shown.append(picture(patient, examined))
    if not count:
        raise _empty(visit.data)
    for text in shown:
        output.show(text)
    report = doctor.report(count)
    if as_json:
        output.json("corollary.doctor/1", {"data": str(visit.data), **report.model_dump()})
    else:
        _tell(report, output)
    return report


def picture(patient: Patient, examined: Examined) -> Text:
    """A row as one text: what is trained in green between brackets, the rest dim."""
    from rich.text import Text

    text = Text(f"{examined.row.name}\n", style="bold")
    for trained, words in _stretches(patient, examined):
        shown = f"⟦{words}⟧" if trained else words
        text.append(printable(shown), style="green" if trained else "bright_black")
    text.append("\n")
    for fault in examined.faults:
        text.append(printable(f"✗ {fault.sentence}\n"), style="red")
    return text


def _stretches(patient: Patient, examined: Examined) -> Iterator[tuple[bool, str]]:
    """Neighbouring tokens of one kind, as text."""
    ids, mask = examined.rendered.ids, examined.rendered.mask
    start = 0
    for place in range(1, len(ids) + 1):
        if place == len(ids) or mask[place] != mask[start]:
            yield bool(mask[start]), str(patient.tokenizer.decode(list(ids[start:place])))
            start = place


def _tell(report: Report, output: Output) -> None:
    from corollary_training.doctor.faults import NAMES

    output.table(("figure", "value"), _figures(report))
    for found in report.faults:
        output.note(f"{found.rows} rows: {NAMES[found.kind]}")  # type: ignore[index]
        for example in found.examples:
            output.note(f"  {example}")
    told = "every row is a fixed point" if report.healthy else f"{report.faulty} rows are not fit"
    output.note(told)


def _figures(report: Report) -> Iterator[tuple[str, object]]:
    yield "model", report.model
    yield "calls are written as", report.call_form
    yield "rows", report.rows
    yield "rows with a fault", report.faulty
    yield report.counts_in, report.tokens
    yield "of which trained", f"{report.trained:.1%}"
    yield f"{report.counts_in} a row (least, half, 90 %, 99 %, most)", _joined(report.lengths)
    yield "context of the model", report.context or "not known"
    if report.counts_in == "tokens":
        yield f"left out by training (over {report.longest})", report.left_out


def _joined(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers)) or "none"


def _empty(data: Path) -> CorollaryError:
    return CorollaryError(
        f"{data} has no row to examine",
        because="there is neither a pair nor an unpaired row in it",
        remedy=f"corollary pairs {data}",
        exit_code=3,
    )
