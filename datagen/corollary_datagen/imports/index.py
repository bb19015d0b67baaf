"""The index of formats: which name is read by which module, and which format a file is of.

Guarantees that a file is read by one format throughout: the first row that some format knows
decides, and rows of another form are refused by their place.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, cast

from corollary_datagen.imports.recorded import Recorded, Refused
from corollary_datagen.imports.rows import Row, read_rows
from corollary_tools.errors import CorollaryError

_MODULES = {
    "logic-lm": "logic_lm", "tora": "tora", "gsm8k": "gsm8k", "openai": "openai",
    "langsmith": "langsmith", "otel": "otel", "prose": "prose",
}  # fmt: skip
FORMATS = tuple(_MODULES)
"""In the order in which a row is tried: prose takes whatever has a text."""

_SUFFIXES = (".json", ".jsonl", ".ndjson")
_TRIED = 50


class RecordedFormat(Protocol):
    """What a format's module has."""

    def matches(self, values: dict[str, Any]) -> bool:
        """Whether a row is of this format."""

    def source(self, path: Path) -> str | None:
        """The problem source that a file points to."""

    def read(self, path: Path) -> Iterator[Recorded | Refused]:
        """The outputs of a file."""


def load_recorded_format(name: str) -> RecordedFormat:
    """The format of this name; CorollaryError with the nearest names."""
    if name not in _MODULES:
        near = get_close_matches(name, FORMATS, n=2) or FORMATS
        raise CorollaryError(
            f"there is no format {name!r} to import",
            because=f"the formats are {', '.join(FORMATS)}",
            remedy=f"--format {' or '.join(near)}",
        )
    module: object = import_module(f"corollary_datagen.imports.{_MODULES[name]}")
    return cast(RecordedFormat, module)


def detect_format(path: Path) -> str:
    """The name of the format that a file is of. Raises CorollaryError where it is none."""
    rows = list(islice(read_rows(path), _TRIED))
    for row in rows:
        if isinstance(row, Row):
            for name in FORMATS:
                if load_recorded_format(name).matches(row.values):
                    return name
    raise _unknown(path, rows)


def read_recorded(path: Path, name: str | None = None) -> Iterator[Recorded | Refused]:
    """The outputs of a file, one at a time. name: of its format; by default what it looks like."""
    return load_recorded_format(name or detect_format(path)).read(path)


def recorded_files(path: Path) -> list[Path]:
    """The files to import: the one named, or those in a folder whose names do not begin with _."""
    if not path.is_dir():
        if not path.exists():
            raise _missing(path)
        return [path]
    found = sorted(
        file
        for file in path.rglob("*")
        if file.suffix in _SUFFIXES and file.is_file() and file.name[0] not in "._"
    )
    if not found:
        raise CorollaryError(
            f"there is nothing to import in {path}",
            because=f"it holds no file that ends in {', '.join(_SUFFIXES)}",
            remedy="a file of recorded outputs, or a folder of them",
        )
    return found


def _unknown(path: Path, rows: list[Row | Refused]) -> CorollaryError:
    first = rows[0] if rows else None
    if isinstance(first, Row):
        fields = ", ".join(sorted(first.values)) or "none"
        because = f"row {first.number} has the fields {fields}, which is none of the formats"
    elif first is not None:
        told = f"{first.reason} ({first.detail})" if first.detail else first.reason
        because = f"{first.place}: {told}"
    else:
        because = "the file holds no row"
    return CorollaryError(
        f"cannot tell how {path} was recorded",
        because=because,
        remedy=f"--format {' or '.join(FORMATS)}, or see docs/import.md for what their rows hold",
    )


def _missing(path: Path) -> CorollaryError:
    near = sorted(p.name for p in path.parent.iterdir()) if path.parent.is_dir() else []
    close = get_close_matches(path.name, near, n=2)
    return CorollaryError(
        f"there is no {path}",
        because="neither a file nor a folder has that name",
        remedy=" or ".join(str(path.parent / n) for n in close) or "the path of recorded outputs",
    )
