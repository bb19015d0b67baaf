"""Step verdicts: which steps of stored traces are wrong, by several methods that are kept apart.

calls: each call runs again, and one that fails to the end of the run broke it. statements: what a
step says in words, `6 * 7 = 42`, is computed. comparison: where a wrong chain parts in meaning from
the nearest right chain on its problem. values: how often a model still ends right before and after
(`step_values`, only where a model is given). Guarantees three values: a step of which a method
cannot tell is UNDECIDED or not named. Right traces are judged by the first two only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from corollary_agent.budget import BudgetReached
from corollary_agent.problem import Problem
from corollary_agent.resuming import Place, find_place
from corollary_agent.solve import run_together
from corollary_agent.trace import Step
from corollary_datagen.chains.chain import Chain, build_chain
from corollary_datagen.chains.meanings import Meanings
from corollary_datagen.grading.judging import parting_step
from corollary_datagen.steps.judgements import with_steps
from corollary_datagen.steps.prose.checking import check_steps
from corollary_datagen.steps.values import StepValues
from corollary_datagen.store.store import Store
from corollary_datagen.verdict import Graded, Judgement, StepJudgement
from corollary_tools.toolkit import Toolkit

Report = Callable[[Graded], None]

_LONGEST = 200
_FAILED = frozenset({"tool_error", "bad_arguments", "unknown_tool", "timeout"})


def judge_calls(place: Place) -> Iterator[StepJudgement]:
    """Judge each step by its calls, run again: those that fail, and those that bring another thing.

    A failed call is wrong where everything after it failed too or the run was given up; one that
    the run got over is undecided, and so is one whose result is not the stored one.
    """
    steps = place.trace.steps
    changed = {difference.step: difference for difference in place.replay.differences}
    over = max((i for i, step in enumerate(steps) if not _is_broken(step)), default=-1)
    for index, step in enumerate(steps):
        if index in changed:
            now = " ".join(changed[index].now.text.split())
            reason = f"its call now brings {now[:_LONGEST]}, which is not what is stored"
            yield _of_calls(index, "UNDECIDED", reason)
        elif _is_broken(step):
            reason = _broken_reason(step)
            if index > over:
                yield _of_calls(index, "INCORRECT", reason)
            else:
                yield _of_calls(index, "UNDECIDED", f"{reason}; the run went on")
        elif step.calls:
            yield _of_calls(index, "CORRECT", "")


def judge_statements(
    problem: Problem, steps: Sequence[Step], toolkit: Toolkit
) -> Iterator[StepJudgement]:
    """Judge each step by what it states in words, where that can be read and decided."""
    findings = check_steps(problem, [step.content for step in steps], toolkit)
    for index, found in enumerate(findings):
        if found.checked:
            yield StepJudgement(
                step=index,
                method="statements",
                judgement="INCORRECT" if found.wrong else "CORRECT",
                reason=found.wrong or f"{found.checked} statements hold",
            )


def judge_by_comparison(
    wrong: Chain, right: Sequence[Chain], meanings: Meanings
) -> Iterator[StepJudgement]:
    """Name the step at which a wrong chain parts from the nearest right chain of its problem."""
    step = parting_step(wrong, right, meanings) if right else None
    if step is not None:
        yield StepJudgement(
            step=step,
            method="comparison",
            judgement="INCORRECT",
            reason="it means another thing than the right chain's step here",
        )


@dataclass(frozen=True, slots=True)
class StepGrader:
    """Judges the steps of stored traces. values: None leaves the Monte-Carlo method out.

    concurrency: traces at once. again: judge those again that have step judgements.
    """

    store: Store
    toolkit: Toolkit
    meanings: Meanings
    values: StepValues | None = None
    concurrency: int = 8
    again: bool = False

    async def grade_all(self, on_progress: Report = lambda row: None) -> int:
        """Judge the steps of every graded trace that has no step judgements; return how many.

        Each verdict is stored as soon as its steps are judged, so an interrupted run goes on where
        it was. A wrong trace without values is judged again when there is a model for them. A
        verdict that a person gave stays as it is. Raises CorollaryError where the model is not
        there and BudgetReached where its budget is spent, when what was under way has ended; what
        was judged is kept.
        """
        jobs, done, spent = self._jobs(), 0, list[BudgetReached]()

        async def work() -> None:
            nonlocal done
            for row, right in jobs:
                try:
                    judged = await self.judged(row, right)
                except BudgetReached as reached:  # What others have under way is paid for.
                    spent.append(reached)
                    return
                self.store.add_verdicts([judged.verdict] if judged.verdict else [])
                done += 1
                on_progress(judged)

        await run_together([work() for _ in range(max(1, self.concurrency))])
        if spent:
            raise spent[0]
        return done

    async def judged(self, row: Graded, right: Sequence[Chain]) -> Graded:
        """One graded trace with the judgements of its steps. right: right chains beside it."""
        assert row.verdict
        place, found = await asyncio.to_thread(self._without_model, row, right)
        if self.values and row.verdict.judgement == "INCORRECT":
            found += await self.values.find_wrong_step(place)
        return Graded(row.problem, row.trace, with_steps(row.verdict, found))

    def _without_model(
        self, row: Graded, right: Sequence[Chain]
    ) -> tuple[Place, tuple[StepJudgement, ...]]:
        place = find_place(row.problem, row.trace, self.toolkit)
        found = (*judge_calls(place), *judge_statements(row.problem, row.trace.steps, self.toolkit))
        if row.verdict and row.verdict.judgement == "INCORRECT":
            chain = build_chain(row.trace)
            found += tuple(judge_by_comparison(chain, right, self.meanings))
        return place, found

    def _jobs(self) -> Iterator[tuple[Graded, Sequence[Chain]]]:
        for _, group in groupby(self.store.graded(), key=lambda row: row.problem.id):
            rows = list(group)
            chains = (build_chain(r.trace) for r in rows if _judgement(r) == "CORRECT")
            right = [chain for chain in chains if chain.moves]
            yield from ((row, right) for row in rows if self._is_open(row))

    def _is_open(self, row: Graded) -> bool:
        verdict = row.verdict
        if verdict is None or verdict.by_person:
            return False
        methods = {judged.method for judged in verdict.step_judgements}
        lacks_values = verdict.judgement == "INCORRECT" and "values" not in methods
        return self.again or not methods or bool(self.values and lacks_values)


def _judgement(row: Graded) -> Judgement | None:
    return row.verdict.judgement if row.verdict else None


def _is_broken(step: Step) -> bool:
    """Whether nothing in the step worked: its attempts were given up, or every call failed."""
    if not step.calls:
        return bool(step.attempts) and not step.content
    return bool(step.observations) and all(o.fault in _FAILED for o in step.observations)


def _broken_reason(step: Step) -> str:
    told = [o.text for o in step.observations if o.fault] or [step.attempts[-1].told]
    return f"it failed: {' '.join(told[0].split())[:_LONGEST]}"


def _of_calls(step: int, judgement: Judgement, reason: str) -> StepJudgement:
    return StepJudgement(step=step, method="calls", judgement=judgement, reason=reason)
