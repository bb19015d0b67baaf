"""Rounding on request: to a number of places or figures, to a multiple, up, down or to the nearest.

Half goes away from zero, as people round; `up` and `down` mean towards plus and minus infinity.
Guarantees that the decision is made on the exact value.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import (
    decimal_places,
    evaluate,
    read_number,
    render_number,
)
from corollary_tools.expressions.tree import Tree
from corollary_tools.solvers.arithmetic.calls import require_number
from corollary_tools.solvers.number_text import checked_length
from corollary_tools.solvers.result import Result

_MOST = 100  # places or figures
_WORDS = {
    "whole": 0, "whole number": 0, "integer": 0, "unit": 0, "one": 0, "ten": -1, "hundred": -2,
    "thousand": -3, "million": -6, "tenth": 1, "hundredth": 2, "thousandth": 3, "cent": 2,
    "dollar": 0, "percent": 2,
}  # fmt: skip
_COUNTED = re.compile(
    r"(\d+)\s*(?P<what>d\.?p\.?|decimals?|(?:decimal\s+)?places?|(?:decimal\s+)?digits?"
    r"|s\.?f\.?|sig\w*(?:\s+\w+)?|figures?)"
)
_WANTED = (
    "Send to as a multiple such as 0.01, 5 or 1/4, as '2 places', '3 figures', or as a word such "
    "as tenth or hundred."
)


def round_to(arguments: dict[str, Any], desk: Desk) -> Result:
    """Round the value of `expression` to what `to` says, in the direction of `mode`."""
    number = require_number(arguments["expression"])
    step, figures = _read_to(arguments["to"])
    value = _exact(number)
    if figures:
        step = Fraction(10) ** (_magnitude(value) - figures + 1)
    if step <= 0:
        raise ToolError(f"{arguments['to']!r} is not above zero. {_WANTED}")
    rounded = _whole(value / step, arguments["mode"]) * step
    return Result(checked_length(_padded(rounded, step)))


def _read_to(text: str) -> tuple[Fraction, int]:
    """(the multiple to round to, 0) or (0, the number of significant figures)."""
    text = re.sub(r"^(?:to\s+)?(?:the\s+)?(?:nearest\s+)?", "", text.strip().lower())
    if text.removesuffix("s") in _WORDS:
        return Fraction(10) ** -_WORDS[text.removesuffix("s")], 0
    match = _COUNTED.fullmatch(text)
    if match is None:
        return read_number(text) or Fraction(0), 0
    count = int(match[1])
    if count > _MOST:
        raise ToolError(f"At most {_MOST} places or figures can be asked for.")
    figures = match["what"].startswith(("s", "f"))
    if figures and count == 0:
        return Fraction(0), 0
    return (Fraction(0), count) if figures else (Fraction(1, 10**count), 0)


def _exact(number: Tree) -> Fraction:
    value = evaluate(number)
    if value is not None:
        return value
    from corollary_tools.expression import build_expression  # sympy, where it is needed
    from corollary_tools.solvers.constants import approximate

    return approximate(build_expression(number), 200)


def _magnitude(value: Fraction) -> int:
    """The power of ten of the first digit."""
    if value == 0:
        return 0
    size = abs(value)
    guess = len(str(size.numerator)) - len(str(size.denominator))
    return guess if size >= Fraction(10) ** guess else guess - 1


def _whole(number: Fraction, mode: str) -> int:
    if mode == "up":
        return math.ceil(number)
    if mode == "down":
        return math.floor(number)
    away = math.floor(abs(number) + Fraction(1, 2))
    return away if number >= 0 else -away


def _padded(value: Fraction, step: Fraction) -> str:
    """With as many decimals as the step has: 2.50, not 2.5."""
    text, places = render_number(value), decimal_places(step)
    if not places or "/" in text or step.numerator != 1 or 10**places % step.denominator:
        return text
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.ljust(places, '0')}"
