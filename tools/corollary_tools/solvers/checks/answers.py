"""Values against equations and inequalities: which of them fail, and with what.

Guarantees exact comparison: True and False are proved, Unknown says what is missing. An answer
with alternatives (`x = 2 or x = 3`) is right where each of them is.
"""

from __future__ import annotations

from typing import Any

from corollary_tools.answers.forms import read_form
from corollary_tools.answers.shapes import Form, Listed, Named, Value
from corollary_tools.errors import ToolError
from corollary_tools.expression import build_expression, parse_expression, render_expression, symbol
from corollary_tools.expressions.tree import names_in
from corollary_tools.notation import plain_name
from corollary_tools.solvers.answers.certifying import relation_holds
from corollary_tools.solvers.answers.real_relations import Row
from corollary_tools.solvers.checks.relation_rows import read_rows
from corollary_tools.solvers.constants import approximate
from corollary_tools.solvers.number_text import about
from corollary_tools.solvers.result import Result

Values = dict[str, str]
_SEND = "Send the answer as values, such as x = 2, y = 3."
_CONSTANTS = ("pi", "e")


def check_values(answer: str, texts: list[str]) -> Result:
    """Check an answer against lines of equations and inequalities."""
    constraints = [read_rows(text) for text in texts]
    names = _names(constraints)
    rows = _rows(answer, names)
    found = [(row, _failing(row, constraints)) for row in rows]
    for value in (False, None):
        for row, failing in found:
            numbers = [number for number, (held, _) in failing.items() if held is value]
            if numbers:
                return _said(value, (row, failing), numbers, several=len(rows) > 1)
    return Result("True", certificate={"kind": "check", "value": "True", "uses": []})


def _said(
    value: bool | None,
    row: tuple[Values, dict[int, tuple[bool | None, str]]],
    numbers: list[int],
    *,
    several: bool,
) -> Result:
    values, failing = row
    word = "Unknown" if value is None else "False"
    where = f"for {', '.join(f'{n} = {v}' for n, v in values.items())}: " if several else ""
    reasons = "; ".join(f"{number} {failing[number][1]}" for number in numbers[:3])
    more = f"; and {len(numbers) - 3} more" if len(numbers) > 3 else ""
    certificate = {"kind": "check", "value": word, "uses": numbers}
    return Result(f"{word} ({where}{reasons}{more})", certificate=certificate)


def _names(constraints: list[tuple[Row, ...]]) -> list[str]:
    """The unknowns of the constraints, in the order of the text."""
    relations = [relation for rows in constraints for row in rows for relation in row]
    sides = (side for r in relations for side in (r.left, r.right))
    return list(dict.fromkeys(n for side in sides for n in names_in(side) if n not in _CONSTANTS))


def _rows(answer: str, names: list[str]) -> list[Values]:
    """The alternatives of an answer: values by name; bare values where it is clear whose."""
    form = read_form(answer)
    items = list(form.items) if isinstance(form, Listed) else [form]
    if not items:
        raise ToolError(f"There is no value in the answer. {_SEND}")
    if all(isinstance(item, Named) for item in items):
        return _named([item for item in items if isinstance(item, Named)])
    texts = [_text(item) for item in items]
    if len(names) == 1:
        return [{names[0]: text} for text in texts]
    if len(names) == len(texts):
        return [dict(zip(names, texts, strict=True))]
    raise ToolError(f"It is not clear which value belongs to {', '.join(names)}. {_SEND}")


def _named(items: list[Named]) -> list[Values]:
    """One row until a name comes again: x = 1, y = 2 or x = 2, y = 1."""
    rows: list[Values] = [{}]
    for item in items:
        name = plain_name(item.name.lstrip("\\"))
        if name in rows[-1]:
            rows.append({})
        rows[-1][name] = _text(item.value)
    return rows


def _text(form: Form) -> str:
    if isinstance(form, Value):
        return form.text
    raise ToolError(f"Each value must be one number or expression. {_SEND}")


def _failing(row: Values, constraints: list[tuple[Row, ...]]) -> dict[int, tuple[bool | None, str]]:
    """The numbers of the constraints that do not hold or are open, with what to say of them."""
    values = {symbol(name): parse_expression(text) for name, text in row.items()}
    found = {number: _checked(rows, values) for number, rows in enumerate(constraints, start=1)}
    return {number: said for number, said in found.items() if said[0] is not True}


def _checked(rows: tuple[Row, ...], values: dict[Any, Any]) -> tuple[bool | None, str]:
    """Whether one of the rows holds; with the first thing that fails."""
    found = [_row(row, values) for row in rows]
    for value in (True, None):
        for held, reason in found:
            if held is value:
                return held, reason
    return found[0]


def _row(row: Row, values: dict[Any, Any]) -> tuple[bool | None, str]:
    found = [_relation(relation, values) for relation in row]
    for value in (False, None):
        for held, reason in found:
            if held is value:
                return held, reason
    return True, ""


def _relation(relation: Any, values: dict[Any, Any]) -> tuple[bool | None, str]:
    sides = [
        build_expression(side, frozenset(n.name for n in values))
        for side in (relation.left, relation.right)
    ]
    left, right = (side.subs(values, simultaneous=True) for side in sides)
    if any(side.is_number and side.is_real is False for side in (left, right)):
        return False, f"fails: {_shown(left)} {relation.operator} {_shown(right)}"
    held = relation_holds(relation.operator, left, right)
    if held is None and (left - right).free_symbols:
        missing = sorted(name.name for name in left.free_symbols | right.free_symbols)
        return None, f"depends on {', '.join(missing)}"
    shown = f"{_shown(left)} {relation.operator} {_shown(right)}"
    return held, f"fails: {shown}" if held is False else f"is not decided: {shown}"


def _shown(value: Any) -> str:
    """The side's value, short: exact where that is short, else a decimal."""
    if not value.is_number:
        return render_expression(value)[:60]
    if not value.is_finite or not value.is_real:
        return "(not defined)"
    text = render_expression(value)
    return text if len(text) <= 12 else f"about {about(approximate(value))}"
