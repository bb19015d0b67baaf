"""Certificates: whether an answer is right by the problem's own formulas, with no gold answer.

Guarantees that True was checked in a worker (substitution, uniqueness, entailment) and that False
comes with what refutes it; None where the formulas do not settle it or the solver gave up. Says
nothing about whether the formulas are what the problem's text means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corollary_tools.answer import Truth
from corollary_tools.desk import Variables
from corollary_tools.errors import ToolError
from corollary_tools.worker import Workers


@dataclass(frozen=True, slots=True)
class Certificate:
    """value: right, wrong or None for not settled; reason: why; uses: the formulas (from 1)."""

    value: bool | None
    reason: str
    uses: tuple[int, ...] = ()


def certify_truth(
    answer: Truth, premises: Sequence[str], conclusion: str, *, workers: Workers
) -> Certificate:
    """Whether the conclusion is True, False or Unknown given the premises, as the answer says."""
    formulas = {"premises": list(premises), "conclusion": conclusion}
    return _asked({"kind": "truth", "answer": answer, **formulas}, workers)


def certify_assignment(
    assignment: Mapping[str, str],
    constraints: Sequence[str],
    *,
    workers: Workers,
    variables: Sequence[Variables] = (),
) -> Certificate:
    """Whether the assignment satisfies every constraint, and no other one does.

    None where others do too. Names that the assignment leaves out must be determined by it.
    """
    declared = [group.model_dump(mode="json") for group in variables]
    request = {"assignment": dict(assignment), "constraints": list(constraints)}
    return _asked({"kind": "assignment", "variables": declared, **request}, workers)


def certify_solution(
    values: Mapping[str, str], equations: Sequence[str], *, workers: Workers
) -> Certificate:
    """Whether the values satisfy every equation exactly. Other solutions may exist."""
    request = {"values": dict(values), "equations": list(equations)}
    return _asked({"kind": "solution", **request}, workers)


def _asked(request: dict[str, Any], workers: Workers) -> Certificate:
    try:
        reply = workers.call("certify", request)
    except ToolError as error:
        return Certificate(None, str(error))
    return Certificate(reply["value"], reply["reason"], tuple(reply.get("uses", ())))
