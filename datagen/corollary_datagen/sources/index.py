"""The index of sources: which name is read by which module, and the one function that loads.

Guarantees problems in file order, or shuffled by the seed, cut at the limit. A source's module
is imported only when it is asked for. Does not cache.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

from corollary_agent.problem import Problem
from corollary_datagen.sources.files import read_split
from corollary_datagen.sources.row import Format, Row
from corollary_tools.errors import CorollaryError

_FORMATS = (
    "gsm8k",
    "proofwriter",
    "prontoqa",
    "logical_deduction",
    "ar_lsat",
    "folio",
    "knights_knaves",
    "svamp",
    "equations",
    "satlm",
)
_OPEN = ("generated", "jsonl:PATH", "gym:FAMILY", "twins:SOURCE")


def source_names() -> tuple[str, ...]:
    """The names `load_problems` knows; those in capitals stand for one's own words."""
    return (*_FORMATS, *_OPEN)


def load_problems(
    source: str,
    *,
    split: str = "train",
    data: Path | None = None,
    limit: int | None = None,
    seed: int = 0,
) -> list[Problem]:
    """Load the problems of a split.

    data: the directory that holds a folder for each source; without it, the Hub is asked where
    the source has a public name. limit: the first so many, after a shuffle by `seed` unless that
    is 0. Raises CorollaryError, which names file, row and field, for anything that is not right.
    """
    kind, _, rest = source.partition(":")
    if kind == "twins":
        return _twins(load_problems(rest, split=split, data=data, limit=limit, seed=seed), rest)
    if kind == "generated":
        from corollary_datagen.generators import generate_problems

        families = tuple(rest.split(",")) if rest else ()
        return generate_problems(families, split=split, limit=limit, seed=seed)
    if kind == "gym":
        from corollary_datagen.sources.gym import load_gym

        return load_gym(rest.split(","), split=split, limit=limit, seed=seed)
    if kind == "jsonl":
        from corollary_datagen.sources.own import read_own

        return _read(read_own, _chosen(_own_rows(rest, split), limit, seed))
    format_ = load_format(source)
    return _read(format_.read, _chosen(_rows(source, format_, split, data), limit, seed))


def _twins(problems: Sequence[Problem], source: str) -> list[Problem]:
    """The twins of problems, one each, of those that have some."""
    from corollary_datagen.twins import make_twins
    from corollary_tools.toolkit import load_toolkit

    with load_toolkit("all") as toolkit:
        twins = list(make_twins(problems, toolkit))
    if problems and not twins:
        raise CorollaryError(
            f"no problem of {source} has a twin",
            because="twins are made of problems that the embedded rules read and the solvers solve",
            remedy="more problems, or --source twins:generated",
        )
    return twins


def _read(read: Callable[[Row], Problem], rows: Sequence[Row]) -> list[Problem]:
    """The problems of rows, in which no two may have one id."""
    problems: dict[str, Problem] = {}
    for row in rows:
        problem = read(row)
        if problem.id in problems:
            raise row.error("id", f"another row has it too ({problem.id})")
        problems[problem.id] = problem
    return list(problems.values())


def load_format(source: str) -> Format:
    """The format of a source by its name; CorollaryError with the nearest names."""
    if source not in _FORMATS:
        near = get_close_matches(source, source_names(), n=3) or source_names()
        raise CorollaryError(
            f'unknown problem source "{source}"',
            because=f"the sources are {', '.join(source_names())}",
            remedy=f"--source {' or '.join(near)}",
        )
    format_: Format = import_module(f"corollary_datagen.sources.{source}").FORMAT
    return format_


def _rows(source: str, format_: Format, split: str, data: Path | None) -> Sequence[Row]:
    if data is not None:
        return read_split(source, split, data)
    from corollary_datagen.sources.hub import read_hub

    return read_hub(source, format_.hub, split)


def _own_rows(path: str, split: str) -> Sequence[Row]:
    from corollary_datagen.sources.files import read_rows

    return read_rows(Path(path).expanduser(), "jsonl", split)


def _chosen(rows: Sequence[Row], limit: int | None, seed: int) -> Sequence[Row]:
    chosen = list(rows)
    if seed:
        random.Random(seed).shuffle(chosen)
    return chosen[:limit]
