"""The configuration of a run, kept as JSON beside its rows.

Guarantees that a stage which goes on in a run directory does so with the settings it began with:
a changed setting is refused by name and never mixed in silently. The file is replaced whole, so a
kill leaves the old or the new one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import JsonValue, TypeAdapter

from corollary_tools.errors import CorollaryError

Settings = dict[str, JsonValue]
_NAME = "configuration.json"
_STAGES = TypeAdapter(dict[str, Settings])


def load_configuration(run_dir: Path) -> dict[str, Settings]:
    """Read the settings of every stage that ran in `run_dir`; empty where none did."""
    path = run_dir / _NAME
    if not path.exists():
        return {}
    try:
        stages = _STAGES.validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise CorollaryError(
            f"{path} cannot be read",
            because=str(error).splitlines()[0],
            remedy="restore it, or use another run directory; run.sqlite itself is untouched",
        ) from error
    return stages


def keep_configuration(run_dir: Path, stage: str, settings: Settings) -> None:
    """Write the settings of `stage`, or compare: CorollaryError names what has changed."""
    stages = load_configuration(run_dir)
    kept = stages.get(stage)
    if kept is None:
        _write(run_dir / _NAME, {**stages, stage: settings})
        return
    changed = list(_differences(kept, settings))
    if changed:
        raise CorollaryError(
            f"{run_dir} was begun with other settings for {stage}",
            because="; ".join(changed),
            remedy="repeat the command with the stored settings, or use another run directory",
        )


def _differences(kept: Settings, now: Settings, path: str = "") -> Iterator[str]:
    for name in sorted(kept.keys() | now.keys()):
        old, new = kept.get(name), now.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _differences(old, new, f"{path}{name}.")
        elif old != new:
            yield f"{path}{name} was {json.dumps(old)} and is now {json.dumps(new)}"


def _write(path: Path, stages: dict[str, Settings]) -> None:
    fresh = path.with_suffix(".new")
    try:
        fresh.write_text(json.dumps(stages, indent=2) + "\n", encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise CorollaryError(
            f"could not write {path}",
            because=str(error),
            remedy=f"free some space in {path.parent} or use another run directory",
            exit_code=3,
        ) from error
