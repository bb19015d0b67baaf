"""Exporting pairs as a Hugging Face dataset on disk, in TRL's conversational form.

    DIR/disk/            for datasets.load_from_disk
    DIR/data/*.parquet   for datasets.load_dataset(DIR), pandas, the Hub
    DIR/README.md        the dataset card
    DIR/manifest.json    what makes it again

Guarantees that messages, arguments and schemas come back exactly as they were: no nulls for keys
that a row does not have, no changed key order. The folder is built aside and put in place whole.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corollary_datagen.card import render_card
from corollary_datagen.manifest import Manifest
from corollary_datagen.pair import PreferencePair
from corollary_tools.errors import CorollaryError

_ROWS = 1000
_MESSAGES = ("prompt", "chosen", "rejected", "tools")
_TEXTS = (
    "kind", "problem_id", "family", "chosen_trace", "rejected_trace", "origin", "error_kind",
)  # fmt: skip


def export_dataset(
    parts: Mapping[str, Sequence[PreferencePair]], out_dir: Path, manifest: Manifest
) -> Manifest:
    """Write the pairs of each split into `out_dir`, and return the manifest with its files.

    An export that stands there already is replaced once the new one is whole. Raises
    CorollaryError where there is no pair, where `out_dir` holds something else, or where it cannot
    be written.
    """
    _check(parts, out_dir)
    fresh = out_dir.with_name(f"{out_dir.name}.new")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        written = _write(parts, fresh, manifest)
        if out_dir.exists():
            shutil.rmtree(out_dir)
        fresh.rename(out_dir)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise CorollaryError(
            f"could not write the dataset to {out_dir}",
            because=str(error),
            remedy="free some space or give another folder; the pairs are still in the store",
            exit_code=3,
        ) from error
    return written


def load_export(out_dir: Path, split: str = "train") -> list[PreferencePair]:
    """Read the pairs of one split back from an export."""
    from datasets import load_from_disk

    if not (out_dir / "manifest.json").is_file():
        raise CorollaryError(
            f"there is no dataset in {out_dir}",
            because="manifest.json is not there",
            remedy="give the folder that an export wrote",
        )
    parts = load_from_disk(str(out_dir / "disk"))
    if split not in parts:
        raise CorollaryError(
            f"the dataset in {out_dir} has no split {split!r}",
            because=f"its splits are {', '.join(parts)}",
            remedy="one of these",
        )
    return [PreferencePair.model_validate(row) for row in parts[split]]


def _write(
    parts: Mapping[str, Sequence[PreferencePair]], folder: Path, manifest: Manifest
) -> Manifest:
    from datasets import DatasetDict

    (folder / "data").mkdir()
    with _quiet():
        built = {name: _dataset(pairs) for name, pairs in parts.items() if pairs}
        DatasetDict(built).save_to_disk(str(folder / "disk"))
        for name, dataset in built.items():
            dataset.to_parquet(str(folder / "data" / f"{name}.parquet"))
    (folder / "README.md").write_text(render_card(manifest), encoding="utf-8")
    whole = manifest.model_copy(update={"files": _hashes(folder)})
    (folder / "manifest.json").write_text(whole.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return whole


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library's progress bars off: whoever calls shows progress, and not into a pipe."""
    from datasets import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    were_off = are_progress_bars_disabled()
    disable_progress_bars()
    try:
        yield
    finally:
        if not were_off:
            enable_progress_bars()


def _dataset(pairs: Sequence[PreferencePair]) -> Any:
    """The rows as one dataset, converted some at a time: each carries its schemas."""
    from datasets import Dataset, concatenate_datasets

    features = _features()
    starts = range(0, len(pairs), _ROWS)
    chunks = (pairs[start : start + _ROWS] for start in starts)
    return concatenate_datasets([Dataset.from_list(_rows(c), features=features) for c in chunks])


def _rows(pairs: Sequence[PreferencePair]) -> list[dict[str, Any]]:
    return [pair.model_dump(mode="json", exclude={"version"}) for pair in pairs]


def _features() -> Any:
    """Messages and schemas as JSON: Arrow's structs would fill every row with others' keys."""
    from datasets import Features, Json, List, Value

    nested = {name: List(Json()) for name in _MESSAGES}
    return Features({**nested, "margin": Value("float64")} | {n: Value("string") for n in _TEXTS})


def _hashes(folder: Path) -> dict[str, str]:
    """The SHA-256 of the rows as they lie in Parquet; save_to_disk's files name their own run."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((folder / "data").iterdir())
    }


def _check(parts: Mapping[str, Sequence[PreferencePair]], out_dir: Path) -> None:
    if not any(parts.values()):
        raise CorollaryError(
            "there is no pair to export",
            because="no problem has both a right and a wrong trace that differ in meaning",
            remedy="more samples, a higher temperature, or a weaker model beside the strong one",
            exit_code=3,
        )
    if out_dir.exists() and not (out_dir / "manifest.json").is_file() and any(out_dir.iterdir()):
        raise CorollaryError(
            f"{out_dir} holds something else",
            because="it is not empty and has no manifest.json of an export",
            remedy="another folder",
        )
