"""Events: what must happen, as a set of whole numbers or as conditions joined by and, or."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction

from corollary_tools.errors import ToolError
from corollary_tools.solvers.number_theory.whole_conditions import plain_bound, read_conditions
from corollary_tools.solvers.number_theory.whole_search import Numbers, compile_condition

_PHRASES = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"\b(?:at\s+least|no\s+(?:less|fewer)\s+than)\s+", "X >= "),
        (r"\b(?:at\s+most|no\s+more\s+than)\s+", "X <= "),
        (r"\b(?:more|greater)\s+than\s+", "X > "),
        (r"\b(?:less|fewer)\s+than\s+", "X < "),
        (r"\bexactly\s+", "X = "),
        (r"\bbetween\s+(\S+)\s+and\s+(\S+)", r"\1 <= X <= \2"),
        (r"\bX\s+(?:is\s+)?(?=X\b)", ""),
    )
)
_Number = Fraction | float


def read_range(text: str) -> tuple[_Number, bool, _Number, bool]:
    """An interval: (low, whether it belongs to it, high, whether it belongs to it)."""
    for pattern, replacement in _PHRASES:
        text = pattern.sub(replacement, text)
    low: _Number = -math.inf
    high: _Number = math.inf
    low_in = high_in = False
    for condition in read_conditions([text]):
        found = plain_bound(condition)
        if found is None:
            raise ToolError(f"{text!r} is no event. Send X = 3, X >= 2, 2 <= X <= 5 or at least 2.")
        _, sign, value = found
        if sign in (">", ">=", "=") and value >= low:
            low, low_in = value, sign != ">"
        if sign in ("<", "<=", "=") and value <= high:
            high, high_in = value, sign != "<"
    return low, low_in, high, high_in


def whole_range(text: str) -> tuple[int, int | None]:
    """The whole numbers of an event, from 0: least and greatest, None where it has no end."""
    low, low_in, high, high_in = read_range(text)
    first = 0
    if isinstance(low, Fraction):
        first = max(math.ceil(low) if low_in else math.floor(low) + 1, 0)
    if not isinstance(high, Fraction):
        return first, None
    return first, math.floor(high) if high_in else math.ceil(high) - 1


def compile_event(text: str) -> tuple[Callable[[Numbers], bool], frozenset[str]]:
    """A function that says whether the event happens, and the names in it."""
    names: set[str] = set()
    cases = []
    for case in re.split(r"\s+or\s+", text):
        conditions = read_conditions(re.split(r"\s+and\s+|\s*,\s*(?![^()]*\))", case))
        names |= {name for condition in conditions for name in condition.names}
        cases.append([compile_condition(condition) for condition in conditions])
    return lambda numbers: any(all(check(numbers) for check in case) for case in cases), frozenset(
        names
    )
