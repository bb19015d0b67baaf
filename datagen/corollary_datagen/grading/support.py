"""Whether a right answer follows from what the tools said, or was guessed.

Each kind of answer has the tools that can establish it and the form of their results. The last
such result decides, for it is what the model read before it answered; a number or an expression may
be any value that a call computed (`computed`). Unknown, and what could be, rest on every statement:
none may be unread. Contradictory premises support nothing. Reads calls and results only, never a
model's words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from corollary_agent.problem import Problem
from corollary_agent.trace import ToolCall, Trace
from corollary_datagen.grading.assumed import WHATEVER
from corollary_datagen.grading.computed import Computed, Ran, compute, numbers_in, tight
from corollary_datagen.grading.formalisation import ran
from corollary_datagen.grading.formula_words import formula_predicates
from corollary_datagen.grading.grounding import grounded_share, stated_numbers, written_numbers
from corollary_tools.answer import Answer
from corollary_tools.equivalence import equivalent
from corollary_tools.worker import Workers

_DECIDING = frozenset({"prove", "find", "choose", "equal"})
_RECORDING = frozenset({"premise", "option", "declare", "retract", "scope"})
_CONTRADICTION = ("The premises contradict", "none (")
_WEAK = ("could", "cannot", "could_be_false")
_LETTER = re.compile(r"[^\W\d]")
_NOTE = re.compile(r"\n\(You made this same call before.*", re.DOTALL)
NOT_DERIVED = "it does not follow from the tool results"


@dataclass(frozen=True, slots=True)
class _Case:
    """An answer and the calls behind it, without those that only recorded something.

    recorded: the formulas that statements were read as. unread: how many were not.
    """

    answer: Answer
    ran: tuple[Ran, ...]
    recorded: tuple[str, ...]
    unread: int
    problem: Problem
    workers: Workers

    @property
    def computed(self) -> Computed:
        return compute(self.problem, self.ran)

    def last(self, *names: str) -> Ran | None:
        """The last call of these tools."""
        rows = [row for row in self.ran if row[0].name in names]
        return rows[-1] if rows else None


def missing_support(problem: Problem, trace: Trace, workers: Workers) -> str | None:
    """Say why the tool results do not support the trace's answer; None where they do."""
    answer = trace.answer
    calls = [row for row in _results(trace) if row[0].name not in _RECORDING]
    if answer is None or not calls:
        return "no tool result stands behind the answer"
    deciding = [text for call, text in calls if call.name in _DECIDING]
    if deciding and deciding[-1].startswith(_CONTRADICTION):
        return "the premises contradict each other"
    recorded = tuple(str(c.arguments.get("formula")) for c, _ in ran(trace) if c.name == "premise")
    case = _Case(answer, tuple(calls), recorded, _unread(problem, trace), problem, workers)
    return _KINDS[answer.kind](case)


def off_question(problem: Problem, trace: Trace) -> str | None:
    """Say that what was proved is not what the question asks, by its words; None where it may be.

    A reading that was compared with a checked one needs no look at its words.
    """
    proved = [call for call, _ in _results(trace) if call.name == "prove"]
    if problem.asks != "truth" or not proved:
        return None
    conclusion = str(proved[-1].arguments.get("conclusion"))
    asked = formula_predicates(conclusion)
    if grounded_share(asked, problem.question) > 0:
        return None
    return f"the question says nothing of {', '.join(sorted(asked))}, which was proved"


def _results(trace: Trace) -> Iterator[Ran]:
    """Yield every call that ran, in order, with the text of its result."""
    for call, seen in ran(trace):
        yield call, _NOTE.sub("", seen.text)


def _unread(problem: Problem, trace: Trace) -> int:
    """How many statements no call recorded; a declaration reads the first one."""
    calls = [call for call, _ in ran(trace)]
    read = {str(call.arguments.get("n")) for call in calls if call.name == "premise"}
    declared = sum(call.name == "declare" for call in calls)
    return max(0, len(problem.statements) - len(read) - declared)


def _unless(supported: bool) -> str | None:
    return None if supported else NOT_DERIVED


def _word(text: str) -> str:
    return text.split(" ")[0].strip(".")


