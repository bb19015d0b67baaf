"""Sets of real numbers as answers: intervals, unions, conditions such as 1 < x <= 5.

Guarantees exact ends. Conditions on several unknowns are compared as relations (`real_relations`).
None where a set cannot be built or told apart.
"""

from __future__ import annotations

import re
from typing import Any

import sympy

from corollary_tools.answers.shapes import Condition, Form, Listed, Named, Union, Value
from corollary_tools.errors import ToolError
from corollary_tools.expression import parse_expression
from corollary_tools.expressions.syntax import parse_chain
from corollary_tools.expressions.tree import names_in
from corollary_tools.solvers.algebra.equations import read_question
from corollary_tools.solvers.algebra.inequalities import solution_set
from corollary_tools.solvers.answers.comparison import Comparison, compare_texts
from corollary_tools.solvers.answers.real_relations import relations_equivalent

_REASONS = {
    True: "each follows from the other",
    False: "one holds where the other does not",
    None: "the solver gave up",
}
_ENDS = {"oo": sympy.oo, "+oo": sympy.oo, "-oo": -sympy.oo}


def is_interval(form: Form) -> bool:
    """Whether the form can only be an interval: by its brackets or an infinite end."""
    if not isinstance(form, Listed) or len(form.items) != 2 or "⦃" in form.brackets:
        return False
    infinite = [_infinite(item) is not None for item in form.items]
    return form.brackets in ("[)", "(]") or any(infinite)


def is_infinite(item: Form) -> bool:
    """Whether the form is plus or minus infinity."""
    return _infinite(item) is not None


def _infinite(item: Form) -> Any:
    return _ENDS.get(item.text.replace(" ", "")) if isinstance(item, Value) else None


def compare_sets(known: Form, given: Form) -> Comparison:
    """Compare two forms of which one at least is a set of real numbers."""
    conditions = _condition(known), _condition(given)
    if conditions[0] is not None and conditions[1] is not None:
        names = [_names(condition) for condition in conditions if condition is not None]
        if max(map(len, names)) > 1:
            return _relations(conditions[0], conditions[1])
        if names[0] != names[1]:
            return Comparison(None, "conditions on other unknowns")
    one, other = _set(known), _set(given)
    if one is None or other is None:
        return Comparison(None, "a set and something else cannot be compared")
    if one == other:
        return Comparison(True, "the same numbers")
    differences = (one - other, other - one)
    if all(difference is sympy.S.EmptySet for difference in differences):
        return Comparison(True, "the same numbers")
    if any(map(_is_something, differences)):
        return Comparison(False, "other numbers")
    return Comparison(None, "sets that cannot be told apart")


def _condition(form: Form) -> Condition | None:
    if isinstance(form, Named):
        return Condition(((form.whole,),))
    return form if isinstance(form, Condition) else None


def _is_something(difference: Any) -> bool:
    parts = difference.args if isinstance(difference, sympy.Union) else (difference,)
    return any(isinstance(part, sympy.Interval | sympy.FiniteSet) for part in parts)


def _relations(known: Condition, given: Condition) -> Comparison:
    used = _names(known) | _names(given)
    rows = [
        [tuple(r for part in row for r in parse_chain(_lettered(part, used))) for row in form.rows]
        for form in (known, given)
    ]
    if all(len(side) == len(side[0]) == 1 and side[0][0].operator == "=" for side in rows):
        found = compare_texts(known.rows[0][0], given.rows[0][0])
        if found.value:
            return found
    value = relations_equivalent(*rows)
    return Comparison(value, _REASONS[value])


def _lettered(text: str, used: set[str]) -> str:
    """`xy` as x*y where x or y is a name too."""
    for name in sorted(used):
        if name.isalpha() and 1 < len(name) < 4 and used & set(name):
            text = re.sub(rf"\b{name}\b", "*".join(name), text)
    return text


def _names(condition: Condition) -> set[str]:
    relations = [r for row in condition.rows for part in row for r in parse_chain(part)]
    return {name for r in relations for side in (r.left, r.right) for name in names_in(side)} - {
        "pi",
        "e",
    }


def _set(form: Form) -> Any:
    """The form as a sympy set; None where it is no set of numbers."""
    if isinstance(form, Named):
        return _set(form.value)
    if isinstance(form, Value):
        return None if form.unit else sympy.FiniteSet(_end(form))
    if isinstance(form, Union):
        return _joined(form)
    if isinstance(form, Condition):
        rows = [_row(row) for row in form.rows]
        return None if None in rows else sympy.Union(*rows)
    if isinstance(form, Listed) and form.brackets in ("()", "[]", "[)", "(]"):
        return _interval(form)
    if isinstance(form, Listed):
        parts = [_set(item) for item in form.items]
        return None if None in parts else sympy.Union(*parts)
    return None


def _joined(form: Union) -> Any:
    parts = [_set(part) for part in form.parts]
    if None in parts:
        return None
    return parts[0] - sympy.Union(*parts[1:]) if form.without else sympy.Union(*parts)


def _interval(form: Listed) -> Any:
    if len(form.items) != 2 or not all(isinstance(item, Value) for item in form.items):
        return None
    low, high = map(_end, form.items)
    return sympy.Interval(low, high, form.brackets[0] == "(", form.brackets[1] == ")")


def _end(item: Form) -> Any:
    infinite = _infinite(item)
    if infinite is not None:
        return infinite
    value = parse_expression(item.text if isinstance(item, Value) else "")
    if not value.is_number:
        raise ToolError("An end of an interval is no number.")
    return sympy.nsimplify(value) if value.is_Rational else value


def _row(row: tuple[str, ...]) -> Any:
    question = read_question([_plain(part) for part in row], [])
    return solution_set(question) if len(question.asked) == 1 else None


def _plain(text: str) -> str:
    return re.sub(r"[‹›]", " ", text)
