"""Conversations with tools that we do not have: kept as they were recorded.

Guarantees that such a trace cannot be taken for a replayed one: its toolkit is `foreign:` and a
hash of its tools' names, its prompt `recorded`. Calls of tools that we do have are run, and their
results compared; what the model saw then stays in the trace.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from corollary_agent.problem import Problem
from corollary_agent.state import run_id, to_usage
from corollary_agent.trace import Observation, Sampling, Step, ToolCall, Trace
from corollary_datagen.imports.recorded import Move, Recorded, Turn
from corollary_tools.reading import read_answer
from corollary_tools.toolkit import Toolkit

FOREIGN = "foreign:"
RECORDED_PROMPT = "recorded"


def foreign_toolkit(recorded: Recorded) -> str:
    """The name of a record's tools as a trace's toolkit."""
    names = sorted({move.name for turn in recorded.turns for move in turn.moves})
    shown = json.dumps([names, recorded.tools], sort_keys=True, default=str)
    return FOREIGN + hashlib.sha256(shown.encode("utf-8", "replace")).hexdigest()[:16]


def is_foreign(trace: Trace) -> bool:
    """Whether a trace's calls cannot be run again, because tools of it are not ours."""
    return trace.toolkit.startswith(FOREIGN)


def foreign_trace(recorded: Recorded, problem: Problem) -> Trace:
    """The trace of a record as it stands."""
    toolkit = foreign_toolkit(recorded)
    identity = {"model": recorded.spec, "toolkit": toolkit, "prompt": RECORDED_PROMPT}
    sampling = Sampling(seed=recorded.sample)
    text = recorded.answer or ""
    answer = read_answer(text, problem.asks, problem.options) if text else None
    steps = (*(_step(turn, n) for n, turn in enumerate(recorded.turns)), Step(content=text))
    return Trace(
        id=run_id(problem, sampling, identity),
        problem_id=problem.id,
        model=recorded.spec,
        toolkit=toolkit,
        prompt=RECORDED_PROMPT,
        sampling=sampling,
        messages=recorded.messages,
        steps=steps,
        answer=answer,
        stop="answered" if answer else "refused",
        usage=to_usage(steps),
    )


def _step(turn: Turn, number: int) -> Step:
    calls, seen = [], []
    for place, move in enumerate(turn.moves):
        call_id = move.call_id or f"call_{number}_{place}"
        calls.append(ToolCall(id=call_id, name=move.name, arguments=move.arguments))
        if move.result is not None:
            seen.append(Observation(call_id=call_id, text=move.result))
    return Step(content=turn.content, calls=tuple(calls), observations=tuple(seen))


def ran_differently(recorded: Recorded, problem: Problem, toolkit: Toolkit) -> Iterator[str]:
    """Run the calls of tools that are ours; yield where the record says another result."""
    known, desk = {tool.name for tool in toolkit.tools}, problem.desk
    for move in (move for turn in recorded.turns for move in turn.moves):
        if move.name in known:
            outcome = toolkit.call(move.name, move.arguments, desk)
            desk = outcome.desk
            if move.result is not None and not same_result(move.result, outcome.text):
                yield differs(move, outcome.text)


def same_result(stored: str, now: str) -> bool:
    """Whether two results are one, blanks and the note on a repeated call apart."""
    return stored.split() == now.split("\n(You made this same call")[0].split()


def differs(move: Move, now: str) -> str:
    """The words for a result that has changed."""
    return f"{move.name}: {str(move.result)[:60]!r} is now {now[:60]!r}"
