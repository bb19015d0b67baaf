"""What the agent graph remembers between its nodes, and the trace that is made of it at the end.

Guarantees plain JSON values and LangChain messages only, so that every checkpointer can store a
run and another process can go on with it. All lists are replaced, never appended to in place.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, TypedDict

from langchain_core.messages import AIMessage, BaseMessage
from langgraph.managed import RemainingSteps

from corollary_agent.budget import add_costs
from corollary_agent.messages import to_openai
from corollary_agent.problem import Problem
from corollary_agent.trace import Sampling, Step, StopReason, Trace, Usage


class AgentInput(TypedDict, total=False):
    """What a run needs. problem: a Problem, or its JSON. sampling: a Sampling, or its JSON."""

    problem: Any
    sampling: Any


class AgentOutput(TypedDict, total=False):
    """What a run gives. answer: an Answer's JSON or None. trace: the Trace's JSON."""

    answer: dict[str, Any] | None
    stop: StopReason
    trace: dict[str, Any]


class AgentState(AgentInput, AgentOutput, total=False):
    """A run under way.

    identity: model, toolkit and prompt as the trace names them. desk: a Desk. messages: prompt and
    accepted steps. failed: attempts of this step and what was told about them, seen by the model
    until one is accepted. pending: the model's last message. draft: the Step being made. flaw: why
    the pending message cannot be used. steps: Steps. memory: what each call got, by `repeats`.
    """

    run: str
    identity: dict[str, str]
    desk: dict[str, Any]
    messages: list[BaseMessage]
    failed: list[BaseMessage]
    pending: AIMessage | None
    draft: dict[str, Any]
    flaw: dict[str, Any] | None
    steps: list[dict[str, Any]]
    memory: dict[str, dict[str, Any]]
    error: str | None
    remaining_steps: RemainingSteps


Update = dict[str, Any]


def opening_state(problem: Problem, sampling: Sampling, identity: dict[str, str]) -> Update:
    """Return the state of a run that has not begun; it replaces all of an earlier run's."""
    return {
        "problem": problem.model_dump(mode="json"),
        "sampling": sampling.model_dump(mode="json"),
        "run": run_id(problem, sampling, identity),
        "identity": identity,
        "desk": problem.desk.model_dump(mode="json"),
        "messages": [],
        "failed": [],
        "pending": None,
        "draft": {},
        "flaw": None,
        "steps": [],
        "memory": {},
        "answer": None,
        "stop": None,
        "error": None,
        "trace": None,
    }


def run_id(problem: Problem, sampling: Sampling, identity: dict[str, str]) -> str:
    """16 hexadecimal digits over problem, model, sampling with its seed, toolkit and prompt."""
    key = [problem.id, problem.text, sampling.model_dump(mode="json"), identity]
    return hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:16]


def read_problem_value(value: Any) -> Problem:
    """Return the Problem that a state holds as a record or as its JSON."""
    return value if isinstance(value, Problem) else Problem.model_validate(value)


def read_sampling_value(value: Any) -> Sampling:
    """Return the Sampling that a state holds as a record, as its JSON, or not at all."""
    return value if isinstance(value, Sampling) else Sampling.model_validate(value or {})


def finish(state: AgentState, update: Update, stop: StopReason) -> Update:
    """Return `update` with the stop reason and the trace of the whole run."""
    ended: dict[str, Any] = {**state, **update, "stop": stop}
    if ended["draft"]:
        ended["steps"] = [*ended["steps"], ended["draft"]]
    trace = to_trace(ended).model_dump(mode="json")
    return {**update, "steps": ended["steps"], "draft": {}, "stop": stop, "trace": trace}


def to_trace(state: dict[str, Any]) -> Trace:
    """Make the trace of a state that has a stop reason."""
    problem = read_problem_value(state["problem"])
    steps = tuple(Step.model_validate(step) for step in state["steps"])
    return Trace.model_validate(
        {
            "id": state["run"],
            "problem_id": problem.id,
            **state["identity"],
            "sampling": state["sampling"],
            "messages": tuple(to_openai(message) for message in state["messages"]),
            "steps": steps,
            "answer": state["answer"],
            "stop": state["stop"],
            "error": state["error"],
            "usage": to_usage(steps),
        }
    )


def to_usage(steps: tuple[Step, ...]) -> Usage:
    """Add up the tokens and the time of steps."""
    return Usage(
        input_tokens=sum(step.input_tokens for step in steps),
        output_tokens=sum(step.output_tokens for step in steps),
        model_milliseconds=sum(step.milliseconds for step in steps),
        tool_milliseconds=sum(o.milliseconds for step in steps for o in step.observations),
        cost=add_costs(*(step.cost for step in steps)),
    )
