"""How often a grader is wrong, measured: from blind judgements of people, or against gold answers.

A false positive is a CORRECT verdict on a wrong answer, a false negative an INCORRECT one on a
right answer. Rates are per family kind and weighted back to the run by how many such verdicts it
has. The intervals are Wilson's, of the effective number where rates are weighted. Says nothing of
UNDECIDED verdicts, and nothing where nothing was measured.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Literal

from pydantic import BaseModel, ConfigDict

from corollary_agent.problem import Problem
from corollary_datagen.grading.judging import GRADER, Grader
from corollary_datagen.grading.proportion import wilson
from corollary_datagen.store.store import Store
from corollary_datagen.verdict import PERSON, Graded, Judgement, Verdict
from corollary_tools.equivalence import equivalent
from corollary_tools.worker import Workers

Cell = tuple[Judgement, str]


class Rate(BaseModel):
    """A share from 0 to 1 with its 95 % interval. n: how many were measured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float
    low: float
    high: float
    n: int


class Stratum(BaseModel):
    """The verdicts of one judgement on one kind of family: in the run, measured, mistaken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    judgement: Judgement
    kind: str
    run: int
    measured: int
    mistaken: int


class ErrorRate(BaseModel):
    """The measured error rate of the verdicts of a run.

    measured_by: blind judgements of persons, or gold answers that the grader did not see. grader:
    whose verdicts. A rate is None where no such verdict was measured. undecided: those that the
    person could not tell, or that the grader left undecided with gold hidden. flip_rate: the
    expected share of preference pairs whose label is flipped: (false positives + false negatives)
    / 2. For chosen and rejected change places where both verdicts are mistaken, and where one is,
    both sides are equally good and either order is a coin's: fp fn + (fp (1 - fn) + fn (1 - fp))/2.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    measured_by: Literal["persons", "gold"]
    grader: str
    persons: tuple[str, ...] = ()
    false_positive: Rate | None
    false_negative: Rate | None
    flip_rate: float | None
    undecided: int = 0
    strata: tuple[Stratum, ...] = ()

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """What was measured and the figure, as rows for people."""
        by = {"persons": "blind judgements of persons", "gold": "gold answers that it did not see"}
        flips = "not known" if self.flip_rate is None else f"{self.flip_rate:.2%}"
        return (
            ("CORRECT, but wrong", _told(self.false_positive)),
            ("INCORRECT, but right", _told(self.false_negative)),
            ("expected share of flipped pairs", flips),
            ("measured by", by[self.measured_by]),
        )


def measured_by_persons(store: Store) -> ErrorRate | None:
    """The error rate by audited verdicts (`--sample`); None where nobody has judged any.

    Where two persons disagree on a trace it counts as undecided.
    """
    persons = store.persons()
    said: dict[str, set[Judgement]] = {}
    for verdict in (v for name in persons for v in store.verdicts(grader=name) if v.audit):
        said.setdefault(verdict.trace_id, set()).add(verdict.judgement)
    if not said:
        return None
    measured: list[tuple[Cell, bool]] = []
    graded = store.judged_by(GRADER)
    for trace_id, judgements in said.items():
        found, kind = graded.get(trace_id), _kind_of_trace(store, trace_id)
        told = len(judgements) == 1 and judgements != {"UNDECIDED"}
        if told and kind and found and found.judgement != "UNDECIDED":
            measured.append(((found.judgement, kind), found.judgement not in judgements))
    names = tuple(name.removeprefix(PERSON) for name in persons)
    left = len(said) - len(measured)
    return _rated(measured, _in_run(store), by="persons", persons=names, undecided=left)


