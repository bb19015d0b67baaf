"""The store of a run: problems, traces, verdicts and pairs in one SQLite file."""

from corollary_datagen.store.store import Store, open_store

__all__ = ["Store", "open_store"]
