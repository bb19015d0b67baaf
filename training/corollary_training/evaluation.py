"""Evaluations: what a model did on a set of problems, as one record that can be compared.

Guarantees frozen, versioned records whose totals follow from their outcomes, and files that are
written whole or not at all. accuracy is correct / n, where n counts every problem that got a
verdict: UNDECIDED is not correct, and an error of the model (server gone, out of memory) is no
verdict and stands apart. Runs nothing (`evaluate` does) and compares nothing (`gate` does).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from corollary_agent.problem import Domain
from corollary_agent.trace import Sampling, Step, StopReason, Trace
from corollary_datagen.verdict import Graded, Judgement
from corollary_tools.answer import Answer
from corollary_training.files import load_record, save_record
from corollary_training.intervals import wilson

__all__ = ["Evaluation", "Graded", "Outcome", "Share", "summarise", "valid_call_rate"]

Grouping = Literal["source", "domain", "family"]
_UNUSABLE = frozenset({"malformed_call", "unknown_tool", "bad_arguments", "tool_error"})


class Outcome(BaseModel):
    """What became of one problem. judgement is None where the model failed, with the cause."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    problem_id: str
    trace_id: str
    source: str
    family: str
    domain: Domain
    judgement: Judgement | None
    reason: str
    stop: StopReason
    answer: Answer | None
    gold: Answer | None
    steps: int
    tokens: int
    milliseconds: float

    @property
    def kind(self) -> str:
        """The kind of family: `theories` of theories:041b; its source where it is text alone."""
        prefix = self.family.partition(":")[0]
        return self.source if prefix == "text" else prefix


