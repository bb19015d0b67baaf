"""Digits of whole numbers in a worker: other bases, sums and counts of digits.

Digits beyond 9 are A to Z, so bases go from 2 to 36. Guarantees exact results.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.solvers.number_text import checked_length
from corollary_tools.solvers.number_theory.whole_numbers import read_whole
from corollary_tools.solvers.result import Result

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONGEST = 1000  # digits of a number that is not in base 10


def digits(arguments: dict[str, Any], desk: Desk) -> Result:
    """Write `number` (in `base`) in `to_base`, or derive what `want` asks from its digits there."""
    base, to_base = _base(arguments["base"]), _base(arguments["to_base"])
    number = _read(arguments["number"], base)
    text = _written(abs(number), to_base)
    if arguments["want"] == "number":
        return Result(checked_length(f"{'-' if number < 0 else ''}{text}"))
    return Result(str(_COUNTED[arguments["want"]](text)))


def _base(base: int) -> int:
    if not 2 <= base <= 36:
        raise ToolError("A base is a whole number from 2 to 36.")
    return base


def _read(text: str, base: int) -> int:
    if base == 10:
        return read_whole(text)
    word = text.strip().upper().replace(" ", "").replace("_", "")
    for digit in word.removeprefix("-"):
        if digit not in _DIGITS[:base]:
            raise ToolError(f"{digit!r} is no digit in base {base}.")
    if not 0 < len(word.removeprefix("-")) <= _LONGEST:
        raise ToolError(f"Send 1 to {_LONGEST} digits.")
    return int(word, base)


def _written(number: int, base: int) -> str:
    if base == 10:
        return str(number)
    text = ""
    while number:
        number, digit = divmod(number, base)
        text += _DIGITS[digit]
    return text[::-1] or "0"


_COUNTED: dict[str, Callable[[str], int]] = {
    "sum": lambda text: sum(map(_DIGITS.index, text)),
    "trailing_zeros": lambda text: len(text) - len(text.rstrip("0")) if text != "0" else 0,
}
