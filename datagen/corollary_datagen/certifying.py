"""The second route to a verdict: by certificate, from formulas, without a look at the gold answer.

A certificate shows that an answer follows from formulas. It cannot know whether the formulas say
what the sentences do. So it speaks only from formulas that were checked: the source's own (gold),
or those that independent readings of the problem share. Guarantees None, with the reason, wherever
there are none. What it cannot exclude is a mistake that all of the readings make alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from corollary_agent.problem import Problem
from corollary_agent.trace import Trace
from corollary_datagen.formalisation import (
    Formalisation,
    gold_formalisation,
    ran,
    read_formalisation,
    reading_key,
)
from corollary_datagen.readings import CONTRADICTION, Comparison, Readings
from corollary_datagen.stand_in import is_stand_in
from corollary_datagen.verdict import Finding
from corollary_tools.answer import Answer
from corollary_tools.certificates import certify
from corollary_tools.equivalence import equivalent
from corollary_tools.toolkit import Toolkit, load_toolkit
from corollary_tools.worker import Workers

VOICES = 2
"""How many independent readings must agree where no gold formulas are known."""

MAX_KNOWN = 100_000  # certificates kept


@dataclass(frozen=True, slots=True)
class Reference:
    """Formulas to measure by. basis: why they are trusted. models: how many agree (gold: 0)."""

    formalisation: Formalisation
    basis: str
    models: int = 0


@dataclass(frozen=True, slots=True)
class Voice:
    """One independent reader: a model with the seed that it drew by."""

    model: str
    seed: int | None


class Certifying:
    """Finds references and judges by them. One for a whole grading: it keeps what was decided."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._readings = Readings(workers)
        self._known: dict[tuple[Formalisation, str], Finding] = {}

    @cached_property
    def toolkit(self) -> Toolkit:
        """The tools through which recording calls are run again."""
        return load_toolkit("logic+constraints+algebra", self._workers)

    def reference(self, problem: Problem, traces: Sequence[Trace]) -> Reference | None:
        """What the answers to a problem are certified by; None where nothing checked is there.

        Without gold formulas: what most independent readings share, at least VOICES of them. A
        gold answer is only ever questioned by readings of two models.
        """
        gold = gold_formalisation(problem)
        if gold is not None:
            return Reference(gold, "the gold formulas")
        if problem.answer is not None and len({trace.model for trace in traces}) < VOICES:
            return None
        shared = self._shared(problem, [trace for trace in traces if trace.answer])
        return None if problem.answer is not None and shared and shared.models < VOICES else shared

    def reading(self, problem: Problem, trace: Trace, reference: Reference) -> Comparison:
        """Whether the trace's own formulas say what those of the reference do."""
        own = read_formalisation(trace, problem, self.toolkit)
        if own is None:
            return Comparison(None, "no call decided on formulas of its own")
        return self._readings.same(own, reference.formalisation, part=True)

    def unsound(self, problem: Problem, trace: Trace) -> str | None:
        """Why what the last deciding call took as given cannot be relied on; None where it can.

        Only for calls that bring premises of their own: those on the desk were seen by the solver.
        """
        own = read_formalisation(trace, problem, self.toolkit) if _brings_own(trace) else None
        if own is None or not own.apart:
            return None
        if self._readings.contradictory(own):
            return CONTRADICTION
        if len(own.apart) < len(problem.statements):
            return None
        follows = ((text, self._readings.follows(own.apart, text)) for _, text in own.premises)
        odd = next((text for text, value in follows if value is False), None)
        return odd and f"{odd} is taken as given, and no statement was read so"

    def finding(self, answer: Answer, reference: Reference) -> Finding:
        """What the reference says of an answer."""
        key = (reference.formalisation, answer.model_dump_json())
        if key not in self._known:
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            self._known[key] = self._found(answer, reference)
        return self._known[key]

    def _found(self, answer: Answer, reference: Reference) -> Finding:
        read = reference.formalisation
        if read.equations:
            value, reason = self._solved(answer, read)
        else:
            found = certify(answer, read.desk, read.question, workers=self._workers)
            value, reason = found.value, found.reason
        return Finding(route="certificate", value=value, reason=f"{reason}, by {reference.basis}")

    def _solved(self, answer: Answer, read: Formalisation) -> tuple[bool | None, str]:
        """Whether the answer is what the equations give."""
        outcome = self.toolkit.call("solve", {"equations": list(read.equations)})
        known = _solution(answer, (outcome.certificate or {}).get("solutions"), read)
        if known is None:
            return None, "the equations do not settle it"
        same = equivalent(known, answer, self._workers)
        return same.value, f"the equations give {known.text}"

    def _shared(self, problem: Problem, traces: Sequence[Trace]) -> Reference | None:
        """The reading with most voices, if no other has as many."""
        groups: list[tuple[Formalisation, set[Voice]]] = []
        for read, voice in self._voices(problem, traces):
            group = next((g for g in groups if self._readings.same(read, g[0]).value), None)
            if group is None:
                groups.append((read, {voice}))
            else:
                group[1].add(voice)
        groups.sort(key=lambda group: len(group[1]), reverse=True)
        if not groups or len(groups[0][1]) < VOICES:
            return None
        if len(groups) > 1 and len(groups[1][1]) == len(groups[0][1]):
            return None
        read, voices = groups[0]
        models = len({voice.model for voice in voices})
        who = f"{models} models" if models > 1 else "one model"
        return Reference(read, f"formulas on which {len(voices)} readings of {who} agree", models)

    def _voices(
        self, problem: Problem, traces: Sequence[Trace]
    ) -> Iterator[tuple[Formalisation, Voice]]:
        known: dict[str, Formalisation | None] = {}
        for trace in traces:
            key = reading_key(trace, problem)
            if key not in known:
                known[key] = read_formalisation(trace, problem, self.toolkit)
            read = known[key]
            if read is not None:
                yield read, _voice(trace)


def _brings_own(trace: Trace) -> bool:
    """Whether a call brings premises of its own although some were recorded."""
    calls = [call for call, _ in ran(trace)]
    given = any(
        call.arguments.get("premises") or call.arguments.get("constraints") for call in calls
    )
    return given and any(call.name == "premise" for call in calls)


def _voice(trace: Trace) -> Voice:
    """Greedy samples of one model are one voice: they say the same whatever the seed."""
    drawn = trace.sampling.temperature > 0 or is_stand_in(trace.model)
    return Voice(trace.model, trace.sampling.seed if drawn else None)


def _solution(answer: Answer, solutions: object, read: Formalisation) -> Answer | None:
    """The answer that solved equations give, in the form of `answer`; None where they leave it."""
    rows = (
        [row for row in solutions if isinstance(row, dict)] if isinstance(solutions, list) else []
    )
    if not rows or (len(rows) > 1 and (answer.kind != "set" or len(rows[0]) > 1)):
        return None
    if answer.kind == "assignment":
        return Answer(kind="assignment", value={str(k): str(v) for k, v in rows[0].items()})
    values = [str(value) for row in rows for value in row.values()]
    if answer.kind == "set":
        return Answer(kind="set", value=values)
    asked = rows[0].get(read.question.conclusion)
    only = str(asked) if asked is not None else values[0] if len(values) == 1 else None
    return None if only is None else Answer(kind="number", value=only)
