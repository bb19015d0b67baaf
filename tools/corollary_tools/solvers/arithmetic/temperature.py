"""Temperatures from one scale to another: 98.6 F to C. They have no common zero, so no unit is one.

Does not add temperatures, nor turn a difference of temperatures into another scale.
"""

from __future__ import annotations

import re
from fractions import Fraction

from corollary_tools.expressions.rational import read_number, render_number
from corollary_tools.solvers.number_text import about

_DEGREES = r"(?:°|deg\.?|degrees?)?\s*"
_SCALE = r"(C|F|K|Celsius|Fahrenheit|Kelvin)"
_CHANGE = re.compile(
    rf"^\s*(?P<value>.+?)\s*{_DEGREES}{_SCALE}\s+(?:in|to|into|as)\s+{_DEGREES}{_SCALE}\s*$",
    re.IGNORECASE,
)
_ZERO = {"K": Fraction(0), "C": Fraction("273.15"), "F": Fraction("459.67") * 5 / 9}
_STEP = {"K": Fraction(1), "C": Fraction(1), "F": Fraction(5, 9)}


def convert_temperature(text: str) -> str | None:
    """The temperature in the other scale; None where the text is nothing of the kind."""
    match = _CHANGE.match(text)
    value = read_number(match["value"]) if match else None
    if match is None or value is None:
        return None
    old, new = match[2][0].upper(), match[3][0].upper()
    result = (value * _STEP[old] + _ZERO[old] - _ZERO[new]) / _STEP[new]
    sign = "K" if new == "K" else f"°{new}"
    exact = render_number(result)
    return f"{exact} {sign} (about {about(result)} {sign})" if "/" in exact else f"{exact} {sign}"


def is_scale(text: str) -> bool:
    """Whether a text names a temperature scale."""
    return re.fullmatch(_DEGREES + _SCALE, text, re.IGNORECASE) is not None
