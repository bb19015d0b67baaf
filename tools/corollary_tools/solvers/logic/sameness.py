"""Whether two formulas say the same: they hold in the same models, or one shows the difference.

Nothing is declared, no two names are taken to denote different things, and nothing on the desk is
used. Guarantees that `unknown` of the solver becomes undecided, never "different".
"""

from __future__ import annotations

from typing import Any

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.formula import parse_formula
from corollary_tools.solvers.logic.models import UNDECIDED, in_words, least_model
from corollary_tools.solvers.logic.sorts import Labelled
from corollary_tools.solvers.logic.theory import Theory
from corollary_tools.solvers.result import Result

_UNTOLD = "nothing that has a name is true"
_SIDES = ("first", "second")


def same(arguments: dict[str, Any], _: Desk) -> Result:
    """Say whether two formulas are equivalent, else what holds where only one of them does."""
    rows = [
        Labelled(side, _read(side, arguments[key]))
        for side, key in zip(_SIDES, ("left", "right"), strict=True)
    ]
    theory = Theory([], rows, unique_names=False)
    first, second = theory.claims.values()
    only = {
        "first": _difference(theory, first, second),
        "second": _difference(theory, second, first),
    }
    certificate = {"kind": "equivalence", "value": _value(only), "models": only}
    return Result(_text(only), certificate=certificate)


def formulas_equivalent(request: dict[str, Any]) -> dict[str, Any]:
    """Whether the formulas `left` and `right` hold in the same models: value and reason.

    Formulas that use a name in different ways are not the same. Raises ToolError where one cannot
    be read.
    """
    left, right = (parse_formula(request[side]) for side in ("left", "right"))
    if left == right:
        return {"value": True, "reason": "the same formula"}
    try:
        theory = Theory([], [Labelled("left", left), Labelled("right", right)], unique_names=False)
    except ToolError as error:
        return {"value": False, "reason": str(error)}
    one, other = theory.claims.values()
    verdicts = theory.check(one, theory.negation(other)), theory.check(other, theory.negation(one))
    if "sat" in verdicts:
        return {"value": False, "reason": "a model of one is no model of the other"}
    if verdicts == ("unsat", "unsat"):
        return {"value": True, "reason": "each follows from the other"}
    return {"value": None, "reason": "the solver gave up"}


def _read(side: str, text: str) -> Any:
    try:
        return parse_formula(text)
    except ToolError as error:
        raise ToolError(f"The {side} formula: {error}") from error


def _difference(theory: Theory, one: Any, other: Any) -> str | None:
    """What holds where `one` does and `other` does not; "" nowhere, None where nobody can tell."""
    facts = [one, theory.negation(other)]
    verdict = theory.check(*facts)
    if verdict == "sat":
        return in_words(least_model(theory, facts)) or _UNTOLD
    return "" if verdict == "unsat" else None


def _value(only: dict[str, str | None]) -> bool | None:
    if any(only.values()):
        return False
    return None if None in only.values() else True


def _text(only: dict[str, str | None]) -> str:
    value = _value(only)
    if value is None:
        return UNDECIDED
    if value:
        return "Same (each follows from the other)"
    side, weaker = ("first", "second") if only["first"] else ("second", "first")
    implies = f"the {weaker} implies the {side}; " if only[weaker] == "" else ""
    where = "" if only[side] == _UNTOLD else f" where {only[side]}"
    return f"Different ({implies}only the {side} holds{where or ' in some case'})"
