"""Equations: the ones that the source knows, or those that a direct request states, to `solve`.

The expert does not find equations in a story: where a problem has none in `meta["equations"]`, it
reads requests such as `Solve 3x + 5 = 20.` and `If x + y = 10 and x - y = 4, what is x?`, and sums
such as `What is 15% of 80?`, and refuses everything else.
"""

from __future__ import annotations

import re

from corollary_agent.models.expert.chains import UNREAD, to_value
from corollary_agent.models.expert.notation import (
    find_equations,
    find_sum,
    is_expression,
    to_notation,
    to_signs,
    unknowns_in,
)
from corollary_agent.models.expert.plan import Arguments, Move, Plan
from corollary_agent.problem import Problem

_REQUEST = re.compile(
    r"^(?:\W|\d|\b(?:[a-z]|solve|find|what|which|whats|is|are|was|the|of|for|if|and|then|given|that|"
    r"values?|satisf(?:y|ies)|system|equations?|solutions?|roots?|both|all|real|unknowns?|please|can|"
    r"you|compute|calculate|evaluate|work|out|how|much|many|answer|to|when|where|such|this|these|"
    r"following|so|does|do|equals?|sum|result|simultaneous|determine|tell|me|in|terms|exactly)\b)*$",
    re.I,
)
_SIMPLIFY = re.compile(r"^(?:please |can you )?simplify:? (.+?)[.?]?$", re.I)
_EQUAL = re.compile(r"^is (.+?) (?:equal to|equivalent to|the same as) (.+?)\?$", re.I)
_ASKED = re.compile(
    r"\b(?:what is|find|value of|determine) ([a-z])(?=\s*[?.,]|\s+(?:if|given|when)|$)"
)


def plan_equations(problem: Problem) -> Plan:
    """Plan one `solve` of the known or stated equations, or one `calculate` of a stated sum."""
    known = problem.meta.get("equations")
    if isinstance(known, list) and known:
        asked = problem.meta.get("asked")
        return _plan_solve(problem, [str(e) for e in known], str(asked or ""))
    return _plan_request(problem)


def is_request(problem: Problem) -> bool:
    """Whether a problem is nothing but equations to solve or a sum to calculate."""
    text = rest = to_signs(problem.question)
    if _plan_form(text):
        return True
    total = find_sum(text)
    stated = find_equations(text) or ([total] if total else [])
    for found in stated:
        rest = rest.replace(found.shown, " ")
    return bool(stated) and not problem.statements and bool(_REQUEST.match(rest.strip()))


def _plan_request(problem: Problem) -> Plan:
    text = to_signs(problem.question)
    form = _plan_form(text)
    if form:
        return form
    stated = find_equations(text)
    if stated:
        asked = _ASKED.search(text.lower())
        return _plan_solve(problem, [e.text for e in stated], asked[1] if asked else "")
    total = find_sum(text)
    if total is None:
        return Plan("equations", (UNREAD,))
    return Plan("equations", (Move("calculate", {"expression": total.text}),), to_value)


def _plan_form(text: str) -> Plan | None:
    """Plan `simplify` or `equal` where a text asks for nothing else."""
    simplify, equal = _SIMPLIFY.match(text), _EQUAL.match(text)
    if simplify and is_expression(simplify[1]):
        move = Move("simplify", {"expression": to_notation(simplify[1])})
        return Plan("equations", (move,), to_value)
    if equal and is_expression(equal[1]) and is_expression(equal[2]):
        sides: Arguments = {"left": to_notation(equal[1]), "right": to_notation(equal[2])}
        return Plan("equations", (Move("equal", sides),), lambda result: result.split()[0])
    return None


def _plan_solve(problem: Problem, equations: list[str], asked: str) -> Plan:
    arguments: Arguments = {"equations": list(equations), "unknowns": []}
    one = asked if asked in unknowns_in(equations) else ""
    return Plan(
        "equations", (Move("solve", arguments),), lambda result: _conclude(problem, result, one)
    )


def _conclude(problem: Problem, result: str, asked: str) -> str:
    """The values in the order of the result, or the asked one; other words are passed on."""
    pairs = re.findall(r"(\w+) = (.+?)(?=, \w+ = | or |$)", result)
    if not pairs:
        return result
    values = [to_value(value) for name, value in pairs if asked in ("", name)]
    kept = list(dict.fromkeys(values)) if problem.asks != "set" else values
    return ", ".join(kept)
