"""Arithmetic stories: the chain of calculations that the source knows, one call each.

The expert does not understand a story: it makes the calls of `meta["chain"]`, a list of
`"48/2=24"` texts (or of bare expressions, or of [expression, value] pairs) as GSM8K's annotations
have them. A story without a chain is refused.
"""

from __future__ import annotations

from pydantic import JsonValue

from corollary_agent.models.expert.plan import Move, Plan, Refusal
from corollary_agent.problem import Problem

UNREAD = Refusal("I cannot read this story.", "I cannot read this story.")


def plan_chain(problem: Problem) -> Plan:
    """Plan one `calculate` a step of the chain; the last result is the answer."""
    chain = problem.meta.get("chain")
    if not isinstance(chain, list) or not chain:
        return Plan("chains", (UNREAD,))
    return Plan("chains", tuple(_move(step) for step in chain), to_value, carries=True)


def _move(step: JsonValue) -> Move:
    if isinstance(step, dict):
        step = [step.get("expression", ""), step.get("value", step.get("result", ""))]
    if isinstance(step, list):
        expression, value = (str(part) for part in (*step, "")[:2])
    else:
        expression, _, value = str(step).partition("=")
    return Move("calculate", {"expression": expression.strip()}, value.strip())


def to_value(result: str) -> str:
    """The exact value in a result: `1/3 (about 0.333333)` -> `1/3`."""
    return result.split(" (about")[0].strip()
