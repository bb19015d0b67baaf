"""Graded traces and pairs made by hand for the tests of pairing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from handmade import COW, STORY, trace_of

from corollary_agent.problem import Problem
from corollary_datagen.pair import PreferencePair
from corollary_datagen.pairs import PairSettings
from corollary_datagen.pairs import building as built
from corollary_datagen.verdict import Graded, Judgement, Verdict
from corollary_tools.toolkit import Toolkit


def graded(
    problem: Problem, script: list[Any], toolkit: Toolkit, judgement: Judgement, **options: Any
) -> Graded:
    """A trace of `script` with a verdict given by hand; `first_wrong` goes into the verdict."""
    first_wrong = options.pop("first_wrong", None)
    trace = trace_of(problem, script, toolkit, **options)
    verdict = Verdict(
        trace_id=trace.id,
        judgement=judgement,
        reason="by hand",
        grader="hand",
        first_wrong_step=first_wrong,
    )
    return Graded(problem, trace, verdict)


def cow(toolkit: Toolkit, judgement: Judgement, *script: Any, **options: Any) -> Graded:
    """A graded trace on the cow."""
    return graded(COW, list(script), toolkit, judgement, **options)


def story(toolkit: Toolkit, judgement: Judgement, *script: Any, **options: Any) -> Graded:
    """A graded trace on the story."""
    return graded(STORY, list(script), toolkit, judgement, **options)


def every(**settings: Any) -> PairSettings:
    """Settings without the rules over all pairs."""
    none: dict[str, Any] = {"near_duplicates": None, "error_balance": None, "balance": None}
    return PairSettings.model_validate(none | settings)


def build_pairs(
    rows: Iterable[Graded], settings: PairSettings, **rest: Any
) -> list[PreferencePair]:
    """The pairs as a list."""
    return list(built.build_pairs(rows, settings, **rest))


def texts(messages: Any) -> list[Any]:
    """Messages as short texts: roles aside, calls as (name, arguments)."""
    return [
        [(c["function"]["name"], c["function"]["arguments"]) for c in m["tool_calls"]]
        if m.get("tool_calls")
        else m["content"]
        for m in messages
    ]


def step_pair(tool: str, number: int, **fields: Any) -> PreferencePair:
    """A step pair whose chosen message calls `tool` with `number`."""
    function = {"name": tool, "arguments": {"n": number}}
    row: dict[str, Any] = {
        "kind": "step",
        "problem_id": "p",
        "family": "f",
        "tools": (),
        "prompt": ({"role": "user", "content": str(number)},),
        "chosen": ({"role": "assistant", "content": "", "tool_calls": [{"function": function}]},),
        "rejected": ({"role": "assistant", "content": "x"},),
        "chosen_trace": "a",
        "rejected_trace": "b",
    }
    return PreferencePair.model_validate(row | fields)
