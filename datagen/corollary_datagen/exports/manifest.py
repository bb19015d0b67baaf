"""The manifest of a dataset: everything that is needed to make it again, and what is in it.

Guarantees that the same store and settings give the same manifest, so it holds no date and no
path. Licences are those that the problem sources state; a dataset is under all of them at once.
"""

from __future__ import annotations

import platform
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from corollary_datagen.grading.error_rate import ErrorRate, measured_by_persons
from corollary_datagen.pair import PreferencePair
from corollary_datagen.pairs.settings import PairSettings
from corollary_datagen.pairs.value_pairs import FROM_RUNS
from corollary_datagen.sources.apart import Decontamination
from corollary_datagen.stand_in import is_stand_in
from corollary_datagen.store.configuration import load_configuration
from corollary_datagen.store.reading import Origin
from corollary_datagen.store.store import Store

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

    parts: rows by split. error_kinds: rows by what their rejected side did wrong. graders: the
    versions whose verdicts were used. rollouts: the stored settings of each rollout. skipped:
    possible pairs that were left out, by reason. error_rate: of those graders, where persons
    measured it. decontamination: what was dropped for being like evaluation problems, where sets
    of them were named. continued_by: the models whose runs from states are sides of pairs, beside
    those of the traces that the states are from. files: the SHA-256 of each file of the export.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    parts: dict[str, int]
    kinds: dict[str, int]
    error_kinds: dict[str, int] = {}
    settings: PairSettings
    toolkit: str
    models: tuple[Maker, ...]
    sources: tuple[SourcePart, ...]
    graders: tuple[str, ...]
    rollouts: dict[str, dict[str, JsonValue]]
    skipped: dict[str, int] = {}
    error_rate: ErrorRate | None = None
    decontamination: Decontamination | None = None
    continued_by: tuple[str, ...] = ()
    versions: dict[str, str]
    files: dict[str, str] = {}


class Census:
    """Counts pairs as they go by: what a manifest says of them, in memory that stays small."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._parts: dict[str, int] = {}
        self._kinds: Counter[str] = Counter()
        self._error_kinds: Counter[str] = Counter()
        self._sides: dict[str, Counter[Origin]] = {"chosen": Counter(), "rejected": Counter()}
        self._examples: dict[Origin, str] = {}
        self._problems: set[int] = set()
        self._latest = ""
        self._continued = False
        self._sources: Counter[tuple[str, str, str]] = Counter()

    def watched(
        self, parts: Mapping[str, Iterable[PreferencePair]]
    ) -> dict[str, Iterator[PreferencePair]]:
        """The same parts, counted while they are read."""
        return {name: self._watch(name, pairs) for name, pairs in parts.items()}

    def manifest(
        self,
        settings: PairSettings,
        *,
        toolkit: str,
        skipped: Mapping[str, int] | None = None,
        decontamination: Decontamination | None = None,
    ) -> Manifest:
        """Describe the pairs that went by. toolkit: its name."""
        stages = load_configuration(self._store.run_dir)
        return Manifest(
            parts=dict(self._parts),
            kinds=dict(sorted(self._kinds.items())),
            error_kinds=dict(sorted(self._error_kinds.items())),
            settings=settings,
            toolkit=toolkit,
            models=tuple(self._makers()),
            sources=tuple(
                SourcePart(source=source, split=split, licence=licence, problems=number)
                for (source, split, licence), number in sorted(self._sources.items())
            ),
            graders=self._store.graders(),
            rollouts={name: kept for name, kept in stages.items() if name.startswith("rollout")},
            skipped=dict(sorted((skipped or {}).items())),
            error_rate=measured_by_persons(self._store),
            decontamination=decontamination,
            continued_by=self._store.runners() if self._continued else (),
            versions=_versions(),
        )

    def _watch(self, name: str, pairs: Iterable[PreferencePair]) -> Iterator[PreferencePair]:
        self._parts[name] = 0
        for pair in pairs:
            self._parts[name] += 1
            self._kinds[pair.kind] += 1
            if pair.error_kind:
                self._error_kinds[pair.error_kind] += 1
            self._continued |= pair.origin in FROM_RUNS
            self._side("chosen", pair.chosen_trace)
            self._side("rejected", pair.rejected_trace)
            if pair.problem_id != self._latest:
                self._latest = pair.problem_id
                self._problem(pair.problem_id)
            yield pair

    def _side(self, side: str, trace: str) -> None:
        origin = self._store.origin(trace)
        if origin:
            self._sides[side][origin] += 1
            self._examples.setdefault(origin, trace)

    def _problem(self, problem_id: str) -> None:
        place = self._store.place(problem_id)
        if place and place.number not in self._problems:
            self._problems.add(place.number)
            self._sources[place.source, place.split, place.licence] += 1

    def _makers(self) -> Iterator[Maker]:
        for model in sorted({origin.model for origin in self._examples}):
            origins = [origin for origin in self._examples if origin.model == model]
            traces = [self._store.trace(self._examples[origin]) for origin in origins]
            chosen, rejected = (
                sum(self._sides[side][origin] for origin in origins)
                for side in ("chosen", "rejected")
            )
            yield Maker(
                model=model,
                stand_in=is_stand_in(model),
                chosen=chosen,
                rejected=rejected,
                toolkits=tuple(sorted({trace.toolkit for trace in traces if trace})),
                prompts=tuple(sorted({trace.prompt for trace in traces if trace})),
            )


def build_manifest(
    store: Store,
    parts: Mapping[str, Iterable[PreferencePair]],
    settings: PairSettings,
    *,
    toolkit: str,
    skipped: Mapping[str, int] | None = None,
) -> Manifest:
    """Describe pairs that were built from `store`. parts: the pairs by split; toolkit: its name.

    The pairs are read through once; those that can be read only once go through a `Census`.
    """
    spent = [name for name, pairs in parts.items() if isinstance(pairs, Iterator)]
    if spent:
        raise TypeError(f"{spent[0]} can be read only once: export it through a Census")
    census = Census(store)
    for pairs in census.watched(parts).values():
        deque(pairs, maxlen=0)
    return census.manifest(settings, toolkit=toolkit, skipped=skipped)


def _versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: _version(name) for name in _PACKAGES}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
