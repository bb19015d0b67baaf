"""Recorded moves as a Trace: through the agent graph and the real tools, like any other model's.

Guarantees that every result in a trace is what our tools said now, except those of tools that we do
not have: such a conversation is kept as it was recorded, and its trace says so (`FOREIGN`). What a
recorded program needs of earlier results is taken from the tools. Stores nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Lock

from langchain_core.messages import AIMessage

from corollary_agent.graph import Agent, build_agent
from corollary_agent.limits import Limits
from corollary_agent.models.recorded import plan
from corollary_agent.models.recorded_programs import read_program
from corollary_agent.models.recorded_scripts import RecordedScriptsModel
from corollary_agent.problem import Problem
from corollary_agent.prompt import PromptSettings
from corollary_agent.solve import solve
from corollary_agent.trace import Sampling, Trace
from corollary_datagen.imports.foreign import (
    RECORDED_PROMPT,
    differs,
    foreign_toolkit,
    foreign_trace,
    ran_differently,
    same_result,
)
from corollary_datagen.imports.recorded import Move, Recorded, Refused, Turn, Unreadable
from corollary_datagen.imports.values import comes_to, filled
from corollary_datagen.store.store import TraceKey, settings_key
from corollary_tools.toolkit import Toolkit

PROMPT = PromptSettings(style="brief", reading="desk")
_LIMITS = Limits(steps=200, tokens=10_000_000, seconds=3600)


@dataclass(frozen=True, slots=True)
class Replayed:
    """A trace, and how many results of the record differ from what the tools say now."""

    trace: Trace
    different: tuple[str, ...] = ()


_Run = tuple[str, str, int]


@dataclass(slots=True)
class Replayer:
    """Replays through `toolkit`; one agent for each recorded model. Threads may share it."""

    toolkit: Toolkit
    scripts: dict[_Run, tuple[AIMessage, ...]] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def key(self, recorded: Recorded, problem: Problem) -> TraceKey:
        """The key that the trace of this output is stored under."""
        toolkit, prompt = self.toolkit.hash, PROMPT.hash
        if self._foreign(recorded):
            toolkit, prompt = foreign_toolkit(recorded), RECORDED_PROMPT
        settings = settings_key(toolkit, prompt, Sampling())
        return TraceKey(problem.id, recorded.spec, settings, recorded.sample)

    def replay(self, recorded: Recorded, problem: Problem) -> Replayed | Refused:
        """The trace of this output on this problem, or why there is none."""
        try:
            if self._foreign(recorded):
                trace = foreign_trace(recorded, problem)
                return Replayed(trace, tuple(ran_differently(recorded, problem, self.toolkit)))
            script = self._script(recorded, problem)
        except Unreadable as error:
            return Refused(recorded.place, error.reason, error.detail)
        run = recorded.spec, problem.id, recorded.sample
        self.scripts[run] = script
        trace = solve(self._agent(recorded.spec), problem, Sampling(seed=recorded.sample))
        del self.scripts[run]
        return self._checked(recorded, trace)

    def _foreign(self, recorded: Recorded) -> list[str]:
        known = {tool.name for tool in self.toolkit.tools}
        return [m.name for turn in recorded.turns for m in turn.moves if m.name not in known]

    def _agent(self, spec: str) -> Agent:
        with self.lock:
            if spec not in self.agents:
                find = partial(self._find, spec)
                model = RecordedScriptsModel(spec=spec, find=find)
                self.agents[spec] = build_agent(model, self.toolkit, _LIMITS, prompt=PROMPT)
            return self.agents[spec]

    def _find(self, spec: str, problem: str, seed: int) -> tuple[AIMessage, ...]:
        return self.scripts[spec, problem, seed]

    def _script(self, recorded: Recorded, problem: Problem) -> tuple[AIMessage, ...]:
        """The messages to say: the calls with everything put in, then the answer."""
        turns = _planned(recorded, problem) if recorded.program else recorded.turns
        messages = [_message(turn, number) for number, turn in enumerate(self._resolved(turns))]
        answer = [] if recorded.answer is None else [AIMessage(recorded.answer)]
        return (*messages, *answer)

    def _resolved(self, turns: Sequence[Turn]) -> list[Turn]:
        """The turns with the results of earlier moves put in, which the tools are asked for."""
        if not any("⟦" in str(move.arguments) for turn in turns for move in turn.moves):
            return list(turns)
        results: list[str] = []
        resolved = []
        for turn in turns:
            arguments = {k: filled(v, results) for k, v in turn.moves[0].arguments.items()}
            outcome = self.toolkit.call(turn.moves[0].name, arguments)
            if outcome.fault:
                raise Unreadable("a call of the program fails", outcome.text)
            results.append(outcome.text)
            resolved.append(Turn(turn.content, (Move(turn.moves[0].name, arguments),)))
        return resolved

    def _checked(self, recorded: Recorded, trace: Trace) -> Replayed | Refused:
        results = [seen for step in trace.steps for seen in step.observations]
        if trace.stop == "error":
            cause = " ".join((trace.error or "").split())
            return Refused(recorded.place, "the run of it failed", cause)
        if trace.stop == "loop" and recorded.messages:
            return Refused(recorded.place, "it repeats calls that our agent would have ended")
        if recorded.printed and not (results and comes_to(results[-1].text, recorded.printed)):
            last = results[-1].text if results else "nothing"
            told = f"{last}, not {recorded.printed}"
            return Refused(recorded.place, "the tools do not come to what the code printed", told)
        return Replayed(trace, tuple(_different(recorded, trace)))


def _planned(recorded: Recorded, problem: Problem) -> tuple[Turn, ...]:
    try:
        moves = plan(read_program(recorded.program), problem)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise Unreadable("the program cannot be read", str(error)) from None
    return tuple(Turn("", (Move(name, arguments),)) for name, arguments in moves)


def _message(turn: Turn, number: int) -> AIMessage:
    calls = [
        {"name": move.name, "args": move.arguments, "id": f"call_{number}_{place}"}
        for place, move in enumerate(turn.moves)
    ]
    broken = [
        {"name": name, "args": text, "id": f"broken_{number}_{place}", "error": None}
        for place, (name, text) in enumerate(turn.broken)
    ]
    return AIMessage(turn.content, tool_calls=calls, invalid_tool_calls=broken)


def _different(recorded: Recorded, trace: Trace) -> list[str]:
    """Where the record says that a call of ours got something else than it gets now."""
    said = [move.result for turn in recorded.turns for move in turn.moves]
    if not any(one is not None for one in said):
        return []
    now = {
        c.id: o for s in trace.steps for c in s.calls for o in s.observations if o.call_id == c.id
    }
    found = []
    for number, turn in enumerate(recorded.turns):
        for place, move in enumerate(turn.moves):
            seen = now.get(f"call_{number}_{place}")
            if seen and move.result is not None and not same_result(move.result, seen.text):
                found.append(differs(move, seen.text))
    return found