def measured_by_gold(store: Store, workers: Workers) -> ErrorRate | None:
    """The error rate of certificates: the labelled traces of a run judged with the gold hidden.

    Answer and gold formulas are hidden, so that verdicts rest on readings that agree. None where
    no trace has both an answer and a gold answer.
    """
    grader, measured, left = Grader(workers), list[tuple[Cell, bool]](), 0
    for _, group in groupby(store.graded(), key=lambda row: row.problem.id):
        rows = [row for row in group if row.trace.answer and row.problem.answer]
        for row, verdict in _hidden(rows, grader):
            same = _same(row, workers)
            if verdict.judgement == "UNDECIDED" or same is None:
                left += 1
            else:
                mistaken = same is not (verdict.judgement == "CORRECT")
                measured.append(((verdict.judgement, kind_of(row.problem)), mistaken))
    if not measured and not left:
        return None
    run = Counter(cell for cell, _ in measured)
    return _rated(measured, run, by="gold", undecided=left)


def kind_of(problem: Problem) -> str:
    """The kind of a problem's family: what stands before its colon, else its source."""
    return _kind(problem.source, problem.family)


def _told(rate: Rate | None) -> str:
    if rate is None:
        return "not known"
    return f"{rate.value:.2%} ({rate.low:.2%} to {rate.high:.2%}, n = {rate.n})"


def _kind(source: str, family: str) -> str:
    kind, colon, _ = family.partition(":")
    return kind if colon else source


def _hidden(rows: list[Graded], grader: Grader) -> Iterator[tuple[Graded, Verdict]]:
    """Each row with the verdict that it gets while nothing gold can be seen."""
    blind = [
        Graded(row.problem.model_copy(update={"answer": None, "meta": {}}), row.trace, None)
        for row in rows
    ]
    for row, judged in zip(rows, grader.of_problem(blind) if blind else (), strict=True):
        if judged.verdict:
            yield row, judged.verdict


def _same(row: Graded, workers: Workers) -> bool | None:
    known, given = row.problem.answer, row.trace.answer
    return equivalent(known, given, workers).value if known and given else None


def _kind_of_trace(store: Store, trace_id: str) -> str | None:
    trace = store.trace(trace_id)
    problem = store.problem(trace.problem_id) if trace else None
    return kind_of(problem) if problem else None


def _in_run(store: Store) -> Counter[Cell]:
    """How many verdicts of each judgement and kind the run has."""
    run: Counter[Cell] = Counter()
    for source, family, judgement, count in store.judged_families(GRADER):
        run[judgement, _kind(source, family)] += count
    return run


def _rated(
    measured: Iterable[tuple[Cell, bool]],
    run: Mapping[Cell, int],
    *,
    by: Literal["persons", "gold"],
    persons: tuple[str, ...] = (),
    undecided: int = 0,
) -> ErrorRate:
    count, wrong = Counter[Cell](), Counter[Cell]()
    for cell, mistaken in measured:
        count[cell] += 1
        wrong[cell] += mistaken
    strata = tuple(
        Stratum(judgement=j, kind=k, run=n, measured=count[j, k], mistaken=wrong[j, k])
        for (j, k), n in sorted(run.items())
        if j != "UNDECIDED"
    )
    positive, negative = (_rate(strata, judgement) for judgement in ("CORRECT", "INCORRECT"))
    return ErrorRate(
        measured_by=by,
        grader=GRADER,
        persons=persons,
        false_positive=positive,
        false_negative=negative,
        flip_rate=(positive.value + negative.value) / 2 if positive and negative else None,
        undecided=undecided,
        strata=strata,
    )


def _rate(strata: Iterable[Stratum], judgement: str) -> Rate | None:
    """The share of mistaken verdicts of one judgement, each kind by its share of the run.

    Kinds of which none was measured are left out of the weights.
    """
    rows = [row for row in strata if row.judgement == judgement and row.measured]
    run, n = sum(row.run for row in rows), sum(row.measured for row in rows)
    if not n or not run:
        return None
    shares = [(row.run / run, row.mistaken / row.measured, row.measured) for row in rows]
    value = min(1.0, sum(weight * rate for weight, rate, _ in shares))
    effective = 1 / sum(weight * weight / size for weight, _, size in shares)
    low, high = wilson(value * effective, effective)
    return Rate(value=value, low=low, high=high, n=n)
