"""Rows from files: finds the files of a split and reads JSON and JSON Lines.

A split is the stem of a file in DIR/SOURCE/, or all stems that end in "_SPLIT" or "-SPLIT", so
that a file dropped there later is found by its name. Guarantees rows in file order, files in
order of name. Does not interpret a row.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from corollary_datagen.sources.row import Row, shown
from corollary_tools.errors import CorollaryError

SUFFIXES = (".json", ".jsonl")


def read_split(source: str, split: str, data: Path) -> list[Row]:
    """All rows of a split under `data`/`source`; CorollaryError where there is no such split."""
    rows: list[Row] = []
    for path in find_files(data / source, split):
        rows += read_rows(path, source, split)
    return rows


def find_files(folder: Path, split: str) -> list[Path]:
    """The files of a split in a source's folder, in order of name."""
    if not folder.is_dir():
        raise _no_folder(folder)
    files = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    found = [path for path in files if path.stem == split]
    found = found or [path for path in files if path.stem.endswith((f"_{split}", f"-{split}"))]
    if not found:
        raise _no_split(folder, split, [path.stem for path in files])
    return found


def read_rows(path: Path, source: str, split: str) -> list[Row]:
    """The rows of one file; CorollaryError where it cannot be read as such."""
    numbered = _json_list(path) if path.suffix == ".json" else _json_lines(path)
    rows = []
    for number, values in numbered:
        if not isinstance(values, dict):
            raise _unreadable(path, f"row {number} should be an object, but is {shown(values)}")
        rows.append(Row(values, source, split, str(path), path.stem, number))
    if not rows:
        raise _unreadable(path, "the file holds no row")
    return rows


def _json_lines(path: Path) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(_content(path).split("\n"), start=1):
        if line.strip():
            yield number, _decoded(path, line, f"row {number}")


def _json_list(path: Path) -> Iterator[tuple[int, Any]]:
    value = _decoded(path, _content(path), "the file")
    if not isinstance(value, list):
        raise _unreadable(path, f"it should hold a list of objects, but holds {shown(value)}")
    yield from enumerate(value, start=1)


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(path, f"byte {error.start} is not UTF-8") from error
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error


def _decoded(path: Path, text: str, what: str) -> Any:
    if not text.strip():
        raise _unreadable(path, f"{what} is empty")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _unreadable(path, f"{what} is not JSON ({error.msg} at {where})") from error
    except RecursionError as error:
        raise _unreadable(path, f"{what} is nested too deeply to be a row") from error


def _unreadable(path: Path, because: str) -> CorollaryError:
    return CorollaryError(
        f"cannot read {path}",
        because=because,
        remedy="mend the file, or take it from its publisher again (docs/problems.md)",
    )


def _no_folder(folder: Path) -> CorollaryError:
    parent = folder.parent
    there = sorted(path.name for path in parent.iterdir()) if parent.is_dir() else []
    because = f"{parent} holds {', '.join(there) or 'nothing'}"
    if not parent.is_dir():
        because = f"{parent} is not a directory"
    return CorollaryError(
        f"no problems at {folder}",
        because=because,
        remedy=f"--data DIR, where DIR/{folder.name}/SPLIT.json or .jsonl is there",
    )


def _no_split(folder: Path, split: str, stems: list[str]) -> CorollaryError:
    tails = {stem.replace("-", "_").rsplit("_", 1)[-1] for stem in stems if "_" in stem}
    near = get_close_matches(split, [*stems, *sorted(tails)], n=3)
    return CorollaryError(
        f'no split "{split}" in {folder}',
        because=f"the files there are {', '.join(stems) or 'none'}",
        remedy=f"--split {' or '.join(near or stems[:3] or ['NAME'])}",
    )
