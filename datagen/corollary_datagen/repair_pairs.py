"""Repair pairs: a message that could not be used against the one that put it right.

Taken from right chains alone, so that the repaired message is known to be good. An attempt that
reads as one call becomes that call, other words stand as the message's content; an attempt without
any words cannot be rendered by a chat template and is skipped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from corollary_agent.calls import CallError, parse_text_call
from corollary_agent.trace import Attempt, Message
from corollary_datagen.chains import Chain, Move
from corollary_datagen.contrast import Contrast
from corollary_datagen.pair import PreferencePair

Skip = Callable[[str], None]


def repair_pairs(contrast: Contrast, skip: Skip) -> Iterator[PreferencePair]:
    """Yield one pair for each repaired attempt; `skip` is told why one was left out."""
    for chain in contrast.right:
        for move, step in zip(chain.moves, chain.trace.steps, strict=False):
            for attempt in step.attempts if not move.failed else ():
                rejected = attempt_message(attempt)
                if rejected is None:
                    skip("an attempt without words")
                elif rejected != _unnamed(move.message):
                    yield _pair(contrast, chain, move, rejected)


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


def _pair(contrast: Contrast, chain: Chain, move: Move, rejected: Message) -> PreferencePair:
    return PreferencePair(
        kind="repair",
        problem_id=contrast.problem.id,
        family=contrast.problem.family,
        tools=(),
        prompt=(*contrast.prompt, *chain.messages[: move.position]),
        chosen=(move.message,),
        rejected=(rejected,),
        chosen_trace=chain.trace.id,
        rejected_trace=chain.trace.id,
        origin="attempt",
    )
