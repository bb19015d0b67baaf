"""The queue for people: what no route settles, and blind samples by which graders are measured.

Guarantees that a person's verdict is stored under `person:NAME`, outranks every grader's and stays
when a run is graded again; that a sample is the same for the same seed; and that a file of
decisions is taken in whole or not at all. Shows nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from corollary_datagen.grading.judging import GRADER
from corollary_datagen.store.store import Store
from corollary_datagen.verdict import PERSON, Graded, Judgement, Verdict
from corollary_tools.errors import CorollaryError

Decision = Literal["right", "wrong", "can't tell"]
JUDGEMENTS: dict[Decision, Judgement] = {
    "right": "CORRECT",
    "wrong": "INCORRECT",
    "can't tell": "UNDECIDED",
}
_DISAGREEING = "the routes disagree"
_OF_NO_USE = ("the model failed", "the run was stopped by the clock", "the problem has no gold")


class Reviewed(BaseModel):
    """One line of a file of decisions. What is for reading only may be absent or changed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    trace_id: str
    decision: Decision | Literal[""] = ""
    note: str = ""
    audit: bool = False


def queue(store: Store) -> list[str]:
    """The traces that a person should look at and none has: disagreements of routes come first.

    Those that no route spoke of, because the model failed or nothing is known, are left out.
    """
    rows = [
        (not v.reason.startswith(_DISAGREEING), v.trace_id)
        for v in store.verdicts()
        if v.judgement == "UNDECIDED" and not v.by_person and not v.reason.startswith(_OF_NO_USE)
    ]
    return [trace_id for _, trace_id in sorted(rows, key=lambda row: row[0])]


def draw_sample(store: Store, size: int, seed: int, name: str) -> list[str]:
    """The decided verdicts of a seeded random sample that this person has not judged.

    Half of them CORRECT and half INCORRECT, as far as there are so many: the rates are weighted
    back to the run. Drawn by hash, so that the same seed gives the same sample, and a larger one
    holds the smaller.
    """
    drawn: dict[str, list[tuple[str, str]]] = {"CORRECT": [], "INCORRECT": []}
    for verdict in store.verdicts(grader=GRADER):
        if verdict.judgement in drawn:
            order = hashlib.sha256(f"{seed}:{verdict.trace_id}".encode()).hexdigest()
            drawn[verdict.judgement].append((order, verdict.trace_id))
    right, wrong = (sorted(rows) for rows in drawn.values())
    most = max(size - size // 2, size - len(right))
    few = wrong[:most]
    done = {v.trace_id for v in store.verdicts(grader=person(name)) if v.audit}
    both = sorted([*few, *right[: size - len(few)]])
    return [trace_id for _, trace_id in both if trace_id not in done]


def row(store: Store, trace_id: str) -> Graded | None:
    """A stored trace with its problem and the grader's verdict."""
    trace = store.trace(trace_id)
    problem = store.problem(trace.problem_id) if trace else None
    if trace is None or problem is None:
        return None
    return Graded(problem, trace, store.judged_by(GRADER).get(trace_id))


def person(name: str) -> str:
    """The grader of a person's verdicts. Raises CorollaryError for a name that cannot be one."""
    plain = name.strip()
    if not plain or any(not (sign.isalnum() or sign in "-_.@+") for sign in plain):
        raise CorollaryError(
            f"{name!r} cannot be the name of a person",
            because="a name has letters, digits and - _ . @ + only, and stands in the store",
            remedy="--as NAME",
        )
    return f"{PERSON}{plain}"


def decided(
    trace_id: str, decision: Decision, name: str, *, note: str = "", audit: bool = False
) -> Verdict:
    """A person's verdict on a trace. audit: it was drawn at random and judged blind."""
    return Verdict(
        trace_id=trace_id,
        judgement=JUDGEMENTS[decision],
        reason=f"a person says: {decision}",
        grader=person(name),
        route="person",
        note=note,
        audit=audit,
    )


def export_rows(store: Store, trace_ids: Iterable[str], *, audit: bool) -> Iterator[dict[str, Any]]:
    """What a person needs to decide elsewhere: fill in `decision` (right, wrong, can't tell).

    audit: blind, so without the gold answer and without what the routes found.
    """
    for graded in filter(None, (row(store, trace_id) for trace_id in trace_ids)):
        yield _shown(graded, audit=audit)


def import_rows(store: Store, path: Path, name: str) -> int:
    """Store the decisions in a file of `export_rows`; return how many. Lines without one are left.

    Raises CorollaryError, and stores nothing, where a line cannot be read or its trace is not here.
    """
    verdicts = []
    for number, line in enumerate(_lines(path), start=1):
        if line.strip():
            read = _read(line, f"{path}, line {number}")
            if store.trace(read.trace_id) is None:
                raise CorollaryError(
                    f"{path}, line {number}: there is no trace {read.trace_id} in {store.run_dir}",
                    because="it is of another run, or its trace was replaced",
                    remedy="give the run from which the file was exported; nothing was stored",
                )
            if read.decision:
                audit, note = read.audit, read.note
                made = decided(read.trace_id, read.decision, name, note=note, audit=audit)
                verdicts.append(made)
    store.add_verdicts(verdicts)
    return len(verdicts)


def _shown(graded: Graded, *, audit: bool) -> dict[str, Any]:
    problem, trace, verdict = graded.problem, graded.trace, graded.verdict
    known: dict[str, Any] = {}
    if not audit and verdict:
        gold = problem.answer.text if problem.answer else None
        findings = [finding.model_dump(mode="json") for finding in verdict.findings]
        known = {"gold": gold, "reason": verdict.reason, "findings": findings}
    steps = [
        {
            "calls": [call.model_dump(mode="json", exclude={"id"}) for call in step.calls],
            "results": [seen.text for seen in step.observations],
            "content": step.content,
        }
        for step in trace.steps
    ]
    answer = trace.answer.text if trace.answer else None
    shown = {"problem": problem.text, "steps": steps, "answer": answer, **known}
    return {"trace_id": trace.id, "decision": "", "note": "", "audit": audit, **shown}


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CorollaryError(
            f"cannot read {path}",
            because=str(error),
            remedy="give a file that `corollary grade RUN --review --export FILE` wrote",
        ) from error


def _read(line: str, where: str) -> Reviewed:
    try:
        return Reviewed.model_validate(json.loads(line))
    except (json.JSONDecodeError, ValidationError) as error:
        told = error.errors()[0] if isinstance(error, ValidationError) else None
        field = str(told["loc"][0]) if told and told["loc"] else "the line"
        raise CorollaryError(
            f"{where}: {field} cannot be read",
            because=str(told["msg"]) if told else str(error),
            remedy='"decision": "right", "wrong", "can\'t tell" or ""; nothing was stored',
        ) from error
