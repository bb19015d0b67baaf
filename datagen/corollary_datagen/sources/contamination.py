"""Decontamination: which training problems are too like the problems that will be measured on.

Three tests, in this order: the same family; the same text but for case, punctuation and spaces;
half of the evaluation problem's runs of words. Runs are 13 words long as in Brown et al. (2020,
arXiv:2005.14165, appendix C), shorter where a problem is shorter than two of them; as there, runs
that stand in many problems are the wording of the source and do not count. One run alone, which
they take for enough, is common among problems made from sentence patterns. Guarantees that every
dropped problem is in the report with its reason. Does not find paraphrases.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from corollary_agent.problem import Problem

Reason = Literal["family", "text", "words"]
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
    families = {problem.family: problem.id for problem in evaluation}
    texts = {" ".join(_words(problem)): problem.id for problem in evaluation}
    shared = _shared_runs(train, evaluation, common)
    kept, dropped = list[Problem](), list[Dropped]()
    for problem in train:
        match = _match(problem, families, texts) or shared.get(problem.id)
        if match is None:
            kept.append(problem)
        else:
            dropped.append(Dropped(problem.id, *match))
    return kept, Report(len(kept), tuple(dropped))


def _match(
    problem: Problem, families: dict[str, str], texts: dict[str, str]
) -> tuple[str, Reason] | None:
    if problem.family in families:
        return families[problem.family], "family"
    text = " ".join(_words(problem))
    return (texts[text], "text") if text in texts else None


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


def _length(words: list[str]) -> int:
    """How long a run must be: half the problem, between 5 and 13 words."""
    return min(_LONGEST, max(_SHORTEST, len(words) // 2))


def _runs(problem: Problem, lengths: Collection[int] = ()) -> Iterator[str]:
    """The runs of words of a problem, of its own length or of those told."""
    words = _words(problem)
    for length in lengths or (_length(words),):
        yield from (" ".join(words[i : i + length]) for i in range(len(words) - length + 1))
