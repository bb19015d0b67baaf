"""Rows to be examined, out of a run, an exported dataset or a JSONL file.

Guarantees that every side of every pair and every unpaired row comes by, named by where it stands,
and that a line which cannot be read is a CorollaryError with its number. Judges nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corollary_datagen.pair import PreferencePair
from corollary_datagen.unpaired import UnpairedRow
from corollary_tools.errors import CorollaryError

_COMPLETIONS = ("chosen", "rejected", "completion")


@dataclass(frozen=True, slots=True)
class Row:
    """One history and what of it is trained on: the assistant turns of `completion`.

    liked: the model is to write it; a rejected side may call what is not there, or be unreadable.
    """

    name: str
    prompt: tuple[dict[str, Any], ...]
    completion: tuple[dict[str, Any], ...]
    tools: tuple[dict[str, Any], ...] = ()
    liked: bool = True


def read_rows(data: Path) -> Iterator[Row]:
    """Yield the rows at `data`. Raises CorollaryError where there is nothing of the kind."""
    if (data / "run.sqlite").is_file():
        yield from _of_run(data)
    elif (data / "manifest.json").is_file():
        yield from _of_export(data)
    elif data.is_file():
        yield from _of_lines(data)
    else:
        raise CorollaryError(
            f"there is no dataset at {data}",
            because="it is no run, no folder that an export wrote and no file",
            remedy="the folder of a run or of an export, or a .jsonl file",
        )


def _of_run(folder: Path) -> Iterator[Row]:
    from corollary_datagen.store import open_store

    with open_store(folder, write=False) as store:
        for number, pair in enumerate(store.pairs()):
            yield from _of_pair(f"pair {number}", pair)
        for number, row in enumerate(store.unpaired()):
            yield _of_unpaired(f"unpaired {number}", row)


def _of_export(folder: Path) -> Iterator[Row]:
    from corollary_datagen.exports.export import read_export

    for path in sorted((folder / "data").glob("*.parquet")):
        for number, pair in enumerate(read_export(folder, path.stem)):
            yield from _of_pair(f"{path.stem} {number}", pair)


def _of_pair(name: str, pair: PreferencePair) -> Iterator[Row]:
    told = f"{name} ({pair.kind}, {pair.problem_id})"
    for side, messages in (("chosen", pair.chosen), ("rejected", pair.rejected)):
        given = _plain(pair.prompt), _plain(messages), _plain(pair.tools)
        yield Row(f"{told} {side}", *given, side == "chosen")


def _of_unpaired(name: str, row: UnpairedRow) -> Row:
    told = f"{name} ({row.problem_id})"
    return Row(told, _plain(row.prompt), _plain(row.completion), _plain(row.tools), row.label)


def _of_lines(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    yield from _of_object(f"line {number}", json.loads(line))
                except (ValueError, TypeError, KeyError, AttributeError) as error:
                    raise _unread(path, number, error) from error


def _of_object(name: str, value: dict[str, Any]) -> Iterator[Row]:
    """The rows of one JSON object: `messages`, or `prompt` with one or two continuations."""
    given = value.get("tools") or ()
    tools = _plain(json.loads(given) if isinstance(given, str) else given)
    if "messages" in value:
        yield Row(name, (), _plain(value["messages"]), tools)
        return
    for key in _COMPLETIONS:
        if key in value:
            liked = key != "rejected" and bool(value.get("label", True))
            yield Row(f"{name} {key}", _plain(value["prompt"]), _plain(value[key]), tools, liked)
    if not any(key in value for key in _COMPLETIONS):
        raise KeyError("neither messages nor prompt with chosen, rejected or completion")


def _plain(rows: Iterable[Any]) -> tuple[dict[str, Any], ...]:
    """Rows as plain dictionaries. Raises TypeError where one is none."""
    return tuple(dict(row) for row in rows)


def _unread(path: Path, number: int, error: Exception) -> CorollaryError:
    return CorollaryError(
        f"{path}:{number} is no row to train on",
        because=str(error).strip("'\"")[:200],
        remedy='{"messages": [...]} or {"prompt": [...], "chosen": [...], "rejected": [...]}',
    )
