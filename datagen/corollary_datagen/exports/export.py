"""Exporting pairs as a Hugging Face dataset on disk, in TRL's conversational form.

    DIR/disk/            for datasets.load_from_disk
    DIR/data/*.parquet   for datasets.load_dataset(DIR), pandas, the Hub
    DIR/README.md        the dataset card
    DIR/manifest.json    what makes it again

Guarantees that messages, arguments and schemas come back exactly as they were: no nulls for keys
that a row does not have, no changed key order. Pairs go through as a stream, in one pass and
bounded memory. The folder is built aside and put in place whole.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from corollary_datagen.exports.card import render_card
from corollary_datagen.exports.manifest import Manifest
from corollary_datagen.exports.parts import read_part, sha256_of, write_index, write_part
from corollary_datagen.pair import PreferencePair
from corollary_tools.errors import CorollaryError

__all__ = ["export_dataset", "load_export", "read_export"]


def export_dataset(
    parts: Mapping[str, Iterable[PreferencePair]],
    out_dir: Path,
    manifest: Manifest | Callable[[], Manifest],
) -> Manifest:
    """Write the pairs of each split into `out_dir`, and return the manifest with its files.

    manifest: asked for when the pairs have gone through, where it is a function (`Census`). An
    export that stands there already is replaced once the new one is whole. Raises CorollaryError
    where there is no pair, where `out_dir` holds something else, or where it cannot be written.
    """
    fresh, old = (out_dir.with_name(f"{out_dir.name}.{end}") for end in ("new", "old"))
    try:
        _restore(out_dir, old)
        _check(out_dir)
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        written = _write(parts, fresh, manifest)
        if out_dir.exists():
            out_dir.rename(old)
        fresh.rename(out_dir)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException as error:
        shutil.rmtree(fresh, ignore_errors=True)
        if isinstance(error, OSError):
            raise _unwritten(out_dir, error) from error
        raise
    return written


def load_export(out_dir: Path, split: str = "train") -> list[PreferencePair]:
    """Read the pairs of one split back from an export."""
    return list(read_export(out_dir, split))


def read_export(out_dir: Path, split: str = "train") -> Iterator[PreferencePair]:
    """Read the pairs of one split of an export as a stream."""
    if not (out_dir / "manifest.json").is_file():
        raise CorollaryError(
            f"there is no dataset in {out_dir}",
            because="manifest.json is not there",
            remedy="give the folder that an export wrote",
        )
    path = out_dir / "data" / f"{split}.parquet"
    if not path.is_file():
        names = sorted(file.stem for file in path.parent.glob("*.parquet"))
        raise CorollaryError(
            f"the dataset in {out_dir} has no split {split!r}",
            because=f"its splits are {', '.join(names)}",
            remedy="one of these",
        )
    return _told(path)


def _told(path: Path) -> Iterator[PreferencePair]:
    from pyarrow import ArrowException

    try:
        yield from read_part(path)
    except (ArrowException, OSError, ValueError) as error:
        raise CorollaryError(
            f"{path} cannot be read",
            because=f"{str(error).splitlines()[0]}: the file is damaged or something else wrote it",
            remedy="export the pairs again: corollary pairs RUN --export DIR",
        ) from error


def _write(
    parts: Mapping[str, Iterable[PreferencePair]],
    folder: Path,
    manifest: Manifest | Callable[[], Manifest],
) -> Manifest:
    rows = {name: write_part(name, pairs, folder) for name, pairs in parts.items()}
    if not any(rows.values()):
        raise _empty()
    write_index([name for name, count in rows.items() if count], folder)
    known = manifest if isinstance(manifest, Manifest) else manifest()
    files = {str(path.relative_to(folder)): sha256_of(path) for path in _parquet(folder)}
    whole = known.model_copy(update={"files": files})
    (folder / "README.md").write_text(render_card(known), encoding="utf-8")
    (folder / "manifest.json").write_text(whole.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return whole


def _parquet(folder: Path) -> list[Path]:
    """The rows as they lie in Parquet; the files of `disk` name the library's version."""
    return sorted((folder / "data").iterdir())


def _restore(out_dir: Path, old: Path) -> None:
    """Put the earlier export back, where an export was killed between the two last renames."""
    if old.is_dir():
        if out_dir.exists():
            shutil.rmtree(old)
        else:
            old.rename(out_dir)


def _check(out_dir: Path) -> None:
    if out_dir.exists() and not (
        (out_dir / "manifest.json").is_file() or (out_dir.is_dir() and not any(out_dir.iterdir()))
    ):
        raise CorollaryError(
            f"{out_dir} holds something else",
            because="it is not empty and has no manifest.json of an export",
            remedy="another folder",
        )


def _empty() -> CorollaryError:
    return CorollaryError(
        "there is no pair to export",
        because="no problem has both a right and a wrong trace that differ in meaning",
        remedy="more samples, a higher temperature, or a weaker model beside the strong one",
        exit_code=3,
    )


def _unwritten(out_dir: Path, error: OSError) -> CorollaryError:
    return CorollaryError(
        f"could not write the dataset to {out_dir}",
        because=str(error),
        remedy="free some space or give another folder; the pairs are still in the store",
        exit_code=3,
    )
