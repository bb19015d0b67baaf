"""How much of what people and large models wrote the logic and constraint tools get right.

Gold formulas of FOLIO's validation set against its labels; knights and knaves with exactly one
solution, the known one; the programs of GPT-4, GPT-3.5 and text-davinci-003 against the known
answers. The rows are read from a folder that is not part of the project (COROLLARY_DATA, else
../shared/data); a set that is not there is left out, and said so.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from math import sqrt
from pathlib import Path
from typing import Any

from benchmarks.figure import Figure
from corollary_agent.models.recorded import plan
from corollary_agent.models.recorded_programs import read_program
from corollary_agent.problem import Problem
from corollary_datagen.sources import load_problems
from corollary_datagen.sources.roles import read_speeches
from corollary_tools.desk import Desk
from corollary_tools.toolkit import Toolkit, load_toolkit

SHORT = False
_HERE = Path(__file__).resolve().parents[1]
_TRUTHS = {"A": "True", "B": "False", "C": "Unknown"}
_GOALS = {"ProofWriter gpt-4": 592.0}
_PEOPLE = ("3ppl", "4ppl", "5ppl", "6ppl", "7ppl")
_SETS = ("ProofWriter", "ProntoQA", "FOLIO", "LogicalDeduction", "AR-LSAT")
_MODELS = ("gpt-4", "gpt-3.5-turbo", "text-davinci-003")


def run() -> Iterator[Figure]:
    """Yield the counts for every set that is there."""
    data = Path(os.environ.get("COROLLARY_DATA", _HERE.parent / "shared" / "data"))
    with load_toolkit("logic+constraints") as toolkit:
        yield from _folio(toolkit, data)
        yield from _knights(toolkit, data)
        for name in _SETS:
            for model in _MODELS:
                yield from _recorded(toolkit, data, (name, model))


def folio_counts(problems: Iterable[Problem], toolkit: Toolkit) -> Counter[str]:
    """How many gold formulas are agreed, disagreed, undecided or unread."""
    counts: Counter[str] = Counter()
    for problem in problems:
        formulas: Any = problem.meta["formulas"]
        call = {"conclusion": problem.meta["conclusion"], "premises": formulas}
        outcome = toolkit.call("prove", call)
        gold = problem.answer.value if problem.answer else None
        counts[_judged(outcome.fault, outcome.text.split(" (")[0], str(gold))] += 1
    return counts


def knights_counts(problems: Iterable[Problem], toolkit: Toolkit) -> Counter[str]:
    """How many gold formulas have exactly one solution, the known one."""
    counts: Counter[str] = Counter()
    for problem in problems:
        outcome = toolkit.call("find", {"constraints": [knights_formula(problem)]})
        found = (outcome.certificate or {}).get("assignment", {})
        roles: Any = problem.answer.value if problem.answer else {}
        gold = {f"person{n}": str(r == "knight").lower() for n, r in enumerate(roles.values())}
        counts[_judged(outcome.fault, found, gold)] += 1
    return counts


def knights_formula(problem: Problem) -> str:
    """The row's formula, `(("telling-truth", 0), ...)`, as one that the tools read."""
    speeches = read_speeches(str(problem.meta["formula"]))
    return " & ".join(f"(person{n} <-> {_said(said)})" for n, said in enumerate(speeches))


def program_counts(rows: Iterable[dict[str, Any]], toolkit: Toolkit) -> Counter[str]:
    """How many programs come to the known answer, to another one, to none, or are not read.

    rows: Logic-LM's outputs.
    """
    counts: Counter[str] = Counter()
    for row in rows:
        try:
            program = read_program((row["raw_logic_programs"] or [""])[0])
        except ValueError:
            counts["unread"] += 1
            continue
        gold = row["answer"] if program.declarations else _TRUTHS.get(row["answer"], row["answer"])
        desk, text, fault = Desk(), "", None
        for name, arguments in plan(program, None):
            outcome = toolkit.call(name, arguments, desk)
            desk, text, fault = outcome.desk, outcome.text, outcome.fault
            if fault:
                break
        counts[_judged(fault, text.split(" (")[0], gold)] += 1
    return counts


def _judged(fault: str | None, said: object, gold: object) -> str:
    if fault:
        return "unread"
    if said == gold:
        return "right"
    return "undecided" if said in ("Undecided", {}) else "wrong"


def _folio(toolkit: Toolkit, data: Path) -> Iterator[Figure]:
    if _there(data / "folio" / "folio-validation.jsonl"):
        problems = load_problems("folio", split="validation", data=data)
        counts = folio_counts((p for p in problems if "formulas" in p.meta), toolkit)
        yield from _figures("FOLIO gold formulas", counts, goal=191)


def _knights(toolkit: Toolkit, data: Path) -> Iterator[Figure]:
    for people in _PEOPLE:
        if _there(data / "knights_knaves" / f"{people}_train.jsonl"):
            problems = load_problems("knights_knaves", split=f"{people}_train", data=data)
            counts = knights_counts(problems, toolkit)
            yield from _figures(f"knights and knaves {people}", counts, goal=len(problems))


def _recorded(toolkit: Toolkit, data: Path, which: tuple[str, str]) -> Iterator[Figure]:
    name, model = which
    path = data / "recorded" / "logic_llm" / f"{name}_dev_{model}.json"
    if _there(path):
        counts = program_counts(json.loads(path.read_text("utf-8")), toolkit)
        yield from _figures(f"{name} {model}", counts, goal=_GOALS.get(f"{name} {model}"))


def _figures(name: str, counts: Counter[str], *, goal: float | None) -> Iterator[Figure]:
    total = sum(counts.values())
    print(f"  {name}: {dict(counts)} of {total}", file=sys.stderr)
    low, high = _interval(counts["right"], total)
    right = counts["right"]
    yield Figure(f"{name}, right", right, "", goal, "higher", total, low * total, high * total)


def _interval(right: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if total == 0:
        return 0.0, 1.0
    z, share = 1.96, right / total
    middle = share + z * z / (2 * total)
    spread = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return (middle - spread) / scale, (middle + spread) / scale


def _there(path: Path) -> bool:
    if not path.is_file():
        print(f"  left out: {path.name} is not in {path.parent}", file=sys.stderr)
    return path.is_file()


def _said(speech: tuple[Any, ...]) -> str:
    """One speech: `("not", ("telling-truth", 1))`."""
    head, *parts = speech
    if head in ("telling-truth", "lying"):
        return f"{'~' if head == 'lying' else ''}person{parts[0]}"
    texts = [_said(part) for part in parts]
    if head == "not":
        return f"~({texts[0]})"
    sign = {"and": "&", "or": "|", "->": "->", "<=>": "<->"}[head]
    return f"({f' {sign} '.join(texts)})"
