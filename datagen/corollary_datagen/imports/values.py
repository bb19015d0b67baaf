"""Values in tool results: what a later move of a recorded program needs of an earlier one.

Guarantees exact texts: `1/3 (about 0.333333)` gives `1/3`, in brackets where it stands among other
signs. Reads the results of `calculate`, `round_to` and `solve`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from corollary_datagen.imports.recorded import Unreadable

_REFERENCE = re.compile(r"⟦(\d+):(\w*):(\d+)⟧")
_ABOUT = re.compile(r"\(about (-?[\d.]+(?:e[-+]?\d+)?)\)")
_NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?")
_CLOSE = 1e-6


def filled(argument: Any, results: Sequence[str]) -> Any:
    """An argument with the results of earlier moves put in. Raises Unreadable for one without."""
    if isinstance(argument, list):
        return [filled(one, results) for one in argument]
    if not isinstance(argument, str) or "⟦" not in argument:
        return argument
    whole = _REFERENCE.fullmatch(argument)
    if whole:
        return _value(whole, results)
    return _REFERENCE.sub(lambda found: _bracketed(_value(found, results)), argument)


def comes_to(result: str, printed: str) -> bool:
    """Whether a result is the last number of what a program printed, as floats are."""
    numbers = _NUMBER.findall(printed)
    fraction = re.fullmatch(r"\s*(-?\d+)/(\d+)\s*", printed)
    if fraction:
        numbers = [str(int(fraction[1]) / max(1, int(fraction[2])))]
    about = _ABOUT.search(result)
    found = [about[1]] if about else _NUMBER.findall(result)
    if not numbers or not found:
        return False
    left, right = (float(one[-1].replace(",", "")) for one in (numbers, found))
    return math.isclose(left, right, rel_tol=_CLOSE, abs_tol=_CLOSE)


def _value(found: re.Match[str], results: Sequence[str]) -> str:
    move, name, place = int(found[1]), found[2], int(found[3])
    text = results[move]
    if not name:
        return text.split(" (about")[0].strip()
    ways = [_bindings(way) for way in text.split(" or ")]
    values = [way[name] for way in ways if name in way]
    if place >= len(values):
        raise Unreadable("a later step needs a solution that is not there", text)
    return values[place]


def _bindings(text: str) -> dict[str, str]:
    pairs = (part.partition(" = ") for part in text.split(" (about")[0].split(", "))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}


def _bracketed(value: str) -> str:
    return value if re.fullmatch(r"\d+(\.\d+)?", value) else f"({value})"
