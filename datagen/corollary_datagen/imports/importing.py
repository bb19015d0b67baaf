"""Importing recorded outputs into a store: read, matched with their problems, replayed, kept.

Guarantees that nothing is imported twice (one key: problem, model, settings, and what was said),
that an import goes on where it was stopped, and that no row is lost without being counted with its
reason and place. A broken row never ends an import. Does not grade (`grading` does).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from corollary_agent.problem import Problem
from corollary_agent.trace import Trace
from corollary_datagen.imports.index import detect_format, load_recorded_format
from corollary_datagen.imports.licences import licence_of
from corollary_datagen.imports.matching import ProblemBook, check_data, has_source, load_book
from corollary_datagen.imports.recorded import Recorded, Refused
from corollary_datagen.imports.replaying import PROMPT, Replayed, Replayer
from corollary_datagen.store import Store, TraceKey
from corollary_tools.toolkit import Toolkit

_GROUP = 100
NO_PROBLEM = "no problem of the source has this id or text"


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """What is imported and how it is matched.

    format: None finds it out. source, split, data: the problems that outputs are matched with; by
    default the source that a file points to, in every split that `data` has. model: the name of the
    model where the rows do not say it. limit: at most so many outputs of each file.
    """

    format: str | None = None
    source: str | None = None
    split: str | None = None
    data: Path | None = None
    model: str | None = None
    licence: str | None = None
    limit: int | None = None


@dataclass(slots=True)
class Counts:
    """What became of the outputs of one model on one set."""

    imported: int = 0
    kept: int = 0
    refused: int = 0
    different: int = 0
    foreign: int = 0


@dataclass(slots=True)
class Import:
    """What an import came to. counts: by file and model; reasons: with one example each."""

    counts: dict[tuple[str, str], Counts] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    without_gold: int = 0

    @property
    def total(self) -> Counts:
        """All files together."""
        rows = list(self.counts.values())
        sums = (sum(getattr(row, name) for row in rows) for name in Counts.__slots__)
        return Counts(*sums)

    def of(self, origin: str, model: str) -> Counts:
        """The counts of one model on one set."""
        return self.counts.setdefault((origin, model), Counts())


Report = Callable[[Import], None]


def import_files(
    store: Store,
    paths: Sequence[Path],
    toolkit: Toolkit,
    *,
    settings: ImportSettings,
    on_progress: Report | None = None,
) -> Import:
    """Import every file of `paths`. on_progress: called with the counts so far.

    Raises CorollaryError for a file that is of no format, before anything of it is imported.
    """
    check_data(settings.data)
    importer = _Importer(store, Replayer(toolkit), settings, Import(), store.done())
    store.configure("import", {"toolkit": toolkit.hash, "prompt": PROMPT.hash})
    for path in paths:
        importer.file(path, on_progress)
    return importer.result


def read_files(paths: Sequence[Path], settings: ImportSettings) -> Import:
    """What `import_files` would read, without replaying anything: for a look beforehand."""
    result = Import()
    for path in paths:
        before = set(result.counts)
        for found in _read(path, settings):
            if isinstance(found, Refused):
                _count_refused(result, path, found)
            else:
                result.of(found.origin, found.model).imported += 1
        _name_refused(result, path, before)
    return result


@dataclass(slots=True)
class _Importer:
    """An import under way. done: the keys that are stored; fresh: those not stored yet."""

    store: Store
    replayer: Replayer
    settings: ImportSettings
    result: Import
    done: Set[TraceKey]
    fresh: set[TraceKey] = field(default_factory=set)
    books: dict[tuple[str, str | None], ProblemBook] = field(default_factory=dict)

    def file(self, path: Path, on_progress: Report | None) -> None:
        book = self._book(path)
        licence = self.settings.licence or licence_of(path)
        found = _read(path, self.settings)
        before = set(self.result.counts)
        try:
            while group := list(islice(found, _GROUP)):
                self._group(group, path, book, licence)
                if on_progress:
                    on_progress(self.result)
        finally:
            _name_refused(self.result, path, before)

    def _group(
        self,
        group: Iterable[Recorded | Refused],
        path: Path,
        book: ProblemBook | None,
        licence: str,
    ) -> None:
        """Import some outputs; what was replayed is stored even where a later one is broken off."""
        problems: dict[str, Problem] = {}
        traces: list[tuple[Trace, int]] = []
        try:
            for found in group:
                replayed = self._replayed(found, book, problems)
                if isinstance(replayed, Refused):
                    _count_refused(self.result, path, replayed, found)
                elif replayed is not None:
                    assert isinstance(found, Recorded)
                    origin = f"{found.origin}, {_short(found.place)} ({licence})"
                    trace = replayed.trace.model_copy(update={"recorded_from": origin})
                    traces.append((trace, found.sample))
                    self._count(found, replayed)
        finally:
            self.store.add_problems(problems.values())
            self.store.add_traces(traces)
            self.fresh.clear()

    def _replayed(
        self, found: Recorded | Refused, book: ProblemBook | None, problems: dict[str, Problem]
    ) -> Replayed | Refused | None:
        """The replayed output; None where it is stored already."""
        if isinstance(found, Refused):
            return found
        problem = self._problem(found, book)
        if problem is None:
            return Refused(found.place, NO_PROBLEM, found.key or found.question[:60])
        key = self.replayer.key(found, problem)
        if key in self.fresh or key in self.done:
            self.result.of(found.origin, found.model).kept += 1
            return None
        replayed = self.replayer.replay(found, problem)
        if isinstance(replayed, Replayed):
            self.fresh.add(key)
            problems.setdefault(problem.id, problem)
            self.result.without_gold += problem.answer is None
        return replayed

    def _problem(self, found: Recorded, book: ProblemBook | None) -> Problem | None:
        """The problem of an output: from the book; without a source named, as the row states it."""
        problem = book.find(found) if book else None
        return problem or (None if self.settings.source else found.problem)

    def _book(self, path: Path) -> ProblemBook | None:
        settings = self.settings
        name = settings.source
        if name is None:
            format_ = load_recorded_format(settings.format or detect_format(path))
            pointed = format_.source(path)
            name = pointed if pointed and has_source(pointed, settings.data) else None
        if name is None:
            return None
        key = (name, settings.split)
        if key not in self.books:
            self.books[key] = load_book(name, settings.split, settings.data)
        return self.books[key]

    def _count(self, found: Recorded, replayed: Replayed) -> None:
        counts = self.result.of(found.origin, found.model)
        counts.imported += 1
        counts.foreign += replayed.trace.toolkit != self.replayer.toolkit.hash
        counts.different += bool(replayed.different)
        if replayed.different:
            self.result.differences.append(f"{found.place}: {replayed.different[0]}")


def _read(path: Path, settings: ImportSettings) -> Iterator[Recorded | Refused]:
    format_ = load_recorded_format(settings.format or detect_format(path))
    found = format_.read(path)
    for one in islice(found, settings.limit) if settings.limit else found:
        if isinstance(one, Recorded) and settings.model:
            yield replace(one, model=settings.model)
        else:
            yield one


def _count_refused(
    result: Import, path: Path, refused: Refused, found: Recorded | Refused | None = None
) -> None:
    told = f"{refused.place}: {refused.detail}" if refused.detail else refused.place
    result.reasons[refused.reason] += 1
    result.examples.setdefault(refused.reason, told)
    recorded = found if isinstance(found, Recorded) else None
    names = (recorded.origin, recorded.model) if recorded else file_names(path)
    result.of(*names).refused += 1


def _name_refused(result: Import, path: Path, before: set[tuple[str, str]]) -> None:
    """Count the refused rows of a file with its one model, where all other rows are by one."""
    names = file_names(path)
    models = [key for key in result.counts if key not in before and key != names]
    if len(models) == 1 and names in result.counts and names not in before:
        result.of(*models[0]).refused += result.counts.pop(names).refused


def file_names(path: Path) -> tuple[str, str]:
    """The set and model that refused rows of a file are counted under."""
    return path.resolve().parent.name, path.stem


def _short(place: str) -> str:
    """FILE:ROW without the folders, which are somebody's own."""
    return place.rsplit("/", 1)[-1]
