"""The manifest of a dataset: everything that is needed to make it again, and what is in it.

Guarantees that the same store and settings give the same manifest, so it holds no date and no
path. Licences are those that the problem sources state; a dataset is under all of them at once.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from corollary_agent.trace import Trace
from corollary_datagen.configuration import load_configuration
from corollary_datagen.pair import PreferencePair
from corollary_datagen.pairs import PairSettings
from corollary_datagen.stand_in import is_stand_in
from corollary_datagen.store import Store

_PACKAGES = ("corollary", "datasets", "langgraph", "sympy", "z3-solver", "transformers")


class Maker(BaseModel):
    """One model whose traces are in the dataset. chosen, rejected: how many sides are its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    stand_in: bool
    chosen: int
    rejected: int
    toolkits: tuple[str, ...]
    prompts: tuple[str, ...]


class SourcePart(BaseModel):
    """The problems of one source and split that the pairs come from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    split: str
    licence: str
    problems: int


class Manifest(BaseModel):
    """What a dataset is and was made of.

    parts: rows by split. graders: the versions whose verdicts were used. rollouts: the stored
    settings of each rollout. skipped: possible pairs that were left out, by reason. files: the
    SHA-256 of each file of the export.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    parts: dict[str, int]
    kinds: dict[str, int]
    settings: PairSettings
    toolkit: str
    models: tuple[Maker, ...]
    sources: tuple[SourcePart, ...]
    graders: tuple[str, ...]
    rollouts: dict[str, dict[str, JsonValue]]
    skipped: dict[str, int] = {}
    versions: dict[str, str]
    files: dict[str, str] = {}


def build_manifest(
    store: Store,
    parts: dict[str, Sequence[PreferencePair]],
    settings: PairSettings,
    *,
    toolkit: str,
    skipped: dict[str, int] | None = None,
) -> Manifest:
    """Describe pairs that were built from `store`. parts: the pairs by split; toolkit: its name."""
    pairs = [pair for part in parts.values() for pair in part]
    stages = load_configuration(store.run_dir)
    return Manifest(
        parts={name: len(part) for name, part in parts.items()},
        kinds=dict(sorted(Counter(pair.kind for pair in pairs).items())),
        settings=settings,
        toolkit=toolkit,
        models=tuple(_makers(store, pairs)),
        sources=tuple(_sources(store, {pair.problem_id for pair in pairs})),
        graders=tuple(sorted({verdict.grader for verdict in store.verdicts()})),
        rollouts={name: kept for name, kept in stages.items() if name.startswith("rollout")},
        skipped=dict(sorted((skipped or {}).items())),
        versions=_versions(),
    )


def _makers(store: Store, pairs: Sequence[PreferencePair]) -> Iterable[Maker]:
    chosen = Counter(pair.chosen_trace for pair in pairs)
    rejected = Counter(pair.rejected_trace for pair in pairs)
    used: dict[str, list[Trace]] = {}
    for trace in store.traces():
        if trace.id in chosen or trace.id in rejected:
            used.setdefault(trace.model, []).append(trace.model_copy(update={"messages": ()}))
    for model, traces in sorted(used.items()):
        yield Maker(
            model=model,
            stand_in=is_stand_in(model),
            chosen=sum(chosen[trace.id] for trace in traces),
            rejected=sum(rejected[trace.id] for trace in traces),
            toolkits=tuple(sorted({trace.toolkit for trace in traces})),
            prompts=tuple(sorted({trace.prompt for trace in traces})),
        )


def _sources(store: Store, used: set[str]) -> Iterable[SourcePart]:
    counts = Counter(
        (problem.source, problem.split, problem.licence)
        for problem in store.problems()
        if problem.id in used
    )
    for (source, split, licence), number in sorted(counts.items()):
        yield SourcePart(source=source, split=split, licence=licence, problems=number)


def _versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: _version(name) for name in _PACKAGES}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
