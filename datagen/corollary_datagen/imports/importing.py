"""Importing recorded outputs into a store: read, matched with their problems, replayed, kept.

Guarantees that nothing is imported twice (one key: problem, model, settings, and what was said),
that an import goes on where it was stopped, and that no row is lost without being counted with its
reason and place. A broken row never ends an import. Does not grade (`grading` does).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from corollary_agent.problem import Problem
from corollary_agent.trace import Trace
from corollary_datagen.imports.counts import Import
from corollary_datagen.imports.index import detect_format, load_recorded_format
from corollary_datagen.imports.licences import licence_of
from corollary_datagen.imports.matching import ProblemBook, check_data, has_source, load_book
from corollary_datagen.imports.recorded import Recorded, Refused
from corollary_datagen.imports.replaying import PROMPT, Replayed, Replayer
from corollary_datagen.store.store import Store, TraceKey
from corollary_tools.toolkit import Toolkit

_GROUP = 100
_THREADS = 4
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
    store.configure("import", {"toolkit": toolkit.hash, "prompt": PROMPT.hash})
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="import") as pool:
        importer = _Importer(store, Replayer(toolkit), settings, pool)
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
                result.refuse(path, found, found)
            else:
                result.of(found.origin, found.model).imported += 1
        result.name_refused(path, before)
    return result


Job = tuple[Recorded, Problem]


@dataclass(slots=True)
class _Importer:
    """An import under way. books: the problems of each source that was asked for."""

    store: Store
    replayer: Replayer
    settings: ImportSettings
    pool: ThreadPoolExecutor
    result: Import = field(default_factory=Import)
    books: dict[tuple[str, str | None], ProblemBook] = field(default_factory=dict)

    def file(self, path: Path, on_progress: Report | None) -> None:
        book = self._book(path)
        licence = self.settings.licence or licence_of(path)
        found = _read(path, self.settings)
        before = set(self.result.counts)
        try:
            while group := list(islice(found, _GROUP)):
                self._replay(self._jobs(group, path, book), path, licence)
                if on_progress:
                    on_progress(self.result)
        finally:
            self.result.name_refused(path, before)

    def _jobs(
        self, group: Iterable[Recorded | Refused], path: Path, book: ProblemBook | None
    ) -> list[Job]:
        """The outputs of a group that are to be replayed, each with its problem."""
        done = self.store.done()
        jobs: dict[TraceKey, Job] = {}
        for found in group:
            if isinstance(found, Refused):
                self.result.refuse(path, found, found)
                continue
            problem = self._problem(found, book)
            if problem is None:
                told = found.key or found.question[:60]
                self.result.refuse(path, Refused(found.place, NO_PROBLEM, told), found)
                continue
            key = self.replayer.key(found, problem)
            if key in jobs or key in done:
                self.result.of(found.origin, found.model).kept += 1
            else:
                jobs[key] = found, problem
        return list(jobs.values())

    def _replay(self, jobs: Sequence[Job], path: Path, licence: str) -> None:
        """Replay outputs; what was replayed is stored even where the rest is broken off."""
        problems: dict[str, Problem] = {}
        traces: list[tuple[Trace, int]] = []
        try:
            replays = self.pool.map(lambda job: self.replayer.replay(*job), jobs)
            for (found, problem), replayed in zip(jobs, replays, strict=True):
                if isinstance(replayed, Refused):
                    self.result.refuse(path, replayed, found)
                    continue
                origin = f"{found.origin}, {_short(found.place)} ({licence})"
                trace = replayed.trace.model_copy(update={"recorded_from": origin})
                problems.setdefault(problem.id, problem)
                traces.append((trace, found.sample))
                self._count(found, replayed, problem)
        finally:
            self.store.add_problems(problems.values())
            self.store.add_traces(traces)

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

    def _count(self, found: Recorded, replayed: Replayed, problem: Problem) -> None:
        counts = self.result.of(found.origin, found.model)
        counts.imported += 1
        counts.foreign += replayed.trace.toolkit != self.replayer.toolkit.hash
        counts.different += bool(replayed.different)
        self.result.without_gold += problem.answer is None
        if replayed.different:
            self.result.differ(found.place, replayed.different[0])


def _read(path: Path, settings: ImportSettings) -> Iterator[Recorded | Refused]:
    format_ = load_recorded_format(settings.format or detect_format(path))
    found = format_.read(path)
    for one in islice(found, settings.limit) if settings.limit else found:
        if isinstance(one, Recorded) and settings.model:
            yield replace(one, model=settings.model)
        else:
            yield one


def _short(place: str) -> str:
    """FILE:ROW without the folders, which are somebody's own."""
    return place.rsplit("/", 1)[-1]