class Share(BaseModel):
    """One group of problems, by source, domain or kind of family: how many got a verdict, how many
    are right, and at what length.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: Grouping
    name: str
    n: int
    correct: int
    accuracy: float
    low: float
    high: float
    steps: float
    tokens: float


class Evaluation(BaseModel):
    """A model on a set of problems. accuracy has a Wilson 95 % interval, low to high.

    model: its name for people; spec: what its traces call it.
    valid_call_rate: the share of the model's messages that were usable as written: a call that ran
    or an answer. Malformed, unknown, badly filled and failing calls are not, repaired or not.
    steps, tokens (generated): means a problem. ms: wall-clock a problem, the whole run over its
    problems at the stated concurrency. latency_ms: mean time from question to answer. cost: US
    dollars for all, where the provider says. errors: problems on which the model failed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    model: str
    spec: str
    source: str
    split: str
    toolkit: str
    prompt: str
    sampling: Sampling
    concurrency: int
    n: int
    correct: int
    wrong: int
    undecided: int
    errors: int
    accuracy: float
    low: float
    high: float
    valid_call_rate: float
    steps: float
    tokens: float
    ms: float
    latency_ms: float
    cost: float | None
    shares: tuple[Share, ...]
    faults: dict[str, int]
    stops: dict[str, int]
    outcomes: tuple[Outcome, ...]

    @property
    def is_stand_in(self) -> bool:
        """Whether the model is the embedded rule-based expert and not a language model."""
        return re.match(r"expert\b", self.spec) is not None

    def figures(self) -> dict[str, float | int]:
        """The headline figures, as they stand in `result.json` and under `--json`."""
        return {
            "accuracy": self.accuracy,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "valid_call_rate": self.valid_call_rate,
            "steps": self.steps,
            "tokens": self.tokens,
            "ms": self.ms,
        }

    def save(self, path: Path) -> None:
        """Write the record as JSON; `path` holds the old file or the new one, never half of it."""
        save_record(self, path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a saved record. Raises CorollaryError naming the file and the field at fault."""
        return load_record(cls, path)


def summarise(
    graded: Sequence[Graded], *, name: str, milliseconds: float, concurrency: int = 1
) -> Evaluation:
    """Build the evaluation of graded traces, fresh or stored.

    name: the model's, as people will read it. milliseconds: wall-clock of the whole run; 0 where it
    is not known. A trace that ended in an error or has no verdict counts as an error. Raises
    ValueError where there is no trace at all.
    """
    if not graded:
        raise ValueError("an evaluation needs at least one trace")
    outcomes = tuple(_to_outcome(item) for item in graded)
    traces = [item.trace for item in graded]
    judged = [outcome for outcome in outcomes if outcome.judgement]
    told = Counter(outcome.judgement for outcome in outcomes)
    low, high = wilson(told["CORRECT"], len(judged))
    return Evaluation(
        model=name,
        spec=traces[0].model,
        source=_joined(item.problem.source for item in graded),
        split=_joined(item.problem.split for item in graded),
        toolkit=traces[0].toolkit,
        prompt=traces[0].prompt,
        sampling=traces[0].sampling,
        concurrency=concurrency,
        n=len(judged),
        correct=told["CORRECT"],
        wrong=told["INCORRECT"],
        undecided=told["UNDECIDED"],
        errors=told[None],
        accuracy=told["CORRECT"] / max(1, len(judged)),
        low=low,
        high=high,
        valid_call_rate=valid_call_rate(traces),
        steps=_mean([o.steps for o in judged]),
        tokens=_mean([o.tokens for o in judged]),
        ms=milliseconds / len(graded),
        latency_ms=_mean([o.milliseconds for o in judged]),
        cost=_cost(traces),
        shares=_shares(judged),
        faults=dict(Counter(f for t in traces for s in t.steps for f in s.faults).most_common()),
        stops=dict(Counter(t.stop for t in traces).most_common()),
        outcomes=outcomes,
    )


def valid_call_rate(traces: Iterable[Trace]) -> float:
    """Return the share of model messages that were usable as written; 1 where there were none."""
    steps = [step for trace in traces for step in trace.steps]
    usable = sum(_is_usable(step) for step in steps)
    written = sum(len(step.attempts) + _has_message(step) for step in steps)
    return usable / written if written else 1.0


def _has_message(step: Step) -> bool:
    return bool(step.calls or step.content)


def _is_usable(step: Step) -> bool:
    observed = {observation.fault for observation in step.observations}
    return _has_message(step) and not observed & _UNUSABLE


def _to_outcome(graded: Graded) -> Outcome:
    problem, trace = graded.problem, graded.trace
    verdict = None if trace.stop == "error" else graded.verdict
    return Outcome(
        problem_id=problem.id,
        trace_id=trace.id,
        source=problem.source,
        family=problem.family,
        domain=problem.domain,
        judgement=verdict.judgement if verdict else None,
        reason=verdict.reason if verdict else trace.error or "the model failed without a cause",
        stop=trace.stop,
        answer=trace.answer,
        gold=problem.answer,
        steps=len(trace.steps),
        tokens=trace.usage.output_tokens,
        milliseconds=trace.usage.model_milliseconds + trace.usage.tool_milliseconds,
    )


def _shares(judged: Sequence[Outcome]) -> tuple[Share, ...]:
    groups: dict[tuple[Grouping, str], list[Outcome]] = {}
    for outcome in judged:
        groups.setdefault(("source", outcome.source), []).append(outcome)
        groups.setdefault(("domain", outcome.domain), []).append(outcome)
        groups.setdefault(("family", outcome.kind), []).append(outcome)
    return tuple(_share(by, name, group) for (by, name), group in sorted(groups.items()))


def _share(by: Grouping, name: str, group: list[Outcome]) -> Share:
    correct = sum(outcome.judgement == "CORRECT" for outcome in group)
    low, high = wilson(correct, len(group))
    return Share(
        by=by,
        name=name,
        n=len(group),
        correct=correct,
        accuracy=correct / len(group),
        low=low,
        high=high,
        steps=_mean([outcome.steps for outcome in group]),
        tokens=_mean([outcome.tokens for outcome in group]),
    )


def _cost(traces: Sequence[Trace]) -> float | None:
    known = [trace.usage.cost for trace in traces if trace.usage.cost is not None]
    return sum(known) if len(known) == len(traces) else None


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _joined(names: Iterable[str]) -> str:
    return "+".join(dict.fromkeys(names))
