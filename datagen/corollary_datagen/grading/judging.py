"""Grading: the verdict on a trace, and on everything in a store that has none.

Two routes: the gold answer, and the certificate (`certifying`). CORRECT: no route says otherwise,
the tool results support the answer, and its formulas say what those that were checked do.
INCORRECT: it is another answer, or the run ended without one by its own doing (step_limit,
token_limit, loop, refused). UNDECIDED: the model or the clock failed (error, time_limit), no route
can tell, the routes disagree, a tool ran out of time before a wrong answer, or a right answer is
not supported ("unsupported: ..."). A pure function of what is stored, whatever the order in which
it came; a person's verdict is neither changed nor overruled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from corollary_agent.problem import Problem
from corollary_agent.trace import Observation, Trace
from corollary_datagen.chains.chain import Chain, build_chain
from corollary_datagen.chains.contrast import nearest
from corollary_datagen.chains.meanings import Meanings
from corollary_datagen.chains.votes import agree
from corollary_datagen.grading.certifying import Case, Certifying, Reference
from corollary_datagen.grading.support import missing_support, off_question
from corollary_datagen.steps.judgements import keep_steps
from corollary_datagen.store.store import Store
from corollary_datagen.verdict import Finding, Graded, Judgement, Route, Verdict
from corollary_tools.equivalence import equivalent
from corollary_tools.worker import Workers

GRADER = "corollary/3"
"""The grader's version: it changes whenever a verdict could."""

_NOT_ITS_DOING = {
    "error": "the model failed",
    "time_limit": "the run was stopped by the clock",
}
_BROKEN = frozenset({"tool_error", "timeout", "bad_arguments", "unknown_tool"})
_GROUP = 64
_LONGEST = 200


def grade(problem: Problem, trace: Trace, workers: Workers) -> Verdict:
    """Judge one trace by itself. workers: the processes in which answers are compared."""
    (row,) = Grader(workers).of_problem([Graded(problem, trace, None)])
    assert row.verdict
    return row.verdict


def grade_all(
    store: Store,
    workers: Workers,
    *,
    regrade: bool = False,
    on_progress: Callable[[Graded], None] | None = None,
) -> int:
    """Grade every stored trace that this grader has not judged; return how many.

    regrade: judge those again too. The traces of one problem are judged together, so those that
    had a verdict get another where a new trace changes it. Wrong chains on a problem that has a
    right one get the step at which they first part from it in meaning. Verdicts are stored in
    groups, so an interrupted grading goes on where it was.
    """
    known: Mapping[str, Verdict] = {} if regrade else store.judged_by(GRADER)
    grader = Grader(workers)
    count = 0
    for rows in _grouped(store.graded(without=None if regrade else GRADER), known):
        judged = [_with_steps(r, known) for problem in rows for r in grader.of_problem(problem)]
        fresh = [row for row in judged if row.verdict != known.get(row.trace.id)]
        store.add_verdicts(row.verdict for row in fresh if row.verdict)
        count += len(fresh)
        if on_progress:
            for row in fresh:
                on_progress(row)
    return count


def _with_steps(row: Graded, known: Mapping[str, Verdict]) -> Graded:
    """The row with the step judgements that its trace had, where its verdict stays the same."""
    assert row.verdict
    verdict = keep_steps(row.verdict, known.get(row.trace.id))
    return Graded(row.problem, row.trace, verdict)


def _grouped(
    graded: Iterable[Graded], known: Mapping[str, Verdict]
) -> Iterator[list[list[Graded]]]:
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


