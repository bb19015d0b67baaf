"""Pairs as Arrow columns: messages and schemas as JSON, which Arrow's structs would not keep.

Structs fill every row with nulls for the keys of the others; JSON comes back as it was. Guarantees
that the schemas, which mostly repeat, are encoded once a batch, and that a batch stays small.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final

from corollary_agent.trace import Message
from corollary_datagen.pair import PreferencePair

MESSAGES: Final = ("prompt", "chosen", "rejected")
TEXTS: Final = (
    "kind", "problem_id", "family", "chosen_trace", "rejected_trace", "origin", "error_kind",
)  # fmt: skip
_ROWS: Final = 1000
_CHARACTERS: Final = 16_000_000


def build_features() -> Any:
    """The columns as `datasets` knows them."""
    from datasets import Features, Json, List, Value

    nested = {name: List(Json()) for name in (*MESSAGES, "tools")}
    return Features({**nested, "margin": Value("float64")} | {n: Value("string") for n in TEXTS})


class Batch:
    """Some rows, their messages as JSON texts."""

    def __init__(self) -> None:
        self.messages: dict[str, list[list[str]]] = {name: [] for name in MESSAGES}
        self.texts: dict[str, list[str]] = {name: [] for name in TEXTS}
        self.margins: list[float] = []
        self.tools: list[Sequence[int]] = []
        self.schemas: list[str] = []
        self._characters = 0
        self._places: dict[str, int] = {}
        self._latest: tuple[object, Sequence[int]] = (None, ())

    def __len__(self) -> int:
        return len(self.margins)

    @property
    def is_full(self) -> bool:
        """Whether it is time to write it."""
        return len(self) >= _ROWS or self._characters >= _CHARACTERS

    def add(self, pair: PreferencePair) -> None:
        """Add one row."""
        for name in MESSAGES:
            texts = _json(getattr(pair, name))
            self.messages[name].append(texts)
            self._characters += sum(map(len, texts))
        for name in TEXTS:
            self.texts[name].append(getattr(pair, name))
        self.margins.append(pair.margin)
        if self._latest[0] is not pair.tools:  # Rows mostly share one object.
            places = [self._places.setdefault(t, len(self._places)) for t in _json(pair.tools)]
            self.schemas = list(self._places)
            self._latest = (pair.tools, places)
        self.tools.append(self._latest[1])

    def to_arrow(self, *, shared: bool) -> Any:
        """The rows as a record batch.

        shared: schemas are views of one copy, for Arrow's files; otherwise each row has its own,
        which Parquet's dictionaries make small.
        """
        import pyarrow as pa

        places = pa.array(chain.from_iterable(self.tools), pa.int32())
        take = _views if shared else _copies
        columns = {name: _lists(self.messages[name], pa.string()) for name in MESSAGES}
        columns["tools"] = _listed([len(row) for row in self.tools], take(self.schemas, places))
        columns["margin"] = pa.array(self.margins, pa.float64())
        columns |= {name: pa.array(self.texts[name], pa.string()) for name in TEXTS}
        batch = pa.RecordBatch.from_pydict(columns)
        return batch.replace_schema_metadata(build_features().arrow_schema.metadata)


def to_batches(pairs: Iterable[PreferencePair]) -> Iterator[Batch]:
    """Gather pairs to batches that fit in memory."""
    batch = Batch()
    for pair in pairs:
        batch.add(pair)
        if batch.is_full:
            yield batch
            batch = Batch()
    if len(batch):
        yield batch


def to_pairs(batch: Any) -> Iterator[PreferencePair]:
    """The pairs of a record batch that `to_arrow` made. Their schemas are shared."""
    schemas: tuple[list[str], tuple[dict[str, Any], ...]] = ([], ())
    for row in batch.to_pylist():
        if row["tools"] != schemas[0]:
            schemas = (row["tools"], tuple(map(json.loads, row["tools"])))
        messages = {name: tuple(map(json.loads, row[name])) for name in MESSAGES}
        pair = PreferencePair.model_validate({**row, **messages, "tools": ()})
        yield pair.model_copy(update={"tools": schemas[1]})


def _json(values: Iterable[Message]) -> list[str]:
    return [json.dumps(value, ensure_ascii=False, separators=(",", ":")) for value in values]


def _lists(rows: Sequence[Sequence[str]], text: Any) -> Any:
    import pyarrow as pa

    return _listed([len(row) for row in rows], pa.array(chain.from_iterable(rows), text))


def _copies(texts: Sequence[str], places: Any) -> Any:
    import pyarrow as pa

    return pa.array(texts, pa.string()).take(places)


def _views(texts: Sequence[str], places: Any) -> Any:
    """The texts at these places, each a view of 16 bytes into the one copy of all of them."""
    import numpy
    import pyarrow as pa

    none, views, *copy = pa.array(texts, pa.string_view()).buffers()
    chosen = numpy.frombuffer(views, "V16", count=len(texts))[places.to_numpy()]
    buffers = [none, pa.py_buffer(chosen.tobytes()), *copy]
    return pa.Array.from_buffers(pa.string_view(), len(places), buffers)


def _listed(lengths: Sequence[int], values: Any) -> Any:
    """Lists of these lengths over the values, which are JSON."""
    import pyarrow as pa

    offsets = [0]
    for length in lengths:
        offsets.append(offsets[-1] + length)
    marked = pa.ExtensionArray.from_storage(pa.json_(values.type), values)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), marked)
