"""Grading: the verdict on a trace, and on everything in a store that has none.

CORRECT: the answer is the gold answer, exactly, and the tool results support it. INCORRECT: it is
another one, or the run ended without an answer by its own doing (step_limit, token_limit, loop,
refused). UNDECIDED: the model or the clock failed (error, time_limit), the problem has no gold
answer, the solvers could not compare, a tool ran out of time before a wrong answer, or a right
answer is not supported ("unsupported: ..."). A pure function of what is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from corollary_agent.problem import Problem
from corollary_agent.trace import Observation, Trace
from corollary_datagen.chains import Chain, build_chain
from corollary_datagen.contrast import nearest
from corollary_datagen.meanings import Meanings
from corollary_datagen.store import Store
from corollary_datagen.support import missing_support
from corollary_datagen.verdict import Graded, Judgement, Verdict
from corollary_tools.equivalence import equivalent
from corollary_tools.worker import Workers

GRADER = "corollary/1"
"""The grader's version: it changes whenever a verdict could."""

_NOT_ITS_DOING = {
    "error": "the model failed",
    "time_limit": "the run was stopped by the clock",
}
_BROKEN = frozenset({"tool_error", "timeout", "bad_arguments", "unknown_tool"})
_GROUP = 64
_LONGEST = 200


def grade(problem: Problem, trace: Trace, workers: Workers) -> Verdict:
    """Judge one trace. workers: the processes in which answers are compared."""
    judgement, reason = _judge(problem, trace, workers)
    broken = _first_broken(trace) if judgement == "INCORRECT" else None
    return Verdict(
        trace_id=trace.id,
        judgement=judgement,
        reason=reason,
        grader=GRADER,
        first_wrong_step=broken,
    )


def grade_all(
    store: Store,
    workers: Workers,
    *,
    regrade: bool = False,
    on_progress: Callable[[Graded], None] | None = None,
) -> int:
    """Grade every stored trace that this grader has not judged; return how many.

    regrade: judge those again too. Wrong chains on a problem that has a right one get the step at
    which they first part from it in meaning. Verdicts are stored in groups, so an interrupted
    grading goes on where it was.
    """
    known = set() if regrade else {v.trace_id for v in store.verdicts(grader=GRADER)}
    grading = _Grading(known, workers, Meanings(workers))
    count = 0
    for rows in _grouped(store.graded(), known):
        verdicts = [row for problem in rows for row in grading.of_problem(problem)]
        store.add_verdicts(row.verdict for row in verdicts if row.verdict)
        count += len(verdicts)
        if on_progress:
            for row in verdicts:
                on_progress(row)
    return count


def _grouped(graded: Iterable[Graded], known: set[str]) -> Iterator[list[list[Graded]]]:
    """Problems with something to grade, their traces together, some problems at a time."""
    group: list[list[Graded]] = []
    for _, rows in groupby(graded, key=lambda row: row.problem.id):
        of_problem = list(rows)
        if any(row.trace.id not in known for row in of_problem):
            group.append(of_problem)
        if len(group) == _GROUP:
            yield group
            group = []
    if group:
        yield group


@dataclass(frozen=True, slots=True)
class _Grading:
    """What grading needs throughout. known: the ids of traces that have their verdict."""

    known: set[str]
    workers: Workers
    meanings: Meanings

    def of_problem(self, rows: Sequence[Graded]) -> list[Graded]:
        """The traces of one problem that had no verdict, with it."""
        judged = [row if row.trace.id in self.known else self._judged(row) for row in rows]
        located = _located(judged, self.meanings)
        return [row for row in located if row.trace.id not in self.known]

    def _judged(self, row: Graded) -> Graded:
        return Graded(row.problem, row.trace, grade(row.problem, row.trace, self.workers))


def _judge(problem: Problem, trace: Trace, workers: Workers) -> tuple[Judgement, str]:
    if trace.stop in _NOT_ITS_DOING:
        cause = " ".join((trace.error or "").split())[:_LONGEST]
        return "UNDECIDED", ": ".join(filter(None, (_NOT_ITS_DOING[trace.stop], cause)))
    if problem.answer is None:
        return "UNDECIDED", "the problem has no gold answer"
    if trace.answer is None:
        return "INCORRECT", f"no answer: {trace.stop}"
    same = equivalent(problem.answer, trace.answer, workers)
    if same.value is None:
        return "UNDECIDED", f"the answers could not be compared: {same.reason}"
    if same.value is False:
        return _wrong(problem, trace)
    missing = missing_support(problem, trace, workers)
    return ("UNDECIDED", f"unsupported: {missing}") if missing else ("CORRECT", "the gold answer")


def _wrong(problem: Problem, trace: Trace) -> tuple[Judgement, str]:
    assert trace.answer is not None
    assert problem.answer is not None
    if any(_gave_up(seen) for step in trace.steps for seen in step.observations):
        return "UNDECIDED", "a solver gave up or ran out of time before the answer"
    return "INCORRECT", f"{trace.answer.text}, not {problem.answer.text}"


def _gave_up(seen: Observation) -> bool:
    return seen.fault == "timeout" or (seen.certificate or {}).get("value") == "Undecided"


def _first_broken(trace: Trace) -> int | None:
    """The step that a run broke at: given up in repair, or failing to its end; else None."""
    if trace.stop == "refused":
        return len(trace.steps) - 1
    broken = [
        index
        for index, step in enumerate(trace.steps)
        if any(seen.fault in _BROKEN for seen in step.observations)
    ]
    return broken[0] if broken and broken[-1] == len(trace.steps) - 1 else None


def _located(rows: Sequence[Graded], meanings: Meanings) -> Iterator[Graded]:
    """The rows, wrong chains with the step at which they part from the nearest right chain."""
    right = [chain for chain in map(_right_chain, rows) if chain]
    for row in rows:
        if right and row.verdict and row.verdict.judgement == "INCORRECT":
            step = parting_step(build_chain(row.trace), right, meanings)
            known = row.verdict.first_wrong_step if step is None else step
            verdict = row.verdict.model_copy(update={"first_wrong_step": known})
            yield Graded(row.problem, row.trace, verdict)
        else:
            yield row


def _right_chain(row: Graded) -> Chain | None:
    if row.verdict is None or row.verdict.judgement != "CORRECT":
        return None
    chain = build_chain(row.trace)
    return chain if chain.moves else None


def parting_step(wrong: Chain, right: Sequence[Chain], meanings: Meanings) -> int | None:
    """The first move of `wrong` that differs in meaning from the nearest right chain's there.

    None where that is undecided or nothing differs as far as both go.
    """
    nearby, shared = nearest(wrong, right)
    pairs = zip(nearby.moves[shared:], wrong.moves[shared:], strict=False)
    for chosen, other in pairs:
        if not chosen.calls and not other.calls:
            return other.index
        same = meanings.same(chosen, other)
        if same is not True:
            return other.index if same is False else None
    return None
