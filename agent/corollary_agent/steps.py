"""The step that is being made, and what a run has used so far.

Guarantees pure functions of the state. Does not decide anything: `nodes` compares with the limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corollary_agent.budget import add_costs
from corollary_agent.replies import Flaw, Reply
from corollary_agent.state import AgentState
from corollary_agent.trace import Step
from corollary_tools.errors import CorollaryError


def draft_step(state: AgentState, reply: Reply, milliseconds: float) -> dict[str, Any]:
    """The step so far: this message, and the cost of the failed attempts before it."""
    before = Step.model_validate(state["draft"])
    usage = reply.message.usage_metadata
    step = Step(
        content="" if reply.flaw else str(reply.message.text),
        calls=reply.calls,
        attempts=before.attempts,
        input_tokens=before.input_tokens + (usage["input_tokens"] if usage else 0),
        output_tokens=before.output_tokens + (usage["output_tokens"] if usage else 0),
        milliseconds=before.milliseconds + milliseconds,
        cost=add_costs(before.cost, reply.message.response_metadata.get("cost")),
    )
    return step.model_dump(mode="json")


def stored_flaw(flaw: Flaw | None) -> dict[str, Any] | None:
    """A flaw as the state holds it."""
    if flaw is None:
        return None
    return {"attempt": flaw.attempt.model_dump(mode="json"), "shown": list(flaw.shown)}


def describe(who: str, error: Exception) -> str:
    """What failed and why, in lines for people."""
    if isinstance(error, CorollaryError):
        return str(error)
    return f"{who} failed\n  because {type(error).__name__}: {error}"


def failed_steps(steps: Sequence[dict[str, Any]]) -> int:
    """How many of the last steps, in a row, have calls of which every one failed."""
    failed = [bool(s["observations"]) and all(o["fault"] for o in s["observations"]) for s in steps]
    return next((n for n, fault in enumerate(reversed(failed)) if not fault), len(failed))


def seconds_spent(state: AgentState) -> float:
    """Seconds of model and tools in this run so far."""
    steps = [*state["steps"], state["draft"]] if state["draft"] else state["steps"]
    tools = (o["milliseconds"] for step in steps for o in step["observations"])
    return float(sum(step["milliseconds"] for step in steps) + sum(tools)) / 1000


def tokens_used(state: AgentState) -> int:
    """The length of the conversation, as the model counted it at its last message."""
    pending = state["pending"]
    usage = pending.usage_metadata if pending is not None else None
    return usage["input_tokens"] + usage["output_tokens"] if usage else 0
