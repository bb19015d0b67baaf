"""A person's word on the calls of a message before they run: run, edit or refuse.

`ask_person` stops the graph with LangGraph's interrupt where the run's configuration says so
(`approving(config)`) and returns the Decision that `Command(resume=...)` brings. Guarantees that an
edited call stands in the history as the model's own, with the proposed one kept as an attempt of
the step, and that a refusal is told to the model as what to mend. Does not show anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from langchain_core.runnables import RunnableConfig
from langgraph.types import interrupt
from pydantic import BaseModel, ConfigDict

from corollary_agent.replies import Flaw, Reader, written
from corollary_agent.state import AgentState, Update
from corollary_agent.trace import Attempt, Fault, Step, ToolCall

BY_A_PERSON: tuple[Fault, ...] = ("edited_call", "refused_call")
"""Attempts that a person set aside; they do not count against the model's repairs."""

_ASKS = "approve"
_REFUSED = "Not run: the person refused this call"


class Decision(BaseModel):
    """What a person decided. calls: those to run where kind is edit. reason: why it was refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["run", "edit", "refuse"] = "run"
    calls: tuple[ToolCall, ...] = ()
    reason: str = ""


def approving(config: RunnableConfig) -> RunnableConfig:
    """Return `config` with the wish to be asked before each message's calls run.

    It needs an agent with a checkpointer: the run stops there until it is resumed.
    """
    return {**config, "configurable": {**config.get("configurable", {}), _ASKS: True}}


def ask_person(state: AgentState, config: RunnableConfig) -> Decision:
    """Stop for a decision where the configuration asks for it; run otherwise."""
    if not config.get("configurable", {}).get(_ASKS):
        return Decision()
    return Decision.model_validate(interrupt({"calls": state["draft"].get("calls", [])}))


def replaced_calls(state: AgentState, calls: Sequence[ToolCall]) -> Update:
    """The update that puts `calls` in the place of those of the pending message.

    The proposed ones become an attempt of the step where they differ.
    """
    pending = state["pending"]
    assert pending is not None
    draft = Step.model_validate(state["draft"])
    same = [(c.name, c.arguments) for c in calls] == [(c.name, c.arguments) for c in draft.calls]
    proposed = Attempt(text=written(pending), fault="edited_call", told="")
    attempts = draft.attempts if same else (*draft.attempts, proposed)
    edited = draft.model_copy(update={"calls": tuple(calls), "attempts": attempts})
    rows = [{"name": call.name, "args": call.arguments, "id": call.id} for call in calls]
    message = pending.model_copy(update={"tool_calls": rows})
    return {"draft": edited.model_dump(mode="json"), "pending": message}


def refusal(reader: Reader, state: AgentState, reason: str) -> Flaw:
    """The flaw of a message whose calls a person refused. reason: told to the model."""
    pending = state["pending"]
    assert pending is not None
    why = " ".join(reason.split())
    told = f"{_REFUSED}: {why}" if why else f"{_REFUSED}."
    results: dict[str, Any] = {str(call["id"]): told for call in pending.tool_calls}
    flaw = reader.flaw_of_calls(pending, results, "refused_call")
    return Flaw(flaw.attempt.model_copy(update={"told": told}), flaw.shown)
