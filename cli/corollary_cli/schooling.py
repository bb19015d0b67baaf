"""A training as the command describes it: rows, student and settings put together.

Guarantees that a finished training with the same settings, student and rows is not repeated, and
that a checkpoint which cannot be read is said before any work. Trains nothing itself
(`corollary_training` does).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corollary_cli.console import Output
from corollary_cli.progress import metered
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_datagen.pair import PreferencePair
    from corollary_datagen.unpaired import UnpairedRow
    from corollary_training.dpo_settings import DpoSettings
    from corollary_training.progress import Progress

_RECORD = "training.json"


@dataclass(frozen=True, slots=True)
class Beside:
    """What a training does besides training: checkpoints kept, reports sent, names told."""

    save_every: int = 0
    reports: tuple[str, ...] = ()
    verbose: bool = False


@dataclass(frozen=True, slots=True)
class Lesson:
    """Who is trained on what, how, and where the result goes."""

    run_dir: Path
    student: str
    out: Path
    settings: DpoSettings
    beside: Beside = field(default_factory=Beside)

    def rows(self) -> Sequence[PreferencePair] | Sequence[UnpairedRow]:
        """Read what the method trains on. Raises CorollaryError where there is none."""
        pairs = self._pairs()
        rows = pairs if self.settings.method == "dpo" else self._unpaired(pairs)
        if rows:
            return rows
        flag = "" if self.settings.method == "dpo" else " --unpaired"
        raise CorollaryError(
            f"{self.run_dir} has no {self.unit} to train on",
            because="none was built yet",
            remedy=f"corollary pairs {self.run_dir}{flag}",
        )

    @property
    def unit(self) -> str:
        """What the rows are, for people."""
        return "pairs" if self.settings.method == "dpo" else "rows"

    def checkpoint(self) -> Path:
        """The folder of the student's weights. Raises CorollaryError where it is none."""
        from corollary_agent.models.load import STUDENTS, student_path

        if self.student in STUDENTS:
            return student_path(self.student)
        path = Path(self.student.removeprefix("local:"))
        if (path / "config.json").is_file():
            return path
        raise CorollaryError(
            f"there is no student to train at {path}",
            because="config.json is not there, so it is no checkpoint",
            remedy=f"--student {STUDENTS[-1]}, or local:PATH with a checkpoint",
        )

    def plan(self) -> str:
        """What would be done."""
        rows = self.rows()
        steps = -(-len(rows) // self.settings.batch) * self.settings.epochs
        return (
            f"{len(rows)} {self.unit}, about {steps:.0f} steps of {self.settings.batch}, from"
            f" {self.checkpoint()} to {self.out}; nothing was written"
        )

    def key(self, rows: Sequence[PreferencePair] | Sequence[UnpairedRow]) -> str:
        """A hash over everything that makes this training what it is."""
        digest = hashlib.sha256(self.settings.model_dump_json().encode())
        digest.update(str(self.checkpoint()).encode())
        for row in rows:
            digest.update(row.model_dump_json(exclude={"tools"}).encode())
        return digest.hexdigest()[:16]

    def _pairs(self) -> list[PreferencePair]:
        from corollary_datagen.store import open_store

        with open_store(self.run_dir, write=False) as store:
            return list(store.pairs())

    def _unpaired(self, pairs: Sequence[PreferencePair]) -> list[UnpairedRow]:
        """The unpaired rows, or where none were built the sides of the pairs."""
        from corollary_datagen.store import open_store
        from corollary_training.kto import unpaired_of

        with open_store(self.run_dir, write=False) as store:
            rows = list(store.unpaired()) or unpaired_of(pairs)
        return [row for row in rows if row.label] if self.settings.method == "sft" else rows


@dataclass(frozen=True, slots=True)
class Taught:
    """How a training ended: the last loss where it is known, and on how many rows."""

    loss: float | None
    rows: int


def run_lesson(lesson: Lesson, output: Output) -> Taught:
    """Train unless it was done; return the last loss. Progress goes to stderr."""
    from corollary_training.course import check_reports

    check_reports(lesson.beside.reports)
    rows = lesson.rows()
    key = lesson.key(rows)
    done = _finished(lesson.out, key)
    if done is not None:
        output.note(f"{lesson.out} is already trained with these settings on these {lesson.unit}")
        return Taught(done["loss"], len(rows))
    losses = _train(lesson, rows, output)
    _record(lesson, rows, {"key": key, "losses": losses})
    return Taught(losses[-1] if losses else None, len(rows))


def measured_flips(run_dir: Path) -> float | None:
    """The share of flipped pairs that persons measured in a run; None where nobody did."""
    from corollary_datagen.grading.error_rate import measured_by_persons
    from corollary_datagen.store import open_store

    with open_store(run_dir, write=False) as store:
        measured = measured_by_persons(store)
    return measured.flip_rate if measured else None


def _train(lesson: Lesson, rows: Any, output: Output) -> list[float]:
    from corollary_training.course import Course
    from corollary_training.methods import train_by

    losses: list[float] = []
    with output.own_stdout(), metered(output, "train") as meter:

        def tell(progress: Progress) -> None:
            losses.append(progress.loss)
            meter.facts["loss"] = f"{progress.loss:.4f}"
            meter.advance(progress.done, progress.total)

        course = Course(
            lesson.checkpoint(),
            lesson.out,
            on_progress=tell,
            save_every=lesson.beside.save_every,
            reports=lesson.beside.reports,
            on_note=output.note,
            on_left_out=output.note if lesson.beside.verbose else lambda _: None,
        )
        train_by(rows, lesson.settings, course)
    return losses


def _record(lesson: Lesson, rows: Any, known: dict[str, Any]) -> None:
    """Write what the training was: a record for this command, a card for people."""
    from corollary_datagen.store import open_store
    from corollary_training.card import describe_training, write_card

    losses = known["losses"]
    record = {"key": known["key"], "pairs": len(rows), "student": lesson.student}
    record |= {"loss": losses[-1] if losses else None, "settings": lesson.settings.model_dump()}
    with open_store(lesson.run_dir, write=False) as store:
        told = describe_training(store, rows, lesson.settings, student=lesson.student)
    write_card(told.model_copy(update={"losses": tuple(losses)}), lesson.out)
    (lesson.out / _RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _finished(out: Path, key: str) -> dict[str, float | None] | None:
    """The record of a finished training of this key; None where there is none."""
    try:
        record = json.loads((out / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return {"loss": record.get("loss")} if record.get("key") == key else None
