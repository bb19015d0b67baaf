"""Going on from a stored step: a model takes the history of a trace and makes the rest of the run.

Guarantees the state that a run has at that place: messages, desk and memory of calls, from the
calls of the trace run again; and a trace of the whole with an id of its own, whose usage counts
what was added. The model may be another than the trace's: it is shown its own prompt, then the
trace's steps. Stores nothing; repaired attempts of the trace do not come back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver

from corollary_agent.graph import Agent, agent_identity, build_agent
from corollary_agent.limits import Limits
from corollary_agent.messages import from_openai
from corollary_agent.problem import Problem
from corollary_agent.prompt import PromptSettings, build_messages, default_prompt
from corollary_agent.repeats import Memo, call_key, first_result
from corollary_agent.replay import Replay, ReplayedCall, replay_trace
from corollary_agent.solve import trace_of
from corollary_agent.state import Update, opening_state, run_id
from corollary_agent.trace import Message, Sampling, Step, Trace
from corollary_tools.toolkit import Outcome, Toolkit

_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Place:
    """A trace with its problem, run again: every state of it can be gone on from."""

    problem: Problem
    trace: Trace
    replay: Replay


def find_place(problem: Problem, trace: Trace, toolkit: Toolkit) -> Place:
    """Run the calls of a trace again, so that it can be gone on with."""
    return Place(problem, trace, replay_trace(trace, problem, toolkit))


@dataclass(frozen=True, slots=True)
class Resumer:
    """An agent that goes on from stored steps. Made by `build_resumer`."""

    agent: Agent
    toolkit: Toolkit
    settings: PromptSettings
    _saver: InMemorySaver
    _numbers: Any = field(default_factory=count)

    @property
    def identity(self) -> dict[str, str]:
        """The model, toolkit and prompt, as traces name them."""
        return agent_identity(self.agent)

    async def aresume(self, place: Place, steps: int, sampling: Sampling) -> Trace:
        """Keep the first `steps` steps of a trace, 0 for none, and let the model make the rest.

        The state before step i keeps i steps, the one after it i + 1. Raises ValueError where the
        trace has not so many steps that it went on from.
        """
        config: RunnableConfig = {"configurable": {"thread_id": str(next(self._numbers))}}
        state = self._state(place, steps, sampling)
        try:
            await self.agent.aupdate_state(config, state, as_node="tools")
            trace = trace_of(await self.agent.ainvoke(None, config))
        finally:
            self._saver.delete_thread(config["configurable"]["thread_id"])
        key = f"{place.trace.id}:{steps}:{trace.id}"
        return trace.model_copy(update={"id": hashlib.sha256(key.encode()).hexdigest()[:16]})

    def _state(self, place: Place, steps: int, sampling: Sampling) -> Update:
        problem = place.problem
        prefix = kept_messages(place.trace, steps)
        state = opening_state(problem, sampling, self.identity)
        prompt = build_messages(problem, self.toolkit, self.settings)
        replayed = place.replay.steps[:steps]
        return state | {
            "messages": [*prompt, *map(from_openai, prefix)],
            "steps": [_unpaid(step) for step in place.trace.steps[:steps]],
            "desk": (replayed[-1].after if replayed else problem.desk).model_dump(mode="json"),
            "memory": _memory(call for step in replayed for call in step.outcomes),
            "run": run_id(problem, sampling, self.identity),
        }


def build_resumer(
    model: BaseChatModel,
    toolkit: Toolkit,
    limits: Limits = _LIMITS,
    *,
    prompt: PromptSettings | None = None,
) -> Resumer:
    """Build what goes on from stored steps with `model`. Arguments and errors as `build_agent`."""
    saver, settings = InMemorySaver(), prompt or default_prompt(model)
    agent = build_agent(model, toolkit, limits, prompt=settings, checkpointer=saver)
    return Resumer(agent, toolkit, settings, saver)


def kept_messages(trace: Trace, steps: int) -> tuple[Message, ...]:
    """The messages of the first `steps` steps, results included, without the prompt.

    Raises ValueError where the trace did not go on from there.
    """
    starts = [i for i, message in enumerate(trace.messages) if message["role"] == "assistant"]
    if not 0 <= steps <= len(starts) or (steps == len(starts) and trace.answer is not None):
        raise ValueError(f"nothing goes on after {steps} steps; the trace has {len(starts)}")
    if not starts:
        return ()
    end = [*starts, len(trace.messages)][steps]
    return trace.messages[starts[0] : end]


def _unpaid(step: Step) -> dict[str, Any]:
    """A step as the state holds it, without what it took: that was paid before."""
    unpaid = {"input_tokens": 0, "output_tokens": 0, "milliseconds": 0.0, "cost": None}
    seen = tuple(o.model_copy(update={"milliseconds": 0.0}) for o in step.observations)
    return step.model_copy(update={**unpaid, "observations": seen}).model_dump(mode="json")


def _memory(calls: Iterable[ReplayedCall]) -> dict[str, Memo]:
    memory: dict[str, Memo] = {}
    for ran in calls:
        key = call_key(ran.call, ran.before)
        if key in memory:
            memory[key] = {**memory[key], "count": memory[key]["count"] + 1}
        else:
            memory[key] = first_result(ran.call, ran.before, _outcome(ran)).memo
    return memory


def _outcome(ran: ReplayedCall) -> Outcome:
    seen: Any = ran.observation  # A call's first result: no tool says that it is a repeated one.
    return Outcome(seen.text, ran.after, seen.fault, certificate=seen.certificate)
