"""The fixed table of what a worker can do: operation name -> function, found when first called.

Only names in this table can be called through the pipe. Importing this module imports no solver:
`find_operation` does, and only workers call it. Tool operations have the form
`(arguments, desk) -> Result`; services have the form `(arguments) -> dict` of plain JSON values.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from corollary_tools.desk import Desk

Operation = Callable[[dict[str, Any]], dict[str, Any]]

TOOL_OPERATIONS = {
    "calculate": "corollary_tools.solvers.arithmetic.calls:calculate",
    "convert": "corollary_tools.solvers.arithmetic.calls:convert",
    "order": "corollary_tools.solvers.arithmetic.ordering:order",
    "round_to": "corollary_tools.solvers.arithmetic.rounding_to:round_to",
    "dates": "corollary_tools.solvers.arithmetic.dates:dates",
    "factorise": "corollary_tools.solvers.number_theory.calls:factorise",
    "gcd": "corollary_tools.solvers.number_theory.calls:gcd",
    "primes": "corollary_tools.solvers.number_theory.primes:primes",
    "remainder": "corollary_tools.solvers.number_theory.remainders:remainder",
    "solve_integers": "corollary_tools.solvers.number_theory.integer_solutions:solve_integers",
    "digits": "corollary_tools.solvers.number_theory.digits:digits",
    "count_ways": "corollary_tools.solvers.number_theory.counting:count_ways",
    "statistic": "corollary_tools.solvers.statistics.calls:statistic",
    "percentile": "corollary_tools.solvers.statistics.calls:percentile",
    "fit_line": "corollary_tools.solvers.statistics.calls:fit_line",
    "chance": "corollary_tools.solvers.statistics.probability:chance",
    "distribution": "corollary_tools.solvers.statistics.probability:distribution",
    "triangle": "corollary_tools.solvers.geometry.triangles:triangle",
    "measure": "corollary_tools.solvers.geometry.shapes:measure",
    "line": "corollary_tools.solvers.geometry.coordinates:line",
    "circle": "corollary_tools.solvers.geometry.coordinates:circle",
    "polygon": "corollary_tools.solvers.geometry.polygons:polygon",
    "transform": "corollary_tools.solvers.geometry.polygons:transform",
    "solve": "corollary_tools.solvers.algebra.calls:solve",
    "simplify": "corollary_tools.solvers.algebra.calls:simplify",
    "equal": "corollary_tools.solvers.algebra.calls:equal",
    "rewrite": "corollary_tools.solvers.algebra.rewriting:rewrite",
    "substitute": "corollary_tools.solvers.algebra.rewriting:substitute",
    "divide": "corollary_tools.solvers.algebra.rewriting:divide",
    "roots": "corollary_tools.solvers.algebra.rewriting:roots",
    "derivative": "corollary_tools.solvers.calculus.calls:derivative",
    "integral": "corollary_tools.solvers.calculus.integration:integral",
    "limit": "corollary_tools.solvers.calculus.calls:limit",
    "series": "corollary_tools.solvers.calculus.calls:series",
    "extrema": "corollary_tools.solvers.calculus.extrema:extrema",
    "total": "corollary_tools.solvers.calculus.summation:total",
    "solve_ode": "corollary_tools.solvers.calculus.differential:solve_ode",
    "describe": "corollary_tools.solvers.calculus.describing:describe",
    "matrix": "corollary_tools.solvers.linear_algebra.calls:matrix",
    "linear_system": "corollary_tools.solvers.linear_algebra.calls:linear_system",
    "matrix_calculate": "corollary_tools.solvers.linear_algebra.matrix_products:matrix_calculate",
    "vectors": "corollary_tools.solvers.linear_algebra.matrix_products:vectors",
    "premise": "corollary_tools.solvers.logic.calls:premise",
    "prove": "corollary_tools.solvers.logic.calls:prove",
    "model": "corollary_tools.solvers.logic.models:model",
    "same": "corollary_tools.solvers.logic.sameness:same",
    "retract": "corollary_tools.solvers.logic.recording:retract",
    "scope": "corollary_tools.solvers.logic.recording:scope",
    "declare": "corollary_tools.solvers.constraints.declaring:declare",
    "option": "corollary_tools.solvers.constraints.declaring:option",
    "find": "corollary_tools.solvers.constraints.calls:find",
    "choose": "corollary_tools.solvers.constraints.calls:choose",
    "optimise": "corollary_tools.solvers.constraints.optimising:optimise",
    "check_answer": "corollary_tools.solvers.checks.calls:check_answer",
    "check_step": "corollary_tools.solvers.checks.calls:check_step",
}

SERVICES = {
    "equivalent": "corollary_tools.solvers.answers.forms:equivalent",
    "formulas_equivalent": "corollary_tools.solvers.logic.sameness:formulas_equivalent",
    "certify": "corollary_tools.solvers.answers.certifying:certify",
}


def load_operations() -> None:
    """Import every operation, so that workers forked from now on have them at hand.

    One that cannot be imported shows its error when it is called, and spoils no other.
    """
    for name in (*TOOL_OPERATIONS, *SERVICES):
        with contextlib.suppress(Exception):
            find_operation(name)
    with contextlib.suppress(Exception):  # what sympy imports at its first simplification, 0.1 s
        find_operation("calculate")({"arguments": {"expression": "sqrt(2)"}})


@cache
def find_operation(name: str) -> Operation:
    """Import and return the operation `name`, in the form of a service. KeyError if unknown."""
    if name in SERVICES:
        service: Operation = _imported(SERVICES[name])
        return service
    return _as_service(_imported(TOOL_OPERATIONS[name]))


def _imported(path: str) -> Any:
    module, _, function = path.partition(":")
    return getattr(import_module(module), function)


def _as_service(function: Callable[[dict[str, Any], Desk], Any]) -> Operation:
    def run(request: dict[str, Any]) -> dict[str, Any]:
        desk = Desk.model_validate(request.get("desk") or {})
        result = function(request["arguments"], desk)
        changed = result.desk.model_dump(mode="json") if result.desk is not None else None
        return {"text": result.text, "desk": changed, "certificate": result.certificate}

    return run
