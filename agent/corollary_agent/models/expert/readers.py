"""Which reader reads a problem.

A reader is chosen by what the problem holds and asks for, never by its source's name, so that a
problem typed by a person is read like one from a file.
"""

from __future__ import annotations

from corollary_agent.models.expert.chains import plan_chain
from corollary_agent.models.expert.equations import is_request, plan_equations
from corollary_agent.models.expert.knights import is_knights, plan_knights
from corollary_agent.models.expert.orderings import is_ordering, plan_ordering
from corollary_agent.models.expert.plan import Plan
from corollary_agent.models.expert.theories import plan_theory
from corollary_agent.problem import Problem


def plan(problem: Problem) -> Plan:
    """The plan of the first reader that knows this kind of problem."""
    if problem.meta.get("chain"):
        return plan_chain(problem)
    if problem.meta.get("equations") or is_request(problem):
        return plan_equations(problem)
    if is_knights(problem):
        return plan_knights(problem)
    if is_ordering(problem):
        return plan_ordering(problem)
    if problem.domain == "math":
        return plan_chain(problem)
    return plan_theory(problem)
