"""What a person may believe of an answer: proved, checked, unchecked or refuted, and why.

proved: a solver's certificate covers the answer, as the problem was written down by the model.
checked: an exact calculation gives the answer; that it is what was asked is not. unchecked: no
tool result covers it. refuted: a tool result, or the source's own answer, says otherwise.
Guarantees that an answer which no tool result supports is never called proved. Does not grade for
training (`corollary_datagen.grading.judging` does).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from corollary_agent.problem import Problem
    from corollary_agent.trace import Observation, ToolCall, Trace
    from corollary_tools.answer import Answer
    from corollary_tools.toolkit import Toolkit

Word = Literal["proved", "checked", "unchecked", "refuted"]
_READING = ("premise", "declare", "option")
_DECIDING = ("prove", "find", "choose")
_BY_MODEL = "for what the model wrote down"


@dataclass(frozen=True, slots=True)
class Judged:
    """A word and its reasons, one line each."""

    word: Word
    reasons: tuple[str, ...]


def judge_answer(problem: Problem, trace: Trace, toolkit: Toolkit) -> Judged:
    """Judge the trace's answer by its last deciding tool result, and by the gold where known."""
    if trace.answer is None:
        return Judged("unchecked", ("there is no answer to check",))
    judged = _by_tools(problem, trace, toolkit)
    if problem.answer is None:
        return judged
    same = _same(trace.answer, problem.answer, toolkit)
    if same is None:
        return judged
    source = f"the answer in {problem.source} is {problem.answer.text}"
    if not same:
        return Judged("refuted", (source, *judged.reasons))
    return Judged(judged.word, (*judged.reasons, f"{source}, too"))


def _by_tools(problem: Problem, trace: Trace, toolkit: Toolkit) -> Judged:
    from corollary_tools.reading import read_answer

    assert trace.answer is not None
    last = next(_decisive(trace), None)
    if last is None:
        return Judged("unchecked", ("no tool result covers it",))
    call, seen = last
    result = " ".join(seen.text.split())
    found = read_answer(seen.text, problem.asks, problem.options)
    same = _same(trace.answer, found, toolkit) if found else None
    if same:
        return _supported(trace, call, seen)
    if call.name in _DECIDING and same is False:
        return Judged("refuted", (f"{result} (from {call.name})",))
    return Judged("unchecked", (f"the last tool result is {result} (from {call.name})",))


def _supported(trace: Trace, call: ToolCall, seen: Observation) -> Judged:
    result = " ".join(seen.text.split())
    certificate = seen.certificate or {}
    if call.name in _DECIDING:
        used = tuple(_used(trace, certificate.get("uses")))
        return Judged("proved", (result, f"by z3, {_BY_MODEL}", *used))
    if certificate.get("kind") == "substitution" and certificate.get("solutions"):
        fits = "each fits exactly when put back; sympy found no others"
        return Judged("proved", (result, f"{fits}, {_BY_MODEL}"))
    return Judged("checked", (f"{result} is exact; that it is what was asked is not checked",))


def _used(trace: Trace, numbers: object) -> Iterator[str]:
    """The statements that a proof rests on, as the model wrote them down."""
    calls = [call for step in trace.steps for call in step.calls if call.name == "premise"]
    written = {str(call.arguments.get("n")): call.arguments.get("formula") for call in calls}
    for number in numbers if isinstance(numbers, list) else ():
        yield f"  {number}. {written.get(str(number), '(not recorded)')}"


def _decisive(trace: Trace) -> Iterator[tuple[ToolCall, Observation]]:
    """Calls with their results, the last first, without those that only read."""
    for step in reversed(trace.steps):
        results = {seen.call_id: seen for seen in step.observations}
        for call in reversed(step.calls):
            seen = results.get(call.id)
            if seen is not None and seen.fault is None and call.name not in _READING:
                yield call, seen


def _same(left: Answer, right: Answer, toolkit: Toolkit) -> bool | None:
    from corollary_tools.equivalence import equivalent

    found = equivalent(left, right, toolkit.workers)
    return found.value
