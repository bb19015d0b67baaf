"""When a decimal that somebody rounded stands for an exact value.

Data sets give 15/7 as 2.14285714286 or as a floating-point number. The rule, for a known answer
that is written as a decimal: with fewer than three places it is exact. With three or more it
accepts what lies within one unit of its last place (so both rounding and cutting off are covered);
with three to five places not what is itself a decimal of that many places (2.751 is not 2.750).
With 15 or more significant digits it is a floating-point number, and four units of that precision
are accepted.
"""

from __future__ import annotations

import re
from fractions import Fraction

from corollary_tools.expressions.rational import decimal_places

_DECIMAL = re.compile(r"[-+]?[\d,]*\.(\d+)")


def agrees(text: str, known: Fraction, value: Fraction) -> bool:
    """Whether `value` is the answer that is known as the number `known`, written as `text`."""
    if value == known:
        return True
    match = _DECIMAL.fullmatch(text.strip())
    if match is None or len(match[1]) < 3:
        return False
    return _within_last_place(len(match[1]), known, value) or _same_float(text, known, value)


def _within_last_place(places: int, known: Fraction, value: Fraction) -> bool:
    own = decimal_places(value)
    if places < 6 and own is not None and own <= places:
        return False
    return abs(value - known) <= Fraction(1, 10**places)


def _same_float(text: str, known: Fraction, value: Fraction) -> bool:
    digits = re.sub(r"\D", "", text).lstrip("0")
    return len(digits) >= 15 and abs(value - known) <= abs(known) * Fraction(4, 2**52)
