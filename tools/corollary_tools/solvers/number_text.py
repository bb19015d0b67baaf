"""How numbers are shown: decimals beside exact values, and how long a text may be.

Guarantees six decimal places, or six significant digits for small numbers, rounded half to even.
"""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction

from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import render_number

LONGEST_RESULT = 1000  # characters


def about(value: Fraction) -> str:
    """A decimal near `value`: six places, six significant digits where it is small or huge."""
    size = abs(value)
    if size and not Fraction(1, 10) <= size < 10**12:
        digits = Context(prec=6).divide(Decimal(value.numerator), Decimal(value.denominator))
        return f"{digits.normalize():g}".lower().replace("e+", "e") if size >= 1 else _plain(digits)
    return _plain(Decimal(round(value * 10**6)).scaleb(-6, Context(prec=40)))


def render_rational(value: Fraction) -> str:
    """The exact text, with a decimal beside a fraction."""
    text = checked_length(render_number(value))
    return f"{text} (about {about(value)})" if "/" in text else text


def _plain(number: Decimal) -> str:
    if number and abs(number) < Decimal("1e-9"):
        return f"{number.normalize()}".replace("E", "e")
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def checked_length(text: str) -> str:
    """The text itself. ToolError where it is too long to be of use to a model."""
    if len(text) > LONGEST_RESULT:
        raise ToolError(f"The result has {len(text)} characters: too long to show. Ask for less.")
    return text
