"""Numbers as rows write them, as the canonical texts of answers.

A terminating decimal is a decimal, any other number a fraction: "24", "0.1", "15/7".
"""

from __future__ import annotations

import re
from fractions import Fraction

_PLAIN = re.compile(r"^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$", re.IGNORECASE)
_FLOAT = 10**14


def read_number(value: object) -> Fraction | None:
    """The number of a JSON number or of a text such as "1,200"; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = str(value).replace(",", "").replace("−", "-").strip()
    return Fraction(text) if _PLAIN.match(text) else None


def number_text(number: Fraction) -> str:
    """The canonical text of a number."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{number.numerator}/{number.denominator}"
    places = 0
    while (number * 10**places).denominator != 1:
        places += 1
    digits = str(abs((number * 10**places).numerator)).rjust(places + 1, "0")
    whole, decimals = (digits[:-places], digits[-places:]) if places else (digits, "")
    return ("-" if number < 0 else "") + whole + (f".{decimals}" if decimals else "")


def rounds_to(exact: Fraction, written: str) -> bool:
    """Whether a number as it is written is this exact one, rounded or cut to the digits it has.

    The last digit of a number that went through a float may be off.
    """
    read = read_number(written)
    places = len(written.partition(".")[2])
    near = max(Fraction(1, 10**places), abs(exact) / _FLOAT)
    return read is not None and abs(exact - read) < near
