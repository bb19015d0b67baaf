"""Repair pairs: a message that could not be used against the right one at its place.

The chosen message is always a right chain's, with the same history: its own repair where the chain
is right, another chain's where it is not. An attempt that reads as one call becomes that call,
other words stand as the message's content; an attempt without any words cannot be rendered by a
chat template and is skipped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from corollary_agent.calls import CallError, parse_text_call
from corollary_agent.trace import Attempt, Message
from corollary_datagen.chains import Chain, Move
from corollary_datagen.contrast import Contrast, nearest
from corollary_datagen.pair import PreferencePair

Skip = Callable[[str], None]


def repair_pairs(contrast: Contrast, skip: Skip) -> Iterator[PreferencePair]:
    """Yield one pair for each failed attempt; `skip` is told why one was left out."""
    if not contrast.right:
        return
    for chain in contrast.failing:
        right, shared = nearest(chain, contrast.right)
        for move, step in zip(right.moves[: shared + 1], chain.trace.steps, strict=False):
            for attempt in step.attempts if not move.failed else ():
                if attempt.fault == "edited_call":
                    continue  # `edit_pairs` makes its pair
                rejected = attempt_message(attempt)
                if rejected is None:
                    skip("an attempt without words")
                elif rejected != _unnamed(move.message):
                    yield _pair(contrast, (right, chain, move), rejected)


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


def _unnamed(message: Message) -> Message:
    calls: Any = message.get("tool_calls")
    if not calls:
        return message
    return {**message, "tool_calls": [{**call, "id": "call_1"} for call in calls]}


def _pair(
    contrast: Contrast, place: tuple[Chain, Chain, Move], rejected: Message
) -> PreferencePair:
    right, failing, move = place
    return PreferencePair(
        kind="repair",
        problem_id=contrast.problem.id,
        family=contrast.problem.family,
        tools=(),
        prompt=(*contrast.prompt, *right.messages[: move.position]),
        chosen=(move.message,),
        rejected=(rejected,),
        chosen_trace=right.trace.id,
        rejected_trace=failing.trace.id,
        origin="attempt",
    )
