"""One split of an export on the disk: a Parquet file and the folder that `load_from_disk` reads.

Guarantees one pass over the pairs, a batch of them in memory, and the same Parquet bytes for the
same pairs. The schemas of a batch stand once in both forms: 27 KB a row would otherwise be most of
an export. `load_from_disk` puts them into every row again, in memory.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corollary_datagen.exports.columns import build_features, to_batches, to_pairs
from corollary_datagen.pair import PreferencePair


def write_part(name: str, pairs: Iterable[PreferencePair], folder: Path) -> int:
    """Write a split into `folder`, if it has any row; return how many."""
    rows, writer = 0, None
    try:
        for batch in to_batches(pairs):
            writer = writer or _Part(name, folder)
            writer.write(batch.to_arrow)
            rows += len(batch)
    finally:
        if writer:
            writer.close()
    if writer:
        writer.describe()
    return rows


def read_part(path: Path) -> Iterator[PreferencePair]:
    """Read the pairs of a Parquet file as a stream."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(256):
            yield from to_pairs(batch)


def write_index(names: Iterable[str], folder: Path) -> None:
    """Write what `load_from_disk` reads first."""
    (folder / "disk" / "dataset_dict.json").write_text(json.dumps({"splits": list(names)}))


class _Part:
    """The files of one split while they are written."""

    def __init__(self, name: str, folder: Path) -> None:
        import pyarrow.parquet as pq

        self.disk = folder / "disk" / name
        self.disk.mkdir(parents=True)
        (folder / "data").mkdir(exist_ok=True)
        self.parquet = folder / "data" / f"{name}.parquet"
        schema = build_features().arrow_schema
        self._rows = pq.ParquetWriter(self.parquet, schema, compression="zstd")
        self._name = "data-00000-of-00001.arrow"
        self._stream: Any = None

    def write(self, to_arrow: Callable[..., Any]) -> None:
        import pyarrow as pa

        own = to_arrow(shared=False)
        self._rows.write_batch(own.cast(self._rows.schema), row_group_size=len(own))
        shared = to_arrow(shared=True)
        if self._stream is None:
            self._stream = pa.ipc.new_stream(self.disk / self._name, shared.schema)
        self._stream.write_batch(shared)

    def close(self) -> None:
        self._rows.close()
        if self._stream is not None:
            self._stream.close()

    def describe(self) -> None:
        """Write the folder's own records as the library does, from a set without rows."""
        from datasets import Dataset

        rows = self.disk / self._name
        whole = rows.rename(self.disk.with_name(f"{self.disk.name}.rows"))
        features = build_features()
        with quiet():
            empty: dict[str, list[object]] = {column: [] for column in features}
            Dataset.from_dict(empty, features=features).save_to_disk(str(self.disk))
        whole.replace(rows)
        state = json.loads((self.disk / "state.json").read_text("utf-8"))
        state["_fingerprint"] = sha256_of(self.parquet)[:16]  # Caches of a map go by it.
        state["_data_files"] = [{"filename": self._name}]
        (self.disk / "state.json").write_text(json.dumps(state, indent=2))


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the library's progress bars off: whoever calls shows progress, and not into a pipe."""
    from datasets import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    were_off = are_progress_bars_disabled()
    disable_progress_bars()
    try:
        yield
    finally:
        if not were_off:
            enable_progress_bars()
