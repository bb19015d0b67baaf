"""Repair pairs: a message that could not be used against the right one at its place.

The chosen message is always a right chain's, with the same history: its own repair where the chain
is right, another chain's where it is not. An attempt that reads as one call becomes that call,
other words stand as the message's content; an attempt without any words cannot be rendered by a
chat template and is skipped. So is one that the toolkit or the form of the pairs does take, and a
call that a person refused where the right message calls the same tool: it may be as right.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from corollary_agent.calls import CallError, parse_text_call
from corollary_agent.trace import Attempt, Message
from corollary_datagen.chains.chain import Chain, Move, message_calls
from corollary_datagen.chains.contrast import Contrast, nearest
from corollary_datagen.pair import PreferencePair
from corollary_datagen.pairs.selection import Candidate
from corollary_tools.toolkit import Toolkit

Skip = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Repairs:
    """What the failed attempts of one problem's chains are judged by.

    form: how the pairs' prompt has calls written. skip: told why an attempt makes no pair.
    """

    contrast: Contrast
    toolkit: Toolkit
    form: str
    skip: Skip

    def pairs(self) -> Iterator[Candidate]:
        """Yield one pair for each failed attempt that makes one."""
        for chain in self.contrast.failing if self.contrast.right else ():
            right, shared = nearest(chain, self.contrast.right)
            for move, step in zip(right.moves[: shared + 1], chain.trace.steps, strict=False):
                for attempt in step.attempts if not move.failed else ():
                    yield from self._pair(right, chain, move, attempt)

    def _pair(
        self, right: Chain, failing: Chain, move: Move, attempt: Attempt
    ) -> Iterator[Candidate]:
        if attempt.fault == "edited_call":
            return  # `edit_pairs` makes its pair
        rejected = attempt_message(attempt)
        reason = self._objection(attempt, rejected, move)
        if reason:
            self.skip(reason)
        elif rejected is not None and rejected != _unnamed(move.message):
            yield Candidate(
                PreferencePair(
                    kind="repair",
                    problem_id=self.contrast.problem.id,
                    family=self.contrast.problem.family,
                    tools=(),
                    prompt=(*self.contrast.prompt, *right.messages[: move.position]),
                    chosen=(move.message,),
                    rejected=(rejected,),
                    chosen_trace=right.trace.id,
                    rejected_trace=failing.trace.id,
                    origin="attempt",
                    error_kind=_error_kind(attempt, rejected),
                )
            )

    def _objection(self, attempt: Attempt, rejected: Message | None, move: Move) -> str | None:
        """Why an attempt makes no pair, if it makes none."""
        if rejected is None:
            return "an attempt without words"
        calls = message_calls(rejected)
        if attempt.fault == "refused_call":
            same = [name for name, _ in calls] == [name for name, _ in move.calls]
            return "a refused call of the tool that is right there" if same else None
        if calls and _is_taken(self.toolkit, *calls[0]):
            return "an attempt that this toolkit takes"
        if self.form == "text" and not calls and _is_call(attempt.text, self.toolkit):
            return "an attempt that the text form takes"
        return None


def attempt_message(attempt: Attempt) -> Message | None:
    """The failed attempt as an assistant message; None where it has no words."""
    text = attempt.text.strip()
    if not text:
        return None
    call = None if attempt.fault == "malformed_call" else _call(text)
    if call is None:
        return {"role": "assistant", "content": attempt.text}
    function: Message = {"name": call[0], "arguments": call[1]}
    row: Message = {"id": "call_1", "type": "function", "function": function}
    return {"role": "assistant", "content": "", "tool_calls": [row]}


def _call(text: str) -> tuple[str, dict[str, Any]] | None:
    try:
        row = json.loads(text)
        return str(row["name"]), dict(row["arguments"])
    except (ValueError, KeyError, TypeError):
        pass
    try:
        call = parse_text_call(text)
    except CallError:
        return None
    return call.name, call.arguments


def _is_call(text: str, toolkit: Toolkit) -> bool:
    call = _call(text.strip())
    return call is not None and _is_taken(toolkit, *call)


def _is_taken(toolkit: Toolkit, name: str, arguments: dict[str, Any]) -> bool:
    """Whether a toolkit has the tool and would run it with these arguments."""
    schema = next((tool.args_schema for tool in toolkit.tools if tool.name == name), None)
    if not (isinstance(schema, type) and issubclass(schema, BaseModel)):
        return False
    try:
        schema.model_validate(arguments)
    except ValidationError:
        return False
    return True


def _error_kind(attempt: Attempt, rejected: Message) -> str:
    """The fault and its tool; names that a model made up would be kinds without end."""
    calls = message_calls(rejected)
    is_named = calls and attempt.fault not in ("unknown_tool", "refused_call")
    return f"{attempt.fault}:{calls[0][0]}" if is_named else attempt.fault


def _unnamed(message: Message) -> Message:
    calls: Any = message.get("tool_calls")
    if not calls:
        return message
    return {**message, "tool_calls": [{**call, "id": "call_1"} for call in calls]}
