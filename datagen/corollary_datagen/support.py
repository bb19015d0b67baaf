"""Whether a right answer follows from what the tools said, or was guessed.

Each kind of answer has the tools that can establish it and the form of their results. The last
such result decides, for it is what the model read before it answered; a number or an expression may
be any value that a computation gave. Contradictory premises support nothing. Reads result texts
only, never a model's words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from corollary_agent.problem import Problem
from corollary_agent.trace import Trace
from corollary_tools.answer import Answer
from corollary_tools.equivalence import equivalent
from corollary_tools.worker import Workers

Result = tuple[str, str]
_DECIDING = frozenset({"prove", "find", "choose", "equal"})
_RECORDING = frozenset({"premise", "option", "declare"})
_CONTRADICTION = ("The premises contradict", "none (")
_NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?(?:/\d+)?")
_NOTE = re.compile(r"\n\(You made this same call before.*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Case:
    """An answer and the results behind it, without those that only recorded something."""

    answer: Answer
    results: tuple[Result, ...]
    problem: Problem
    workers: Workers


def missing_support(problem: Problem, trace: Trace, workers: Workers) -> str | None:
    """Say why the tool results do not support the trace's answer; None where they do."""
    answer = trace.answer
    results = [result for result in tool_results(trace) if result[0] not in _RECORDING]
    if answer is None or not results:
        return "no tool result stands behind the answer"
    deciding = [result for result in results if result[0] in _DECIDING]
    if deciding and deciding[-1][1].startswith(_CONTRADICTION):
        return "it was read from premises that contradict each other"
    case = _Case(answer, tuple(results), problem, workers)
    return None if _KINDS[answer.kind](case) else "it does not follow from the tool results"


def tool_results(trace: Trace) -> Iterator[Result]:
    """Yield (tool, result text) of every call that ran, in order."""
    for step in trace.steps:
        names = {call.id: call.name for call in step.calls}
        for seen in step.observations:
            if seen.fault in (None, "repeated_call"):
                yield names.get(seen.call_id, ""), _NOTE.sub("", seen.text)


def _truth(case: _Case) -> bool:
    said = [text for name, text in case.results if name in ("prove", "equal")]
    return bool(said) and said[-1].split(" ")[0].strip(".") == case.answer.value


def _choice(case: _Case) -> bool:
    chosen = [text for name, text in case.results if name == "choose"]
    if chosen:
        return chosen[-1].split(" ")[0].strip(".") == case.answer.value
    options = dict(zip("ABCDEFGHIJ", case.problem.options, strict=False))
    text = options.get(str(case.answer.value), "")
    wanted, found = _values([text]), _values(text for _, text in case.results)
    last = case.results[-1]
    return (last[0] == "prove" and last[1].startswith("True")) or bool(wanted and wanted <= found)


def _assignment(case: _Case) -> bool:
    said = [text for name, text in case.results if name in ("find", "solve")]
    if not said or not isinstance(case.answer.value, dict):
        return False
    found = dict(read_bindings(said[-1]))
    if said[-1].startswith(("several", "no solution")) or not found:
        return False
    stated = Answer(kind="assignment", value=found)
    return equivalent(case.answer, stated, case.workers).value is True


def _number(case: _Case) -> bool:
    texts = [text for _, text in case.results]
    if _values([case.answer.text]) <= _values(texts):
        return True
    stated = (Answer(kind="number", value=part) for text in texts for part in _parts(text))
    return any(equivalent(case.answer, one, case.workers).value is True for one in stated)


def _expression(case: _Case) -> bool:
    texts = [part for _, text in case.results for part in _parts(text)]
    if _tight(case.answer.text) in map(_tight, texts):
        return True
    stated = (Answer(kind="expression", value=text) for text in reversed(texts))
    return any(equivalent(case.answer, one, case.workers).value is True for one in stated)


def _set(case: _Case) -> bool:
    found = {_tight(part) for _, text in case.results for part in _parts(text)}
    values = _values(text for _, text in case.results)
    return all(_tight(item) in found or _values([item]) <= values for item in case.answer.value)


_KINDS: dict[str, Callable[[_Case], bool]] = {
    "truth": _truth,
    "choice": _choice,
    "assignment": _assignment,
    "number": _number,
    "expression": _expression,
    "set": _set,
}


def read_bindings(text: str) -> Iterator[tuple[str, str]]:
    """Yield the name and value of each `name = value` in a result of `find` or `solve`."""
    body = text.split(": ", 1)[1] if text.startswith("unique: ") else text
    for part in body.split(", "):
        name, equals, value = part.partition(" = ")
        if equals:
            yield name.strip(), value.strip()


def _parts(text: str) -> Iterator[str]:
    """The values in a result: sides of `x = 2 or x = 3`, the number before `(about ...)`."""
    for part in re.split(r" or |, |\n", re.sub(r"\(about [^)]*\)", "", text)):
        yield part.split(" = ")[-1].strip()


def _values(texts: Iterable[str]) -> set[Fraction]:
    """Every number in the texts, exactly; signs do not count for an amount."""
    found = (match for text in texts for match in _NUMBER.findall(text))
    return {abs(value) for value in map(_fraction, found) if value is not None}


def _fraction(text: str) -> Fraction | None:
    plain = text.replace(",", "")
    try:
        if "." in plain and "/" in plain:
            top, bottom = plain.split("/")
            return Fraction(top) / Fraction(bottom)
        return Fraction(plain)
    except ZeroDivisionError:
        return None


def _tight(text: str) -> str:
    return "".join(text.split())
