"""Replaying a stored trace: its calls again, in order, through the real tools.

Guarantees that calls are treated as in a run: from the problem's desk on, each on the desk that the
one before left, repeated ones from memory. A call that was never run then (its observation is
missing) is not run now. Does not ask a model, judge or store.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from corollary_agent.problem import Problem
from corollary_agent.repeats import Memo, Result, call_key, first_result, repeated_result
from corollary_agent.trace import Observation, Step, ToolCall, Trace
from corollary_tools.desk import Desk
from corollary_tools.toolkit import Toolkit

_NOTE = re.compile(r"\n\(You made this same call before[^\n]*\)$")


@dataclass(frozen=True, slots=True)
class Difference:
    """An observation that is not what the trace says. step, call: places, from 0."""

    step: int
    call: int
    stored: Observation
    now: Observation


@dataclass(frozen=True, slots=True)
class ReplayedCall:
    """A call run again: the desk before and after it, and what it came to now."""

    call: ToolCall
    before: Desk
    after: Desk
    observation: Observation


@dataclass(frozen=True, slots=True)
class ReplayedStep:
    """A step run again. outcomes: one for each stored observation, in the order of the calls."""

    index: int
    before: Desk
    after: Desk
    outcomes: tuple[ReplayedCall, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """A trace run again. foreign: tools that it calls and this toolkit has not, in order.

    differences: where what was observed is not what is stored; notes on repeated calls do not
    count. A call of a foreign tool cannot be run, so it is always among them.
    """

    steps: tuple[ReplayedStep, ...]
    differences: tuple[Difference, ...]
    foreign: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Did every call bring what the trace says?"""
        return not self.differences


def replay_trace(trace: Trace, problem: Problem, toolkit: Toolkit) -> Replay:
    """Run the calls of `trace` again, from the desk of `problem`, through `toolkit`.

    The result holds the desk before and after each step and what each call came to.
    """
    run = _Run(toolkit, problem.desk)
    steps = tuple(run.step(index, step) for index, step in enumerate(trace.steps))
    differences = tuple(d for s in steps for d in _differences(trace.steps[s.index], s))
    known = {tool.name for tool in toolkit.tools}
    called = (call.name for step in trace.steps for call in step.calls)
    return Replay(steps, differences, tuple(dict.fromkeys(n for n in called if n not in known)))


@dataclass(slots=True)
class _Run:
    """A replay under way: the desk as it is now, and what each call got before."""

    toolkit: Toolkit
    desk: Desk
    memory: dict[str, Memo] = field(default_factory=dict)

    def step(self, index: int, step: Step) -> ReplayedStep:
        before = self.desk
        outcomes = tuple(self._outcome(call) for call, _ in _observed(step))
        return ReplayedStep(index, before, self.desk, outcomes)

    def _outcome(self, call: ToolCall) -> ReplayedCall:
        before, key = self.desk, call_key(call, self.desk)
        result = self._result(call, self.memory.get(key))
        self.desk, self.memory[key] = result.desk, result.memo
        return ReplayedCall(call, before, result.desk, result.observation)

    def _result(self, call: ToolCall, memo: Memo | None) -> Result:
        if memo is not None:
            return repeated_result(call, self.desk, memo)
        outcome = self.toolkit.call(call.name, call.arguments, self.desk)
        return first_result(call, self.desk, outcome)


def _observed(step: Step) -> Iterator[tuple[ToolCall, Observation]]:
    """The calls that ran, each with what it got."""
    seen = {observation.call_id: observation for observation in step.observations}
    return ((call, seen[call.id]) for call in step.calls if call.id in seen)


def _differences(step: Step, again: ReplayedStep) -> Iterator[Difference]:
    pairs = zip(_observed(step), again.outcomes, strict=True)
    for number, ((_, stored), now) in enumerate(pairs):
        if _plain(stored.text) != _plain(now.observation.text):
            yield Difference(again.index, number, stored, now.observation)


def _plain(text: str) -> str:
    return _NOTE.sub("", text)
