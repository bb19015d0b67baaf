"""Taking back what was recorded at a desk: one statement, or all since a mark. Calls no solver.

Guarantees that `pop` gives back exactly what was recorded at its `push`.
"""

from __future__ import annotations

from typing import Any

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.solvers.result import Result

MAX_MARKS = 50


def retract(arguments: dict[str, Any], desk: Desk) -> Result:
    """Take back the formula of statement `n`; hand over the statement again, to be read anew."""
    number = arguments["n"]
    if str(number) not in {row.label for row in desk.premises}:
        raise ToolError(f"Nothing is recorded for {number}. Recorded: {_recorded(desk)}.")
    after = desk.retract(number)
    again = f" Read again: {desk.statement(number)}" if number <= len(desk.statements) else ""
    return Result(f"Retracted {number}.{again}", after)


def scope(arguments: dict[str, Any], desk: Desk) -> Result:
    """Push: mark what is recorded. Pop: go back to it."""
    if arguments["mode"] == "push":
        if len(desk.marks) >= MAX_MARKS:
            raise ToolError(f"There are {MAX_MARKS} marks. Send pop first.")
        return Result(f"Marked: {_recorded(desk)}.", desk.push())
    if not desk.marks:
        raise ToolError("There is no mark to go back to. Send push before what you may take back.")
    after = desk.pop()
    return Result(f"Back to: {_recorded(after)}.", after)


def _recorded(desk: Desk) -> str:
    """What is recorded, for a model: the numbers of the statements."""
    numbers = sorted(int(row.label) for row in desk.premises)
    return ", ".join(map(str, numbers)) or "nothing"
