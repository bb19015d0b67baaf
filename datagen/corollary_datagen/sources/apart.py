"""Keeping problems apart from evaluation sets that a person names: which are dropped, and why.

A set is SOURCE or SOURCE:SPLIT, as `load_problems` names them; without a split it is dev, which
`corollary evaluate` measures on by default; twins:SOURCE is compared as SOURCE. Guarantees that a
twin of a dropped problem, and the problem of a dropped twin, are dropped too, and a report without
paths. `contamination` says what is too like what.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from corollary_agent.problem import Problem
from corollary_datagen.sources.contamination import Dropped, decontaminate
from corollary_datagen.sources.index import load_problems
from corollary_tools.errors import CorollaryError

_SPLIT = "dev"
_EXAMPLES = 5
_TWIN = "/twin/"


class Decontamination(BaseModel):
    """What was compared and dropped, for a manifest.

    compared_with: the evaluation sets, each with its number of problems. problems_dropped: by
    reason: family, text, structure or words (`contamination`), or twin of one of these. examples:
    a few dropped problems, each with the one that it is like.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    compared_with: dict[str, int]
    problems_kept: int
    problems_dropped: dict[str, int]
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Apart:
    """The outcome: ids of the dropped problems with what each is like and why, and the report."""

    dropped: dict[str, str]
    report: Decontamination


def read_set(text: str) -> tuple[str, str]:
    """The source and the split of a set; the last word is a split where it is none of a source."""
    kind, _, rest = text.partition(":")
    if kind == "twins" and rest:
        return read_set(rest)  # A twin has the family of its problem; to make it takes solving.
    if kind == "jsonl":
        path, _, split = rest.rpartition(":")
        is_path = not path or Path(rest).expanduser().exists()
        return (text, _SPLIT) if is_path else (f"jsonl:{path}", split or _SPLIT)
    head, _, split = text.rpartition(":")
    if not head or (kind == "gym" and head == "gym") or (kind == "generated" and _is_family(split)):
        return text, _SPLIT
    return head, split or _SPLIT


def find_alike(problems: Iterable[Problem], sets: Sequence[str], data: Path | None = None) -> Apart:
    """Compare problems with the evaluation sets named.

    data: as for `load_problems`, whose errors pass with the set's name before them.
    """
    slim = [_slim(problem) for problem in problems]
    loaded = {name: _loaded(name, data) for name in dict.fromkeys(sets)}
    evaluation = {problem.id: problem for found in loaded.values() for problem in found}
    _, report = decontaminate(slim, list(evaluation.values()))
    dropped = [*report.dropped, *_twins(slim, report.dropped)]
    told = {row.train: f"{row.evaluation} ({row.reason})" for row in dropped}
    return Apart(
        told,
        Decontamination(
            compared_with={_named(name): len(found) for name, found in loaded.items()},
            problems_kept=len(slim) - len(told),
            problems_dropped=dict(Counter(row.reason for row in dropped)),
            examples=tuple(f"{row.train} is like {told[row.train]}" for row in dropped[:_EXAMPLES]),
        ),
    )


def _is_family(words: str) -> bool:
    """Whether words name families; one that is misspelt is no split either, and is refused."""
    from corollary_datagen.generators import FAMILIES

    names = [word.partition("@")[0] for word in words.split(",")]
    return len(names) > 1 or "@" in words or bool(get_close_matches(names[0], FAMILIES, n=1))


def _slim(problem: Problem) -> Problem:
    """What is compared of a problem: a run may hold many."""
    return problem.model_copy(update={"meta": {}, "answer": None})


def _loaded(name: str, data: Path | None) -> list[Problem]:
    source, split = read_set(name)
    try:
        return load_problems(source, split=split, data=data)
    except CorollaryError as error:
        raise CorollaryError(
            f"--apart-from {name}: {error.what}",
            because=error.because,
            remedy=error.remedy.replace("--source ", "--apart-from ").replace(
                "--split ", f"--apart-from {source}:"
            ),
            exit_code=error.exit_code,
        ) from error


def _twins(problems: Iterable[Problem], dropped: Sequence[Dropped]) -> list[Dropped]:
    """Those that are the same problem but for one change as one that was dropped."""
    alike = {_root(row.train): row for row in dropped}
    ids = {row.train for row in dropped}
    found = ((problem.id, alike.get(_root(problem.id))) for problem in problems)
    return [Dropped(id_, row.evaluation, "twin") for id_, row in found if row and id_ not in ids]


def _root(problem_id: str) -> str:
    return problem_id.partition(_TWIN)[0]


def _named(name: str) -> str:
    """The set as the report calls it: of a file its name alone."""
    source, split = read_set(name)
    kind, _, path = source.partition(":")
    return f"jsonl:{Path(path).name}" if kind == "jsonl" else f"{source}:{split}"
