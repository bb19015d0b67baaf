"""Certificates: whether an answer is right by the problem's own formulas, with no gold answer.

Guarantees that True was checked in a worker (substitution, uniqueness, entailment) and that False
comes with what refutes it; None where the formulas do not settle it or the solver gave up. Says
nothing about whether the formulas are what the problem's text means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from corollary_tools.answer import Answer, Truth
from corollary_tools.desk import Desk, Variables
from corollary_tools.errors import ToolError
from corollary_tools.worker import Workers

World = Literal["open", "closed", "rules"]
Mode = Literal["must", "could", "cannot", "could_be_false"]
_ROLES = {"knight": "true", "knave": "false", "yes": "true", "no": "false"}


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked of a desk: a conclusion in a world, or which options in a mode."""

    conclusion: str = ""
    world: World = "open"
    mode: Mode = "must"


@dataclass(frozen=True, slots=True)
class Certificate:
    """value: right, wrong or None for not settled; reason: why; uses: the formulas (from 1)."""

    value: bool | None
    reason: str
    uses: tuple[int, ...] = ()


def certify(answer: Answer, desk: Desk, question: Question, *, workers: Workers) -> Certificate:
    """Whether an answer is right by what was recorded at the desk, however it was found.

    truth: by entailment of the question's conclusion. choice: by entailment of each option; not
    settled where another option fits as well. assignment: by substitution and uniqueness. Numbers,
    expressions and sets have no formulas on a desk (`certify_solution` takes their equations).
    """
    if answer.kind == "truth" and question.conclusion:
        premises = [row.formula for row in sorted(desk.premises, key=lambda row: int(row.label))]
        request = {"premises": premises, "conclusion": question.conclusion}
        return _asked(
            {
                "kind": "truth",
                "answer": answer.value,
                "world": question.world,
                "variables": _dumped(desk.variables),
                **request,
            },
            workers,
        )
    if answer.kind == "choice":
        choice = {"kind": "choice", "letter": answer.value, "mode": question.mode}
        return _asked({**choice, "desk": desk.model_dump(mode="json")}, workers)
    if isinstance(answer.value, dict):
        values = {_name(name): _ROLES.get(v.lower(), v) for name, v in answer.value.items()}
        constraints = [row.formula for row in desk.premises]
        return certify_assignment(values, constraints, workers=workers, variables=desk.variables)
    return Certificate(None, "nothing on the desk says what was asked")


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
    request = {"assignment": dict(assignment), "constraints": list(constraints)}
    return _asked({"kind": "assignment", "variables": _dumped(variables), **request}, workers)


def certify_solution(
    values: Mapping[str, str], equations: Sequence[str], *, workers: Workers
) -> Certificate:
    """Whether the values satisfy every equation exactly. Other solutions may exist."""
    request = {"values": dict(values), "equations": list(equations)}
    return _asked({"kind": "solution", **request}, workers)


def _dumped(variables: Sequence[Variables]) -> list[dict[str, Any]]:
    return [group.model_dump(mode="json") for group in variables]


def _name(text: str) -> str:
    """A name in words as formulas have it: `Blue Jay` is blue_jay."""
    return text if "(" in text else "_".join(text.lower().split())


def _asked(request: dict[str, Any], workers: Workers) -> Certificate:
    try:
        reply = workers.call("certify", request)
    except ToolError as error:
        return Certificate(None, str(error))
    return Certificate(reply["value"], reply["reason"], tuple(reply.get("uses", ())))
