"""Answers compared by us and by math-verify, on the same hand-written pairs, in one run.

A false positive says `same` of answers that are not, or of which nobody can tell; a false negative
says `not the same` of answers that are. Undecided is neither, but it is counted. math-verify reads
each text as LaTeX, as its users do, without time limits; it has no undecided.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import partial

from benchmarks.answer_pairs import PAIRS
from benchmarks.figure import Figure
from corollary_tools.answer import Answer
from corollary_tools.equivalence import equivalent
from corollary_tools.worker import Workers

SHORT = True


def run() -> Iterator[Figure]:
    """Yield false positives, false negatives and undecided of both sides."""
    logging.disable(logging.WARNING)  # math-verify warns of each missing time limit
    rows = [(left, right, same) for pairs in PAIRS.values() for left, right, same in pairs]
    with Workers(size=1) as workers:
        for name, compare in (("ours", partial(_ours, workers)), ("math-verify", _theirs)):
            yield from _figures(name, compare, rows)


def _figures(
    name: str, compare: Callable[[str, str], bool | None], rows: list[tuple[str, str, bool | None]]
) -> Iterator[Figure]:
    found = [(same, compare(left, right)) for left, right, same in rows]
    others = [row for row in found if row[0] is not True]
    alike = [row for row in found if row[0] is True]
    yield _count(f"{name}: false positives", [said is True for _, said in others], 0)
    yield _count(f"{name}: false negatives", [said is False for _, said in alike], 0)
    yield _count(f"{name}: undecided", [said is None for _, said in found])


def _ours(workers: Workers, left: str, right: str) -> bool | None:
    known, given = (Answer(kind="expression", value=text) for text in (left, right))
    return equivalent(known, given, workers).value


def _theirs(left: str, right: str) -> bool:
    import math_verify

    texts = (text if text.startswith("$") else f"${text}$" for text in (left, right))
    known, given = (math_verify.parse(text, parsing_timeout=None) for text in texts)
    return bool(math_verify.verify(known, given, timeout_seconds=None))


def _count(name: str, hits: list[bool], goal: float | None = None) -> Figure:
    """How many of the rows; a count of fixed rows is what it is."""
    found = sum(hits)
    return Figure(name, found, f"of {len(hits)}", goal, "lower", len(hits), found, found)
