"""Reading a model's message: as tool calls, as an answer, or as a flaw that it is asked to repair.

Guarantees that every message becomes exactly one of the three, in the canonical form (an AIMessage
with tool calls, or with the answer and no call), whichever form the model speaks. Does not call
tools: whether a tool exists and takes these arguments is found out there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    InvalidToolCall,
    ToolMessage,
)

from corollary_agent.calls import (
    ANSWER,
    CallError,
    Signatures,
    has_text_call,
    parse_text_call,
    plain_arguments,
    render_text_call,
)
from corollary_agent.problem import Problem
from corollary_agent.prompt import PromptSettings, to_form
from corollary_agent.trace import Attempt, Fault, ToolCall
from corollary_tools.answer import Answer
from corollary_tools.reading import read_answer

_KINDS = {
    "number": "one number",
    "expression": "one expression",
    "truth": "True, False or Unknown",
    "choice": "the letter of one option",
    "assignment": "a value for each unknown",
    "set": "the values, separated by commas",
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """A message that cannot be used. shown: what the model sees of it while it repairs it."""

    attempt: Attempt
    shown: tuple[BaseMessage, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """A message read: with calls, with an answer, or with a flaw."""

    message: AIMessage
    calls: tuple[ToolCall, ...] = ()
    answer: Answer | None = None
    flaw: Flaw | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the messages of a model that is spoken to under `settings`."""

    settings: PromptSettings
    signatures: Signatures

    def read(self, message: AIMessage, problem: Problem, number: int) -> Reply:
        """Read one message. number: of the step, for the ids of calls that came without one."""
        message = storable(message)
        try:
            canonical = self._canonical(message, number)
            if canonical.tool_calls:
                return Reply(canonical, calls=_calls(canonical))
            return Reply(canonical, answer=self._answer(str(canonical.text), problem))
        except CallError as error:
            return Reply(message, flaw=flaw_of_text(written(message), str(error)))

    def flaw_of_calls(self, message: AIMessage, told: dict[str, str], fault: Fault) -> Flaw:
        """The flaw of a message whose calls cannot be run. told: by call id; one or more."""
        results = [_result(str(call["id"]), told) for call in message.tool_calls]
        text = " ".join(told.values())
        attempt = Attempt(text=written(message), fault=fault, told=text)
        return Flaw(attempt, tuple(to_form([message, *results], self.settings)))

    def _canonical(self, message: AIMessage, number: int) -> AIMessage:
        if message.invalid_tool_calls:
            raise CallError(_told_of_invalid(message))
        if message.tool_calls:
            return _with_ids(message, number)
        if self.settings.form == "native":
            return message
        call = parse_text_call(str(message.text), self.signatures)
        if call.name == ANSWER:
            return AIMessage(_answer_text(call), usage_metadata=message.usage_metadata)
        row = {"name": call.name, "args": call.arguments, "id": f"call_{number}_0"}
        return AIMessage("", tool_calls=[row], usage_metadata=message.usage_metadata)

    def _answer(self, text: str, problem: Problem) -> Answer:
        if not text.strip():
            raise CallError("Your message is empty. Call a tool, or write the answer.")
        if has_text_call(text, [*self.signatures, ANSWER]):
            raise CallError("You wrote a call as words. Send it as a tool call instead.")
        answer = read_answer(text, problem.asks, problem.options)
        if answer is None:
            kind = _KINDS[problem.asks]
            raise CallError(f"I cannot read an answer in that. Call a tool, or write {kind} alone.")
        return answer


def flaw_of_text(text: str, told: str) -> Flaw:
    """The flaw of a message that is not a readable call or answer."""
    shown = (AIMessage(text or "(an empty message)"), HumanMessage(told))
    return Flaw(Attempt(text=text, fault="malformed_call", told=clean(told)), shown)


def written(message: AIMessage) -> str:
    """What the model wrote, with its calls as text, readable or not."""
    calls = [render_text_call(call["name"], call["args"]) for call in message.tool_calls]
    invalid = [f"{call['name'] or ''} {call['args'] or ''}" for call in message.invalid_tool_calls]
    parts = (str(message.text), *calls, *invalid)
    return clean("\n".join(part.strip() for part in parts if part.strip()))


def storable(message: AIMessage) -> AIMessage:
    """Return `message` with what no file can store (lone surrogates) replaced."""
    fields = ("content", "tool_calls", "invalid_tool_calls")
    try:
        text = json.dumps({name: getattr(message, name) for name in fields}, ensure_ascii=False)
        text.encode()
    except UnicodeEncodeError:
        return message.model_copy(update=json.loads(clean(text)))
    except (TypeError, ValueError, RecursionError):
        return message  # arguments that are not plain values; `plain_arguments` says so
    return message


def clean(text: str) -> str:
    """Return `text` with what no file can store (lone surrogates) replaced."""
    return text.encode("utf-8", "replace").decode()


def _calls(message: AIMessage) -> tuple[ToolCall, ...]:
    return tuple(
        ToolCall(id=str(call["id"]), name=call["name"], arguments=plain_arguments(call["args"]))
        for call in message.tool_calls
    )


def _with_ids(message: AIMessage, number: int) -> AIMessage:
    """Return `message` with an id for each call that has none or shares another's."""
    ids = [call["id"] for call in message.tool_calls]
    if all(ids) and len(set(ids)) == len(ids):
        return message
    calls = [
        {**call, "id": f"call_{number}_{index}"} for index, call in enumerate(message.tool_calls)
    ]
    return message.model_copy(update={"tool_calls": calls})


def _told_of_invalid(message: AIMessage) -> str:
    call = message.invalid_tool_calls[0]
    name = f"the call of {call['name']}" if call["name"] else "your call"
    return f"I cannot read {name}: {_reason(call)}. Send it again, whole."


def _reason(call: InvalidToolCall) -> str:
    """What is wrong with a call, in one line: our own words where its text is not JSON."""
    try:
        json.loads(call["args"] or "")
    except (ValueError, RecursionError) as error:
        return f"it is not JSON ({clean(str(error))})"
    return (call["error"] or "its arguments are not a JSON object").split("\n")[0].rstrip(".")


def _answer_text(call: ToolCall) -> str:
    values: Sequence[object] = list(call.arguments.values())
    if len(values) != 1:
        raise CallError(f'Give the answer as one text: {ANSWER}("...").')
    value = values[0]
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _result(call_id: str, told: dict[str, str]) -> ToolMessage:
    text = told.get(call_id, "Not run, because another call of this message cannot be.")
    return ToolMessage(text, tool_call_id=call_id)
