"""Reading the desk inside a worker: its formulas with their labels, and what it hands over next.

Guarantees that a formula is parsed and fits what was recorded before it is recorded, without a
solver. Does not decide whether anything follows.
"""

from __future__ import annotations

from corollary_tools.desk import Desk, Recorded, letter
from corollary_tools.errors import ToolError
from corollary_tools.formula import parse_formula
from corollary_tools.solvers.logic.domains import build_domains
from corollary_tools.solvers.logic.grounding import ground
from corollary_tools.solvers.logic.sorts import Labelled, Sorts


def desk_premises(desk: Desk) -> list[Labelled]:
    """What the desk records of statements, in the order of their numbers."""
    rows = sorted(desk.premises, key=lambda row: int(row.label))
    return [_labelled(row) for row in rows]


def desk_choices(desk: Desk) -> list[Labelled]:
    """What the desk records of options, in the order of their letters."""
    return [_labelled(row) for row in sorted(desk.choices, key=lambda row: row.label)]


def given_premises(texts: list[str], desk: Desk) -> list[Labelled]:
    """The formulas in the call, numbered from 1; those on the desk where the call has none."""
    if not texts:
        return desk_premises(desk)
    return [read_formula(text, str(number)) for number, text in enumerate(texts, start=1)]


def read_formula(text: str, label: str) -> Labelled:
    """The formula with its label. Raises ToolError that names the label where it has no text."""
    try:
        return Labelled(label, parse_formula(text))
    except ToolError as error:
        raise ToolError(f"Formula {label}: {error}" if label.isdigit() else str(error)) from error


def check_fits(formula: Labelled, desk: Desk) -> None:
    """Raise ToolError unless the formula agrees with what is declared and recorded."""
    domains = build_domains(desk.variables)
    sorts = Sorts(domains.sorts)
    others = [row for row in (*desk.premises, *desk.choices) if row.label != formula.label]
    for row in () if domains.groups else others:  # a declaration says all that others could
        sorts.read(ground(_labelled(row), domains))
    sorts.read(ground(formula, domains))


def after_statement(number: int, desk: Desk) -> str:
    """What is handed over once statement `number` is recorded."""
    if not desk.statements:
        return f"Recorded {number}."
    handed = desk.statement(number + 1)
    if number >= len(desk.statements) and desk.options:
        return f"{handed}\n{desk.option(0)}"
    return handed


def first_unrecorded(desk: Desk) -> int | None:
    """The lowest number of a statement that is not recorded, None if all are."""
    recorded = {row.label for row in desk.premises}
    numbers = range(1, len(desk.statements) + 1)
    return next((number for number in numbers if str(number) not in recorded), None)


def option_letters(desk: Desk) -> tuple[str, ...]:
    """The letters of the options to be read."""
    return tuple(letter(index) for index in range(len(desk.options)))


def _labelled(row: Recorded) -> Labelled:
    return Labelled(row.label, parse_formula(row.formula))
