"""Reading whole numbers out of what a model sends, and refusing others in words.

Guarantees plain Python integers within the size bounds of `rational`.
"""

from __future__ import annotations

from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import evaluate
from corollary_tools.expressions.syntax import parse_tree


def read_whole(text: str, name: str = "number", least: int | None = None) -> int:
    """The whole number that a calculation comes to. ToolError where it is not one."""
    value = evaluate(parse_tree(text))
    if value is None or value.denominator != 1:
        raise ToolError(f"{name} must be a whole number, not {_shortened(text)}.")
    if least is not None and value < least:
        raise ToolError(f"{name} must be at least {least}, not {_shortened(text)}.")
    return value.numerator


def require_at_most(number: int, most: int, what: str) -> int:
    """The number itself. ToolError that says which bound it breaks."""
    if abs(number) > most:
        bound = f"{most:,}" if most < 10**12 else f"10^{len(str(most)) - 1}"
        raise ToolError(f"{what} goes up to {bound} here. Send a smaller number.")
    return number


def _shortened(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:37]}...")
