"""How often the first wrong step that people marked in solutions of large models is found.

BIG-Bench-Mistake (arithmetic in several steps, orderings) and the mathematics of Mr-Ben. No model
is asked: steps are read by rule and decided by the solvers. Found means exactly the marked step; a
false alarm is a step called wrong in a solution where people marked none; decided are solutions in
which anything could be checked. For measuring only. The rows are read from a folder that is not
part of the project (COROLLARY_DATA, else ../shared/data).
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure
from benchmarks.real_input import _interval
from corollary_agent.problem import Problem
from corollary_datagen.steps.prose.checking import check_steps
from corollary_tools.toolkit import Toolkit, load_toolkit

SHORT = False
_HERE = Path(__file__).resolve().parents[1]
_GOALS = {"multistep_arithmetic": (231.0, 15.0)}


@dataclass(frozen=True, slots=True)
class Solution:
    """A solution in words. marked: the first wrong step by people, None for none.

    labels: what each line counts as, where several lines are one step. right: is its answer?
    """

    problem: Problem
    steps: tuple[str, ...]
    marked: int | None
    labels: tuple[int, ...]
    right: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found of one solution. named: the step called wrong first."""

    solution: Solution
    named: int | None
    decided: bool


def run() -> Iterator[Figure]:
    """Yield the counts for every set that is there."""
    data = Path(os.environ.get("COROLLARY_DATA", _HERE.parent / "shared" / "data")) / "step_labels"
    with load_toolkit("all") as toolkit:
        for name in ("multistep_arithmetic", "logical_deduction"):
            yield from _set(name, data / "big_bench_mistake" / f"{name}.jsonl", _mistakes, toolkit)
        yield from _set("Mr-Ben maths", data / "mr_ben" / "math.json", _mr_ben, toolkit)


def check(solution: Solution, toolkit: Toolkit) -> Outcome:
    """Look for the first wrong step of one solution."""
    found = check_steps(solution.problem, solution.steps, toolkit)
    wrong = (i for i, finding in enumerate(found) if finding.wrong)
    first = next(wrong, None)
    named = None if first is None else solution.labels[first]
    return Outcome(solution, named, any(finding.checked for finding in found))


def figures(name: str, outcomes: Iterable[Outcome]) -> Iterator[Figure]:
    """The figures of one set."""
    rows = list(outcomes)
    marked = [row for row in rows if row.solution.marked is not None]
    clean = [row for row in rows if row.solution.marked is None]
    sound = [row for row in clean if row.solution.right]
    found, alarms = _GOALS.get(name, (None, None))
    exact = sum(row.named == row.solution.marked for row in marked)
    named = sum(row.named is not None for row in marked)
    yield _count(f"{name}, marked step found", exact, len(marked), "higher", found)
    yield _count(f"{name}, a step named where one is marked", named, len(marked), "higher")
    yield _count(f"{name}, false alarms", _named(clean), len(clean), "lower", alarms)
    if len(sound) < len(clean):
        yield _count(f"{name}, those with a right answer", _named(sound), len(sound), "lower")
    yield _count(f"{name}, decided", sum(row.decided for row in rows), len(rows), "higher")


def _named(rows: Iterable[Outcome]) -> int:
    return sum(row.named is not None for row in rows)


def _count(name: str, value: int, n: int, better: Any, goal: float | None = None) -> Figure:
    low, high = _interval(value, n)
    return Figure(name, value, "", goal, better, n, low * n, high * n)


def _set(
    name: str, path: Path, read: Callable[[str], Iterator[Solution]], toolkit: Toolkit
) -> Iterator[Figure]:
    if not path.is_file():
        print(f"  left out: {path} is not there", file=sys.stderr)
        return
    solutions = read(path.read_text("utf-8"))
    yield from figures(name, [check(solution, toolkit) for solution in solutions])


def _mistakes(text: str) -> Iterator[Solution]:
    """BIG-Bench-Mistake: a line each, the step counted from 0."""
    for number, line in enumerate(text.splitlines()):
        row = json.loads(line)
        steps = tuple(row["steps"])
        right = row["answer"] is not None and row["answer"].strip() == row["target"].strip()
        labels = tuple(range(len(steps)))
        problem = _problem(number, row["input"])
        yield Solution(problem, steps, row["mistake_index"], labels, right)


def _problem(number: int, text: str) -> Problem:
    """A calculation, or an ordering: clues after dashes, options after letters."""
    clues = tuple(re.findall(r"^- (.+)$", text, re.M))
    options = tuple(re.findall(r"^\([A-H]\) (.+)$", text, re.M))
    where = {"id": str(number), "source": "step_labels", "split": "test", "family": "marked"}
    if not clues:
        return Problem(**where, domain="math", question=text, asks="number")
    asked = {"domain": "constraints", "question": "Which is correct?", "asks": "choice"}
    return Problem.model_validate({**where, **asked, "statements": clues, "options": options})


def _mr_ben(text: str) -> Iterator[Solution]:
    """Mr-Ben: steps say their number, and lines without one belong to the step before."""
    for rows in json.loads(text).values():
        for number, row in enumerate(rows):
            steps = tuple(row["Model_Solution_Steps"])
            first = str(row["Model_Solution_First_Error_Step"])
            marked = int(first) if first.isdigit() else None
            problem = _problem(number, row["Question"])
            right = row["Model_Solution_Correctness"] == "correct"
            yield Solution(problem, steps, marked, tuple(_labels(steps)), right)


def _labels(steps: Iterable[str]) -> Iterator[int]:
    label = 1
    for step in steps:
        found = re.match(r"\s*Step (\d+)", step)
        label = int(found[1]) if found else label
        yield label