def _truth(case: _Case) -> str | None:
    said = case.last("prove", "equal") if case.problem.domain == "math" else case.last("prove")
    if said is None or _word(said[1]) != case.answer.value:
        return NOT_DERIVED
    call, text = said
    stated = stated_numbers(case.problem.text)
    if call.name == "equal" and stated.isdisjoint(_sent_numbers(call)) and stated:
        return NOT_DERIVED
    given = call.arguments.get("premises") or []
    closed = call.arguments.get("world") == "closed" and "does not follow" in text
    missing = case.unread
    if isinstance(given, list) and given:  # One premise may stand for two statements.
        missing = max(0, len(case.problem.statements) - 2 * len(given))
    if (text.startswith("Unknown") or closed) and missing:
        return f"{case.answer.value} rests on all statements; not read: {missing}"
    return None


def _choice(case: _Case) -> str | None:
    chosen = case.last("choose")
    if chosen is not None:
        weak = chosen[0].arguments.get("mode") in _WEAK
        if weak and case.unread:
            return f"what could be rests on all statements; not read: {case.unread}"
        return _unless(_word(chosen[1]) == case.answer.value)
    options = dict(zip("ABCDEFGHIJ", case.problem.options, strict=False))
    text = options.get(str(case.answer.value), "")
    call, said = case.ran[-1]
    if call.name == "prove" and said.startswith("True") and not said.endswith(WHATEVER):
        proved = formula_predicates(str(call.arguments.get("conclusion")))
        return _unless(grounded_share(proved, f"{text} {case.problem.question}") > 0)
    wanted = numbers_in([text])
    return _unless(bool(wanted) and wanted <= case.computed.values)


def _assignment(case: _Case) -> str | None:
    last = case.last("find", "solve")
    if last is None or not isinstance(case.answer.value, dict):
        return NOT_DERIVED
    call, said = last
    found = dict(read_bindings(said))
    if said.startswith(("several", "no solution")) or not found:
        return NOT_DERIVED
    given = call.arguments.get("equations") or call.arguments.get("constraints")
    sent = given if isinstance(given, list) else case.recorded
    known = stated_numbers(case.problem.text)
    if sent and all(_is_binding(text, found, known) for text in sent):
        return "the values were sent as they are"
    stated = Answer(kind="assignment", value=found)
    return _unless(equivalent(case.answer, stated, case.workers).value is True)


def _number(case: _Case) -> str | None:
    computed, amounts = case.computed, numbers_in([case.answer.text])
    if amounts and amounts <= computed.values:
        return None
    return _unless(_is_among(case, computed, "number"))


def _expression(case: _Case) -> str | None:
    computed = case.computed
    if tight(case.answer.text) in map(tight, computed.parts):
        return None
    return _unless(_is_among(case, computed, "expression"))


def _is_among(case: _Case, computed: Computed, kind: str) -> bool:
    stated = (
        Answer.model_validate({"kind": kind, "value": text}) for text in reversed(computed.parts)
    )
    return any(equivalent(case.answer, one, case.workers).value is True for one in stated)


def _set(case: _Case) -> str | None:
    computed = case.computed
    found = set(map(tight, computed.parts))
    items = [str(item) for item in case.answer.value]
    return _unless(all(tight(i) in found or _is_computed(i, computed) for i in items))


def _is_computed(item: str, computed: Computed) -> bool:
    amounts = numbers_in([item])
    return bool(amounts) and amounts <= computed.values


_KINDS: dict[str, Callable[[_Case], str | None]] = {
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


def _is_binding(text: object, found: dict[str, str], known: frozenset[Fraction]) -> bool:
    """Whether a sent text is only a name and its value, or numbers of nowhere that come to it."""
    name, equals, value = re.sub(r"={1,2}", "=", tight(str(text))).partition("=")
    made_up = not _LETTER.search(value) and not written_numbers([value]) <= known
    return bool(equals) and name in found and (tight(found[name]) == value or made_up)


def _sent_numbers(call: ToolCall) -> frozenset[Fraction]:
    return written_numbers(map(str, call.arguments.values()))
