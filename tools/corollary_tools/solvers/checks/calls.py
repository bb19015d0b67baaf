"""The checking tools inside a worker: an answer against its constraints, a step against premises.

Equations and inequalities are checked over the real numbers (`answer_checks`, `step_checks`), all
else as formulas. True was proved; False comes with what fails or with a counter-example; Unknown
says why. Nothing is recorded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corollary_tools.answers.roles import read_roles
from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.formula import render_formula
from corollary_tools.solvers.checks.answers import check_values
from corollary_tools.solvers.checks.relation_rows import are_relations
from corollary_tools.solvers.checks.steps import check_relation_step, verdict_word
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.logic.calls import entail
from corollary_tools.solvers.logic.models import in_words, least_model
from corollary_tools.solvers.logic.reading_desk import given_premises, read_formula
from corollary_tools.solvers.logic.sorts import Labelled
from corollary_tools.solvers.logic.theory import Theory
from corollary_tools.solvers.number_text import checked_length
from corollary_tools.solvers.result import Result

_MOST_TOLD = 3  # constraints that fail
_LONGEST = 120  # characters of a situation told in full
MOST = 100  # constraints or premises of one call


def check_answer(arguments: dict[str, Any], desk: Desk) -> Result:
    """Say whether `answer` fulfils every one of `constraints`, or of what is on the desk."""
    texts = _checked(arguments.get("constraints") or [])
    if texts and not desk.variables and are_relations(texts):
        return _limited("check this", lambda: check_values(arguments["answer"], texts))
    constraints = given_premises(texts, desk)
    if not constraints:
        raise ToolError("There is nothing to check against. Send constraints, such as x + y = 5.")
    return _check_roles(arguments["answer"], constraints, desk)


def check_step(arguments: dict[str, Any], desk: Desk) -> Result:
    """Say whether `step` follows from `premises`, or from what is on the desk."""
    texts = _checked(arguments.get("premises") or [])
    step = arguments["step"]
    if (texts or not desk.premises) and not desk.variables and are_relations([step, *texts]):
        return _limited("check this", lambda: check_relation_step(step, texts))
    theory = Theory(given_premises(texts, desk), [read_formula(step, "step")], desk.variables)
    return _entailed(theory)


def _checked(texts: list[str]) -> list[str]:
    if len(texts) > MOST:
        raise ToolError(f"Send at most {MOST} lines, those that matter.")
    return texts


def _limited(task: str, check: Callable[[], Result]) -> Result:
    with library_limits(task):
        found = check()
    checked_length(found.text)
    return found


def _entailed(theory: Theory) -> Result:
    certificate = entail(theory)
    uses = ", ".join(map(str, certificate["uses"]))
    match certificate["value"]:
        case "True":
            text = f"True (from {uses})" if uses else "True (it always holds)"
        case "False":
            text = f"False (its negation follows from {uses})" if uses else "False (it never holds)"
        case "Contradiction":
            text = f"The premises contradict each other ({uses})."
        case "Unknown":
            (claim,) = theory.claims.values()
            denied = [theory.negation(claim)]
            theory.check(*denied)
            text = f"False (not if {_situation(least_model(theory, denied))})"
        case _:
            text = "Unknown (the solver gave up)"
    return Result(text, certificate={**certificate, "kind": "step", "value": verdict_word(text)})


def _situation(values: dict[str, str]) -> str:
    """What holds and what does not, as far as it is short."""
    text = ", ".join(f"{name} = {value}" for name, value in values.items())
    return text if len(text) <= _LONGEST else in_words(values) or "nothing else is true"


def _check_roles(answer: str, constraints: list[Labelled], desk: Desk) -> Result:
    """Each constraint by itself: with the answer it must hold, whatever else is open."""
    claim = read_formula(_as_formula(answer, constraints, desk), "answer")
    theory = Theory([], [Labelled("answer", claim.formula), *constraints], desk.variables)
    given, *switches = theory.claims.values()
    if theory.check(given) == "unsat":
        return _result("False", "it says two things, or gives a value that was not declared")
    fails, opens = [], []
    for row, switch in zip(constraints, switches, strict=True):
        if theory.check(given, switch) == "unsat":
            fails.append(row.label)
        elif theory.check(given, theory.negation(switch)) != "unsat":
            opens.append(row.label)
    if fails:
        texts = {row.label: render_formula(row.formula) for row in constraints}
        shown = "; ".join(f"{label} fails: {texts[label]}" for label in fails[:_MOST_TOLD])
        more = f"; and {len(fails) - _MOST_TOLD} more" if len(fails) > _MOST_TOLD else ""
        return _result("False", shown + more, fails)
    if opens:
        return _result("Unknown", f"the answer leaves open whether {', '.join(opens)} holds", opens)
    return _result("True", "")


def _result(value: str, reason: str, labels: list[str] | None = None) -> Result:
    text = f"{value} ({reason})" if reason else value
    certificate = {"kind": "check", "value": value, "uses": [int(n) for n in labels or []]}
    return Result(text, certificate=certificate)


def _as_formula(answer: str, constraints: list[Labelled], desk: Desk) -> str:
    roles = read_roles(answer)
    if roles is None:
        return answer
    known = {name for group in desk.variables for name in group.names}
    words = {"knight": "true", "truth-teller": "true", "knave": "false", "liar": "false"}
    text = " ".join(str(row.formula) for row in constraints)
    pairs = []
    for name, value in roles.items():
        plain = name.lower().replace(" ", "_")
        used = name if name in known or f"'{name}'" in text else plain
        pairs.append(f"({used}) == ({words.get(value, value)})")
    return " & ".join(pairs)
