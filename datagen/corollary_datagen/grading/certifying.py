"""The second route to a verdict: by certificate, from formulas, without a look at the gold answer.

A certificate shows that an answer follows from formulas. It cannot know whether the formulas say
what the sentences do. So it speaks only from formulas that were checked: the source's own (gold),
or those that independent readings of the problem share. Guarantees None, with the reason, wherever
there are none. What it cannot exclude is a mistake that all of the readings make alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from corollary_agent.problem import Problem
from corollary_agent.trace import Observation, Trace
from corollary_datagen.grading.assumed import assumed
from corollary_datagen.grading.established import establish, established
from corollary_datagen.grading.formalisation import (
    Formalisation,
    deciding_observation,
    gold_formalisation,
    read_formalisation,
    reading_key,
)
from corollary_datagen.grading.readings import (
    CONTRADICTION,
    Comparison,
    Readings,
    fits_better,
)
from corollary_datagen.stand_in import is_stand_in
from corollary_datagen.verdict import Finding
from corollary_tools.answer import Answer
from corollary_tools.equivalence import equivalent
from corollary_tools.toolkit import Toolkit, load_toolkit
from corollary_tools.worker import Workers

VOICES = 2
"""How many independent readings must agree where no gold formulas are known."""

MAX_KNOWN = 5_000  # established answers kept


@dataclass(frozen=True, slots=True)
class Reference:
    """Formulas to measure by, and the answer that they establish, if any.

    basis: why they are trusted. models: how many models agree on them (gold: 0). reason: why no
    answer is established.
    """

    formalisation: Formalisation
    basis: str
    models: int = 0
    answer: Answer | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Voice:
    """One independent reader: a model with the seed that it drew by."""

    model: str
    seed: int | None


class Case:
    """The traces of one problem with what they read, each distinct reading taken once."""

    def __init__(
        self, problem: Problem, traces: Sequence[Trace], toolkit: Callable[[], Toolkit]
    ) -> None:
        self.problem = problem
        self.traces = [trace for trace in traces if trace.answer]
        self._toolkit = toolkit
        self._own: dict[str, Formalisation | None] = {}

    def own(self, trace: Trace) -> Formalisation | None:
        """The formalisation behind the trace's answer."""
        key = reading_key(trace, self.problem)
        if key not in self._own:
            self._own[key] = read_formalisation(trace, self.problem, self._toolkit)
        return self._own[key]

    def said(self, known: Formalisation) -> Observation | None:
        """What a trace was told that asked just this, letter by letter."""
        same = (trace for trace in self.traces if self.own(trace) == known)
        trace = next(same, None)
        return None if trace is None else deciding_observation(trace, self.problem)


class Certifying:
    """Finds references and judges by them. One for a whole grading: it keeps what was decided."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._readings = Readings(workers)
        self._known: dict[Formalisation, tuple[Answer | None, str]] = {}

    @cached_property
    def _toolkit(self) -> Toolkit:
        return load_toolkit("logic+constraints+algebra", self._workers)

    def case(self, problem: Problem, traces: Sequence[Trace]) -> Case:
        """The traces of one problem, to be measured together."""
        return Case(problem, traces, lambda: self._toolkit)

    def reference(self, case: Case) -> Reference | None:
        """What the answers to a problem are certified by; None where nothing checked is there.

        Without gold formulas: what most independent readings share, at least VOICES of them. A
        gold answer is only ever questioned by readings of as many models.
        """
        problem, gold = case.problem, gold_formalisation(case.problem)
        if gold is not None:
            told = self._establishing(case, Reference(gold, "the gold formulas"))
            spoilt = told.reason == CONTRADICTION and problem.answer is not None
            return None if spoilt else told
        if problem.answer is not None and len({trace.model for trace in case.traces}) < VOICES:
            return None
        shared = self._shared(case)
        if shared is None or (problem.answer is not None and shared.models < VOICES):
            return None
        return self._establishing(case, shared)

    def reading(self, case: Case, trace: Trace, reference: Reference) -> Comparison:
        """Whether the trace's own formulas say what those of the reference do."""
        own = case.own(trace)
        if own is None:
            return Comparison(None, "no call decided on formulas of its own")
        return self._readings.same(own, reference.formalisation, part=True)

    def differs(self, case: Case, trace: Trace, others: Iterable[Trace]) -> str | None:
        """Where a trace's formulas say something else than those of one of the others.

        None where they do not, or are in names that cannot be compared.
        """
        own = case.own(trace)
        known = [case.own(other) for other in others]
        found = (self._readings.same(own, one, part=True) for one in known if own and one)
        return next((one.reason for one in found if one.value is False), None)

    def unsound(self, case: Case, trace: Trace) -> str | None:
        """Why what the last deciding call took as given cannot be relied on; None where it can.

        Only for calls that bring premises of their own: those on the desk were seen by the solver.
        """
        own = case.own(trace)
        if own is None or not own.apart:
            return None
        if self._readings.contradictory(own):
            return CONTRADICTION
        if len(own.apart) < len(case.problem.statements):
            return None
        follows = ((text, self._readings.follows(own.apart, text)) for _, text in own.premises)
        odd = next((text for text, value in follows if value is False), None)
        return odd and f"{odd} is taken as given, and no statement was read so"

    def assumed(self, case: Case, trace: Trace) -> str | None:
        """What the last deciding call decided without the problem's help; None for nothing."""
        own, said = case.own(trace), deciding_observation(trace, case.problem)
        if own is None or said is None:
            return None
        return assumed(case.problem, own, said, lambda text: self._readings.follows((), text))

    def finding(self, answer: Answer, reference: Reference) -> Finding:
        """What the reference says of an answer."""
        known = reference.answer
        if known is None:
            told = f"{reference.reason}, by {reference.basis}"
            return Finding(route="certificate", value=None, reason=told)
        value = equivalent(known, answer, self._workers).value
        told = f"{known.text} follows from {reference.basis}"
        return Finding(route="certificate", value=value, reason=told)

    def _establishing(self, case: Case, reference: Reference) -> Reference:
        """The reference with the answer that it establishes: from a trace, else by one call."""
        read, asks = reference.formalisation, case.problem.asks
        if read not in self._known:
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            said = case.said(read)
            told = established(said, asks, read) if said else establish(read, asks, self._toolkit)
            self._known[read] = told
        answer, reason = self._known[read]
        return Reference(read, reference.basis, reference.models, answer, reason)

    def _shared(self, case: Case) -> Reference | None:
        """The reading with most voices, if no other has as many or fits the words better."""
        groups: list[tuple[Formalisation, set[Voice]]] = []
        for trace in case.traces:
            read = case.own(trace)
            if read is not None:
                group = next((g for g in groups if self._readings.same(read, g[0]).value), None)
                if group is None:
                    groups.append((read, {_voice(trace)}))
                else:
                    group[1].add(_voice(trace))
        groups.sort(key=lambda group: len(group[1]), reverse=True)
        most = [len(voices) for _, voices in groups[:2]]
        if not most or most[0] < VOICES or most[1:] == most[:1]:
            return None
        read, voices = groups[0]
        if any(fits_better(other, read, case.problem) for other, _ in groups[1:]):
            return None
        models = len({voice.model for voice in voices})
        who = f"{models} models" if models > 1 else "one model"
        return Reference(read, f"formulas on which {len(voices)} readings of {who} agree", models)


def _voice(trace: Trace) -> Voice:
    """Greedy samples of one model are one voice: they say the same whatever the seed."""
    drawn = trace.sampling.temperature > 0 or is_stand_in(trace.model)
    return Voice(trace.model, trace.sampling.seed if drawn else None)