class Grader:
    """Judges the traces of one problem together, and remembers what the solvers said."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._meanings = Meanings(workers)
        self._certifying = Certifying(workers)

    def of_problem(self, rows: Sequence[Graded]) -> list[Graded]:
        """The rows of one problem with this grader's verdicts."""
        problem = rows[0].problem
        case = self._certifying.case(problem, [row.trace for row in rows])
        reference = self._certifying.reference(case)
        verdicts = [self._verdict(case, row.trace, reference) for row in rows]
        judged = [Graded(problem, r.trace, v) for r, v in zip(rows, verdicts, strict=True)]
        sound = judged if reference else list(self._voted(case, judged))
        if all(row.verdict and row.verdict.judgement != "INCORRECT" for row in sound):
            return sound
        right = [chain for pair in zip(rows, sound, strict=True) for chain in _right_chain(*pair)]
        return [self._located(row, right) for row in sound]

    def _verdict(self, case: Case, trace: Trace, reference: Reference | None) -> Verdict:
        judgement, reason, findings = self._judge(case, trace, reference)
        broken = _first_broken(trace) if judgement == "INCORRECT" else None
        return Verdict(
            trace_id=trace.id,
            judgement=judgement,
            reason=reason,
            grader=GRADER,
            first_wrong_step=broken,
            route=_route(judgement, findings),
            findings=findings if _worth_telling(judgement, findings) else (),
        )

    def _judge(
        self, case: Case, trace: Trace, reference: Reference | None
    ) -> tuple[Judgement, str, tuple[Finding, ...]]:
        if trace.stop in _NOT_ITS_DOING:
            cause = " ".join((trace.error or "").split())[:_LONGEST]
            return "UNDECIDED", ": ".join(filter(None, (_NOT_ITS_DOING[trace.stop], cause))), ()
        if trace.answer is None and _is_unread(trace):
            return "UNDECIDED", "the recorded answer could not be read, and nobody was asked", ()
        if trace.answer is None:
            return "INCORRECT", f"no answer: {trace.stop}", ()
        findings = tuple(self._findings(case.problem, trace, reference))
        values = {finding.value for finding in findings} - {None}
        if len(values) == 2:
            return "UNDECIDED", f"the routes disagree: {_told(findings)}", findings
        if not values or findings[0].value is None:
            return "UNDECIDED", findings[0].reason, findings
        if False in values:
            return *_wrong(trace, findings[0].reason), findings
        missing = self._missing(case, trace, reference)
        return ("UNDECIDED", missing, findings) if missing else (
            "CORRECT", findings[0].reason, findings,
        )  # fmt: skip

    def _findings(
        self, problem: Problem, trace: Trace, reference: Reference | None
    ) -> Iterator[Finding]:
        """What each route says of the answer; the gold answer first."""
        assert trace.answer is not None
        if problem.answer is not None:
            same = equivalent(problem.answer, trace.answer, self._workers)
            reasons = {
                True: "the gold answer",
                False: f"{trace.answer.text}, not {problem.answer.text}",
                None: f"the answers could not be compared: {same.reason}",
            }
            yield Finding(route="gold", value=same.value, reason=reasons[same.value])
        elif reference is None:
            reason = "the problem has no gold answer, and no two independent readings of it agree"
            yield Finding(route="certificate", value=None, reason=reason)
        if reference is not None:
            yield self._certifying.finding(trace.answer, reference)

    def _missing(self, case: Case, trace: Trace, reference: Reference | None) -> str | None:
        """Why a right answer is not CORRECT; None where it is."""
        missing = missing_support(case.problem, trace, self._workers)
        missing = missing or self._certifying.unsound(case, trace)
        read = reference and not missing and self._certifying.reading(case, trace, reference)
        if not missing and not (read and read.value):
            missing = off_question(case.problem, trace) or self._certifying.assumed(case, trace)
        if missing:
            return f"unsupported: {missing}"
        if not read or reference is None:
            return None
        if read.value is False:
            return f"unsupported: {read.reason}, by {reference.basis}"
        if read.value is None and case.problem.answer is None:
            return f"its formulas cannot be compared with {reference.basis}: {read.reason}"
        return None

    def _voted(self, case: Case, rows: Sequence[Graded]) -> Iterator[Graded]:
        """The rows, right chains that are outvoted on a reading as undecided."""
        right = [row.trace for row in rows if row.verdict and row.verdict.judgement == "CORRECT"]
        outvoted = self._outvoted(case.problem, [build_chain(trace) for trace in right])
        most = [trace for trace in right if trace.id not in outvoted]
        for row in rows:
            told = None
            if row.trace.id in outvoted:
                told = self._certifying.differs(case, row.trace, most)
            if told and row.verdict:
                update = {
                    "judgement": "UNDECIDED",
                    "reason": f"unsupported: {told}, by the vote of right chains",
                    "route": None,
                }
                yield Graded(row.problem, row.trace, row.verdict.model_copy(update=update))
            else:
                yield row

    def _outvoted(self, problem: Problem, right: list[Chain]) -> set[str]:
        if len({chain.histories[-1] for chain in right}) < 2:
            return set()
        return agree(right, right, self._meanings, problem=problem)[1]

    def _located(self, row: Graded, right: Sequence[Chain]) -> Graded:
        """A wrong chain with the step at which it parts from the nearest right chain."""
        if not right or row.verdict is None or row.verdict.judgement != "INCORRECT":
            return row
        step = parting_step(build_chain(row.trace), right, self._meanings)
        known = row.verdict.first_wrong_step if step is None else step
        verdict = row.verdict.model_copy(update={"first_wrong_step": known})
        return Graded(row.problem, row.trace, verdict)


def _route(judgement: Judgement, findings: Sequence[Finding]) -> Route | None:
    """The route that decided; None where none did."""
    decided = judgement != "UNDECIDED" and findings and findings[0].value is not None
    return findings[0].route if decided else None


def _worth_telling(judgement: Judgement, findings: Sequence[Finding]) -> bool:
    """Whether the findings say more than the reason: two routes, or something for a person."""
    return len(findings) > 1 or (judgement == "UNDECIDED" and bool(findings))


def _told(findings: Iterable[Finding]) -> str:
    words = {True: "right", False: "wrong"}
    said = (
        f"{f.route} says {words[f.value]} ({f.reason})" for f in findings if f.value is not None
    )
    return ", ".join(said)


def _is_unread(trace: Trace) -> bool:
    """Whether a recorded run ends in words of its own that no answer could be read from."""
    last = trace.steps[-1].attempts[-1:] if trace.recorded_from and trace.steps else ()
    results = [seen.text for step in trace.steps for seen in step.observations]
    return trace.stop == "refused" and any(
        one.text.strip() and not any(text.startswith(one.text) for text in results) for one in last
    )


def _wrong(trace: Trace, reason: str) -> tuple[Judgement, str]:
    if any(_gave_up(seen) for step in trace.steps for seen in step.observations):
        return "UNDECIDED", "a solver gave up or ran out of time before the answer"
    return "INCORRECT", reason


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


def _right_chain(stored: Graded, judged: Graded) -> Iterator[Chain]:
    """The chain where it is right: a person's word on it comes before this grader's."""
    person = stored.verdict if stored.verdict and stored.verdict.by_person else None
    verdict = person or judged.verdict
    chain = build_chain(judged.trace) if verdict and verdict.judgement == "CORRECT" else None
    if chain is not None and chain.moves:
        yield chain


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
