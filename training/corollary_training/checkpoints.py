"""The checkpoints of a training that is under way: whose they are, and which of them is whole.

Guarantees that a training goes on only from checkpoints of the same rows, settings and student,
and that one which a kill left half-written is passed over and said so. Writes no checkpoint
(TRL's trainers do).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from corollary_training.dpo_settings import DpoSettings

_KEY = "training.key"
_WEIGHTS = ("model.safetensors", "adapter_model.safetensors")
_STATES = ("optimizer.pt", "scheduler.pt")


def key_of(rows: Iterable[Any], settings: DpoSettings, student: Path) -> str:
    """A hash over everything that makes a training what it is, the student's weights included."""
    digest = hashlib.sha256(settings.model_dump_json().encode())
    for path in sorted(student.glob("*.safetensors")):
        with path.open("rb") as weights:
            digest.update(hashlib.file_digest(weights, "sha256").digest())
    for row in rows:
        told = {name: value for name, value in row.items() if not name.startswith("ref_")}
        digest.update(json.dumps(told, sort_keys=True).encode())
    return digest.hexdigest()


def claim(folder: Path, key: str) -> None:
    """Make `folder` that of the training `key`; checkpoints of another training go."""
    marked = folder / _KEY
    if not (marked.is_file() and marked.read_text("utf-8") == key):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        marked.write_text(key, "utf-8")


def last_whole(folder: Path, on_note: Callable[[str], None]) -> Path | None:
    """The last checkpoint that can be gone on from; broken ones are told and removed."""
    steps = {int(path.name.rpartition("-")[2]): path for path in folder.glob("checkpoint-*[0-9]")}
    for step in sorted(steps, reverse=True):
        fault = _fault(steps[step])
        if fault is None:
            on_note(f"goes on from step {step}")
            return steps[step]
        on_note(f"the checkpoint of step {step} is broken ({fault}): going back to the one before")
        shutil.rmtree(steps[step])
    return None


def release(folder: Path) -> None:
    """Remove the checkpoints of a training that is finished."""
    shutil.rmtree(folder, ignore_errors=True)


def _fault(checkpoint: Path) -> str | None:
    """What is wrong with a checkpoint; None where it is whole."""
    weights = [checkpoint / name for name in _WEIGHTS if (checkpoint / name).is_file()]
    weights = weights or sorted(checkpoint.glob("model-*.safetensors"))
    if not weights:
        return "it has no weights"
    for path in weights:
        if not _is_whole_safetensors(path):
            return f"{path.name} is cut"
    states = [checkpoint / name for name in _STATES] + sorted(checkpoint.glob("rng_state*.pth"))
    for path in states:
        if not _is_whole_archive(path):
            return f"{path.name} is cut"
    try:
        json.loads((checkpoint / "trainer_state.json").read_text("utf-8"))["global_step"]
    except (OSError, ValueError, KeyError, TypeError):
        return "trainer_state.json is cut"
    return None


def _is_whole_safetensors(path: Path) -> bool:
    """Whether the header can be read and the file is as long as it says."""
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(size))
    except (OSError, ValueError, OverflowError, MemoryError):
        return False
    ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
    return path.stat().st_size == 8 + size + max(ends, default=0)


def _is_whole_archive(path: Path) -> bool:
    """Whether torch's archive is whole, checksums included."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except (OSError, zipfile.BadZipFile):
        return False
