"""Reading a run: problems, traces, verdicts and pairs as streams, and how many there are.

Rows are read some at a time where the run may be written meanwhile, so that a run may be larger
than memory and the file can be tidied between pages; a reader beside a writer sees the run as it
was when it began to read. Guarantees that a record that does not read is told as a damaged file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from corollary_agent.problem import Problem
from corollary_agent.trace import Trace
from corollary_datagen.chains.continuation import Continuation, ContinuationKey
from corollary_datagen.pair import PreferencePair
from corollary_datagen.store import queries
from corollary_datagen.store.done import Done, Judged
from corollary_datagen.store.failures import damaged, explained
from corollary_datagen.store.rows import to_pair, to_trace, to_unpaired
from corollary_datagen.store.texts import Texts
from corollary_datagen.unpaired import UnpairedRow
from corollary_datagen.verdict import Graded, Judgement, Verdict

Record = TypeVar("Record")

_PAGE = 500


class Origin(NamedTuple):
    """What made a trace: its settings are the hash of `settings_key`."""

    model: str
    settings: str


class Place(NamedTuple):
    """Where a problem stands and comes from."""

    number: int
    source: str
    split: str
    licence: str


class Reader:
    """What a store can be asked. paged: read so many rows at a time that the file stays free."""

    def __init__(self, run_dir: Path, connection: sqlite3.Connection, *, paged: bool) -> None:
        self.run_dir = run_dir
        self._connection = connection
        self._texts = Texts(connection)
        self._page = _PAGE if paged else -1

    def problems(self) -> Iterator[Problem]:
        """Read the problems in the order in which they were added."""
        for _, body in self._pages(queries.PROBLEMS):
            yield self._parsed(Problem.model_validate_json, body)

    def problem(self, problem_id: str) -> Problem | None:
        """The problem of an id, if it is stored."""
        for (body,) in list(self._read(queries.PROBLEM, (problem_id,))):
            return self._parsed(Problem.model_validate_json, body)
        return None

    def place(self, problem_id: str) -> Place | None:
        """Where a problem stands and comes from, if it is stored."""
        for row in list(self._read(queries.PLACE, (problem_id,))):
            return Place(*row)
        return None

    def done(self, *, errors: bool = True) -> Done:
        """The keys of the stored rollouts, looked up as they stand when asked.

        errors=False leaves out those that ended in an error.
        """
        return Done(self._read, errors=errors)

    def traces(self, *, model: str | None = None) -> Iterator[Trace]:
        """Read the traces in the order in which they were stored, of one model where given."""
        query, values = queries.traces(model)
        for _, head, body in self._pages(query, values):
            yield self._trace(head, body)

    def rolled(self, model: str, settings: str) -> Iterator[tuple[int, Trace]]:
        """Read the traces of a model with these settings (`settings_key`), with sample numbers."""
        for _, sample, head, body in self._pages(queries.ROLLED, (model, settings)):
            yield sample, self._trace(head, body)

    def trace(self, trace_id: str) -> Trace | None:
        """The trace of an id, if it is stored."""
        for head, body in list(self._read(queries.TRACE, (trace_id,))):
            return self._trace(head, body)
        return None

    def origin(self, trace_id: str) -> Origin | None:
        """What made a trace, if it is stored; the trace itself is not read."""
        for row in list(self._read(queries.ORIGIN, (trace_id,))):
            return Origin(*row)
        return None

    def graded(self, *, without: str | None = None) -> Iterator[Graded]:
        """Read every trace with its problem and counting verdict, problem by problem.

        without: a grader; problems all of whose traces it has judged are left out.
        """
        query, values = queries.problems_to_grade(without)
        for _, problem_id, body in self._pages(query, values):
            yield from self._graded(problem_id, body)

    def graded_of(self, problem_id: str) -> list[Graded]:
        """Read the traces of one problem with their counting verdicts; none where it is unknown."""
        bodies = list(self._read(queries.PROBLEM, (problem_id,)))
        return [row for (body,) in bodies for row in self._graded(problem_id, body)]

    def twins_of(self, problem_id: str) -> list[str]:
        """The ids of the stored twins of a problem: its own id with `/twin/N`."""
        bounds = (f"{problem_id}/twin/", f"{problem_id}/twin0")  # "0" comes next after "/".
        return [found for (found,) in self._read(queries.TWINS, bounds)]

    def verdicts(self, *, grader: str | None = None) -> Iterator[Verdict]:
        """Read the counting verdict of each stored trace, or those of one grader."""
        query, values = queries.verdicts(grader)
        for _, body in self._pages(query, values):
            yield self._parsed(Verdict.model_validate_json, body)

    def judged_by(self, grader: str) -> Judged:
        """The verdicts of one grader by trace id, looked up as they stand when asked."""
        return Judged(self._read, grader)

    def persons(self) -> tuple[str, ...]:
        """The graders that are persons, whether or not their verdict counts."""
        return tuple(grader for (grader,) in self._read(queries.PERSONS))

    def judged_families(self, grader: str) -> Iterator[tuple[str, str, Judgement, int]]:
        """The source, family and judgement of a grader's verdicts, each with how many there are."""
        return iter(list(self._read(queries.FAMILIES, (grader,))))

    def graders(self) -> tuple[str, ...]:
        """The graders whose verdict counts for some trace."""
        return tuple(grader for (grader,) in self._read(queries.GRADERS))

    def models(self) -> tuple[str, ...]:
        """The models that made the stored traces, as the traces name them."""
        return tuple(model for (model,) in self._read(queries.MODELS))

    def pairs(self, of: Callable[[str], bool] | None = None) -> Iterator[PreferencePair]:
        """Read the pairs in the order in which they were added. of: of such families alone."""
        for _, family, tools, length, history, body in self._pages(
            queries.PAIRS, (self._last("pairs"),)
        ):
            if of is None or of(family):
                pair = self._parsed(to_pair, body, history, length)
                yield pair.model_copy(update={"tools": self._texts.schemas(tools)})

    def unpaired(self) -> Iterator[UnpairedRow]:
        """Read the unpaired rows in the order in which they were added."""
        for _, tools, head, body in self._pages(queries.UNPAIRED, (self._last("unpaired"),)):
            yield self._parsed(to_unpaired, body, tools, head, self._texts)

    def continuations(self, key: ContinuationKey) -> list[Continuation]:
        """Read what a model made of a state, in the order of the samples."""
        rows = list(self._read(queries.CONTINUATIONS, key))
        return [self._parsed(Continuation.model_validate_json, body) for (body,) in rows]

    def runs_from(self, state: str) -> list[Continuation]:
        """Read what any model made of a state, model by model."""
        rows = list(self._read(queries.RUNS, (state,)))
        return [self._parsed(Continuation.model_validate_json, body) for (body,) in rows]

    def runners(self) -> tuple[str, ...]:
        """The models that went on from states."""
        return tuple(model for (model,) in self._read(queries.RUNNERS))

    def has_runs(self) -> bool:
        """Whether there is any continuation."""
        return any(True for _ in list(self._read(queries.ANY_RUN)))

    def counts(self) -> dict[str, int]:
        """How many rows there are: problems, traces, pairs, and verdicts by judgement."""
        tables = ("problems", "traces", "pairs")
        found = {t: next(self._read(f"SELECT count(*) FROM {t}"))[0] for t in tables}
        errors = next(self._read(queries.FAILED))[0]
        judged = dict.fromkeys(("CORRECT", "INCORRECT", "UNDECIDED"), 0)
        judged.update(self._read(queries.JUDGED))
        return {**found, "errors": errors, **judged}

    def _graded(self, problem_id: str, body: str) -> Iterator[Graded]:
        problem = self._parsed(Problem.model_validate_json, body)
        for head, trace, verdict in list(self._read(queries.GRADED, (problem_id,))):
            found = verdict and self._parsed(Verdict.model_validate_json, verdict)
            yield Graded(problem, self._trace(head, trace), found)

    @property
    def _file(self) -> Path:
        return self.run_dir / "run.sqlite"

    def _read(self, query: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        with explained(self._file):
            yield from self._connection.execute(query, values)

    def _pages(self, query: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """Rows in the order of their numbers, which come first in each."""
        if self._page < 0:
            yield from self._read(query, (*values, 0, self._page))
            return
        after = 0
        while rows := list(self._read(query, (*values, after, self._page))):
            yield from rows
            after = rows[-1][0]

    def _last(self, table: str) -> int:
        """The number of the last row, 0 where there is none; rows added later are not read."""
        number: int = next(self._read(f"SELECT coalesce(max(number), 0) FROM {table}"))[0]
        return number

    def _trace(self, head: str, body: str) -> Trace:
        return self._parsed(to_trace, body, head, self._texts)

    def _parsed(self, parse: Callable[..., Record], body: str, *parts: object) -> Record:
        try:
            with explained(self._file):
                return parse(body, *parts)
        except ValidationError as error:
            raise damaged(self._file, str(error).splitlines()[0]) from error
