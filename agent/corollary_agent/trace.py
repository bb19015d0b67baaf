"""Traces: the record of one run on one problem, complete enough to replay and grade it.

Messages are in OpenAI form with tool-call arguments as dicts: the only form that every chat
template accepts. Guarantees frozen, versioned records; failed attempts that were repaired stand on
the step that needed them and never among the messages.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from corollary_tools.answer import Answer

Message = dict[str, JsonValue]
StopReason = Literal[
    "answered", "step_limit", "token_limit", "time_limit", "loop", "refused", "error"
]
Fault = Literal[
    "malformed_call", "unknown_tool", "bad_arguments", "tool_error", "timeout", "repeated_call",
    "edited_call", "refused_call",
]  # fmt: skip


class Sampling(BaseModel):
    """How tokens were drawn. temperature 0 is greedy; max_tokens bounds one model message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 512
    seed: int = 0


class ToolCall(BaseModel):
    """One call of one tool, with its arguments as plain values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    arguments: dict[str, JsonValue]


class Observation(BaseModel):
    """What a call got back. certificate: how the solver knows, where it does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    call_id: str
    text: str
    fault: Fault | None = None
    certificate: dict[str, JsonValue] | None = None
    milliseconds: float = 0.0


class Attempt(BaseModel):
    """A model message that could not be used, and what the model was told about it.

    A person set aside an edited_call and a refused_call before they ran.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    fault: Fault
    told: str


class Step(BaseModel):
    """One model message, the calls in it and what they returned.

    input_tokens and output_tokens as the model reports them (0 where it does not);
    milliseconds is the model's share. cost: US dollars, None where no price is known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    content: str = ""
    calls: tuple[ToolCall, ...] = ()
    observations: tuple[Observation, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    input_tokens: int = 0
    output_tokens: int = 0
    milliseconds: float = 0.0
    cost: float | None = None

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Everything that went wrong in this step, repaired or not."""
        observed = (o.fault for o in self.observations if o.fault)
        return (*(a.fault for a in self.attempts), *observed)


class Usage(BaseModel):
    """The whole run: tokens, model and tool milliseconds, cost in US dollars where it is known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input_tokens: int = 0
    output_tokens: int = 0
    model_milliseconds: float = 0.0
    tool_milliseconds: float = 0.0
    cost: float | None = None


class Trace(BaseModel):
    """One run: who solved what, how, with which result.

    model: the model's spec, with `expert` saying so. toolkit and prompt: content hashes.
    messages: everything the model saw and wrote, in order, prompt included. error: the cause where
    stop is `error`. recorded_from: the set, file, row and licence of an imported trace.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    id: str
    problem_id: str
    model: str
    sampling: Sampling
    toolkit: str
    prompt: str
    messages: tuple[Message, ...]
    steps: tuple[Step, ...]
    answer: Answer | None
    stop: StopReason
    error: str | None = None
    usage: Usage = Usage()
    recorded_from: str = ""
