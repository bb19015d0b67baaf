"""A preference training as the command describes it: pairs, student and settings put together.

Guarantees that a finished training with the same settings, student and pairs is not repeated, and
that a checkpoint which cannot be read is said before any work. Trains nothing itself
(`corollary_training.dpo` does).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from corollary_cli.console import Output
from corollary_cli.progress import metered
from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_datagen.pair import PreferencePair
    from corollary_training.dpo_settings import DpoSettings

_RECORD = "training.json"


@dataclass(frozen=True, slots=True)
class Lesson:
    """Who is trained on what, how, and where the result goes."""

    run_dir: Path
    student: str
    out: Path
    settings: DpoSettings

    def pairs(self) -> list[PreferencePair]:
        """Read the pairs. Raises CorollaryError where there is none."""
        from corollary_datagen.store import open_store

        with open_store(self.run_dir, write=False) as store:
            pairs = list(store.pairs())
        if pairs:
            return pairs
        raise CorollaryError(
            f"{self.run_dir} has no pairs to train on",
            because="none was built yet",
            remedy=f"corollary pairs {self.run_dir}",
        )

    def count(self) -> int:
        """How many pairs there are."""
        return len(self.pairs())

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
        pairs = self.pairs()
        steps = -(-len(pairs) // self.settings.batch) * self.settings.epochs
        return (
            f"{len(pairs)} pairs, about {steps:.0f} steps of {self.settings.batch}, from"
            f" {self.checkpoint()} to {self.out}; nothing was written"
        )

    def key(self, pairs: list[PreferencePair]) -> str:
        """A hash over everything that makes this training what it is."""
        digest = hashlib.sha256(self.settings.model_dump_json().encode())
        digest.update(str(self.checkpoint()).encode())
        for pair in pairs:
            digest.update(f"{pair.kind}{pair.chosen_trace}{pair.rejected_trace}".encode())
        return digest.hexdigest()[:16]


def run_lesson(lesson: Lesson, output: Output) -> float | None:
    """Train unless it was done; return the last loss. Progress goes to stderr."""
    pairs = lesson.pairs()
    key = lesson.key(pairs)
    done = _finished(lesson.out, key)
    if done is not None:
        output.note(f"{lesson.out} is already trained with these settings on these pairs")
        return done["loss"]
    loss = _train(lesson, pairs, output)
    record = {"key": key, "pairs": len(pairs), "student": lesson.student, "loss": loss}
    text = json.dumps({**record, "settings": lesson.settings.model_dump()}, indent=1)
    (lesson.out / _RECORD).write_text(text + "\n", encoding="utf-8")
    return loss


def _train(lesson: Lesson, pairs: list[PreferencePair], output: Output) -> float | None:
    from corollary_training.dpo import train_dpo
    from corollary_training.progress import Progress

    checkpoint = lesson.checkpoint()
    last: list[float] = []
    with output.own_stdout(), metered(output, "train") as meter:

        def tell(progress: Progress) -> None:
            last[:] = [progress.loss]
            meter.facts["loss"] = f"{progress.loss:.4f}"
            meter.advance(progress.done, progress.total)

        train_dpo(checkpoint, pairs, lesson.settings, out=lesson.out, on_progress=tell)
    return last[0] if last else None


def _finished(out: Path, key: str) -> dict[str, float | None] | None:
    """The record of a finished training of this key; None where there is none."""
    try:
        record = json.loads((out / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return {"loss": record.get("loss")} if record.get("key") == key else None
