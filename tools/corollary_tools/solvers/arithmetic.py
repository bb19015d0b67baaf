"""The arithmetic tool inside a worker: exact calculation."""

from __future__ import annotations

from typing import Any

from corollary_tools.desk import Desk
from corollary_tools.solvers.result import Result


def calculate(arguments: dict[str, Any], desk: Desk) -> Result:
    """Placeholder until the parser stands: whole numbers only."""
    left, _, right = arguments["expression"].partition("+")
    return Result(str(int(left) + int(right or 0)))
