"""Decontamination: which training problems are too like the problems that will be measured on.

Four tests, in this order: the same family; the same text but for case, punctuation and spaces; the
same structure in another source (`families.normal_form`: names and numbers abstracted; within one
source the family says that); half of the evaluation problem's runs of words. Runs are 13 words long
as in Brown et al. (2020, arXiv:2005.14165, appendix C), shorter where a problem is shorter than two
of them; as there, runs that stand in many problems are the wording of the source and do not count.
One run alone, which they take for enough, is common among problems made from sentence patterns.
Guarantees that every dropped problem is in the report with its reason. Does not find paraphrases.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from corollary_agent.problem import Problem
from corollary_datagen.sources.families import normal_form

Reason = Literal["family", "text", "structure", "words", "twin"]
"""Why a problem is dropped; `twin` is for `apart`, which knows twins."""
_WORD = re.compile(r"\w+")
_LONGEST, _SHORTEST = 13, 5
_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Dropped:
    """A training problem that was dropped, and the evaluation problem that it is like."""

    train: str
    evaluation: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Report:
    """What `decontaminate` did: problems kept, and what was dropped with the reason for each."""

    kept: int
    dropped: tuple[Dropped, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many problems were dropped for each reason."""
        return dict(Counter(row.reason for row in self.dropped))


def decontaminate(
    train: Sequence[Problem], evaluation: Sequence[Problem], *, common: int = 10
) -> tuple[list[Problem], Report]:
    """Drop from `train` what is too like a problem of `evaluation`.

    common: a run of words that stands in more than so many problems does not count.
    Returns the problems kept, in their order, and the report.
    """
    known = _Known(evaluation)
    shared = _shared_runs(train, evaluation, common)
    kept, dropped = list[Problem](), list[Dropped]()
    for problem in train:
        match = known.match(problem) or shared.get(problem.id)
        if match is None:
            kept.append(problem)
        else:
            dropped.append(Dropped(problem.id, *match))
    return kept, Report(len(kept), tuple(dropped))


class _Known:
    """The evaluation problems, by what another problem may share with them as a whole."""

    def __init__(self, evaluation: Sequence[Problem]) -> None:
        self._families = {problem.family: problem.id for problem in evaluation}
        self._texts = {_plain(problem): problem.id for problem in evaluation}
        self._forms = {
            (normal_form(problem.text), problem.source): problem.id for problem in evaluation
        }
        self._sources = {problem.source for problem in evaluation}

    def match(self, problem: Problem) -> tuple[str, Reason] | None:
        """The evaluation problem that a training problem is like, and in what."""
        if problem.family in self._families:
            return self._families[problem.family], "family"
        if (text := _plain(problem)) in self._texts:
            return self._texts[text], "text"
        form = normal_form(problem.text) if self._sources - {problem.source} else ""
        for source in self._sources - {problem.source}:
            if (form, source) in self._forms:
                return self._forms[form, source], "structure"
        return None


def _shared_runs(
    train: Sequence[Problem], evaluation: Sequence[Problem], common: int
) -> dict[str, tuple[str, Reason]]:
    """For each training problem that shares enough rare runs, the evaluation problem."""
    runs = {problem.id: set(_runs(problem)) for problem in evaluation}
    lengths = {_length(_words(problem)) for problem in evaluation}
    known = set().union(*runs.values())
    hits = {problem.id: known & set(_runs(problem, lengths)) for problem in train}
    counts = Counter(run for found in (*runs.values(), *hits.values()) for run in found)
    owners = defaultdict[str, list[str]](list)
    for id_, own in runs.items():
        for run in own:
            if counts[run] <= common:
                owners[run].append(id_)
    rare = Counter(id_ for ids in owners.values() for id_ in ids)
    nearest = {id_: _nearest(found, owners, rare) for id_, found in hits.items()}
    return {id_: (match, "words") for id_, match in nearest.items() if match is not None}


def _nearest(found: set[str], owners: dict[str, list[str]], rare: Counter[str]) -> str | None:
    """The evaluation problem of which this one holds at least half of the rare runs."""
    shared = Counter(id_ for run in found for id_ in owners.get(run, ()))
    best = max(shared, key=lambda id_: (shared[id_] / rare[id_], id_), default=None)
    return best if best is not None and shared[best] >= _SHARE * rare[best] else None


def _words(problem: Problem) -> list[str]:
    return _WORD.findall(problem.text.lower())


def _plain(problem: Problem) -> str:
    return " ".join(_words(problem))


def _length(words: list[str]) -> int:
    """How long a run must be: half the problem, between 5 and 13 words."""
    return min(_LONGEST, max(_SHORTEST, len(words) // 2))


def _runs(problem: Problem, lengths: Collection[int] = ()) -> Iterator[str]:
    """The runs of words of a problem, of its own length or of those told."""
    words = _words(problem)
    for length in lengths or (_length(words),):
        yield from (" ".join(words[i : i + length]) for i in range(len(words) - length + 1))
