"""Edit pairs: a call that a person rewrote before it ran against the one that the model proposed.

The history before it is the prompt, the edited message is chosen, the proposed one rejected. The
person's word stands for a verdict, so that a trace needs none; an edited call that failed in its
turn says nothing. A call that was refused and not rewritten makes no pair here: nobody said what
is right in its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import JsonValue

from corollary_agent.calls import CallError, parse_text_call
from corollary_agent.problem import Problem
from corollary_agent.trace import Message, Trace
from corollary_datagen.chains.chain import Move, build_chain
from corollary_datagen.pair import PreferencePair


def edit_pairs(
    problem: Problem,
    trace: Trace,
    *,
    prompt: tuple[Message, ...] | None = None,
    tools: tuple[dict[str, JsonValue], ...] = (),
) -> Iterator[PreferencePair]:
    """Yield one pair for each message of `trace` whose calls a person edited.

    prompt: what stands before the chain; by default as it was. tools: the schemas in it.
    """
    chain = build_chain(trace)
    if prompt is None:
        prompt = trace.messages[: len(trace.messages) - len(chain.messages)]
    for move, step in zip(chain.moves, trace.steps, strict=False):
        for attempt in step.attempts:
            if attempt.fault != "edited_call":
                continue
            rejected = _proposed(attempt.text, move)
            if rejected is not None and rejected != move.message and not move.failed:
                yield PreferencePair(
                    kind="repair",
                    problem_id=problem.id,
                    family=problem.family,
                    tools=tools,
                    prompt=(*prompt, *chain.messages[: move.position]),
                    chosen=(move.message,),
                    rejected=(rejected,),
                    chosen_trace=trace.id,
                    rejected_trace=trace.id,
                    origin="edit",
                    error_kind="edited_call",
                )


def _proposed(text: str, move: Move) -> Message | None:
    """The edited message with the calls that were proposed; None where they cannot be read."""
    rows: list[Any] = []
    chosen: Any = move.message.get("tool_calls") or []
    for line in text.splitlines():
        try:
            call = parse_text_call(line)
        except CallError:
            continue  # words before the calls
        number = len(rows)
        name = chosen[number]["id"] if number < len(chosen) else f"call_{number + 1}"
        function = {"name": call.name, "arguments": call.arguments}
        rows.append({"id": name, "type": "function", "function": function})
    return {**move.message, "tool_calls": rows} if rows else None
