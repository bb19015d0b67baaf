"""Times of day: 3:15 pm - 9:40 am, 9:40 am + 2 h 30 min, from 22:30 to 6:15.

A difference of two times is a duration; `to` goes on to the next day where the second time is
earlier. A time with a duration is a time, with the number of days where it leaves its day.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import evaluate
from corollary_tools.expressions.tree import Number
from corollary_tools.solvers.arithmetic.quantities import Quantity
from corollary_tools.solvers.arithmetic.quantity_text import render_compound
from corollary_tools.solvers.arithmetic.units import dimension_name
from corollary_tools.solvers.number_text import render_rational

_DAY = 86_400
_CLOCK = re.compile(
    r"(?<![\w:.])(?:(?P<hour>\d{1,2})(?::(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?)"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?)?|(?P<only>\d{1,2})\s*(?P<mark>[ap])\.?m\b\.?"
    r"|(?P<word>noon|midnight)\b)(?![:\d])",
    re.IGNORECASE,
)
_SPAN = re.compile(r"^\s*(?:from|between)?\s*(@)\s*(?:to|until|till|and|through)\s*(@)\s*$")
_NAMES = (("h", 3600), ("min", 60), ("s", 1))


def has_clock(text: str) -> bool:
    """Whether a time of day stands in the text."""
    return _CLOCK.search(text) is not None


def calculate_time(text: str, read: Callable[[str], Quantity]) -> str:
    """Calculate with times of day; `read` reads the durations between them."""
    clocks = [_seconds(match) for match in _CLOCK.finditer(text)]
    twelve = any(match["half"] or match["mark"] for match in _CLOCK.finditer(text))
    if _SPAN.match(_CLOCK.sub("@", text)):
        return _duration(Fraction((clocks[1] - clocks[0]) % _DAY))
    count = sum(_sign(text, match) for match in _CLOCK.finditer(text))
    total = _total(read(_CLOCK.sub(lambda match: f"({_seconds(match)} s)", text)))
    if count == 0:
        return _duration(total)
    if count != 1:
        raise ToolError("Times of day cannot be added or doubled. Send time - time, or time + 2 h.")
    return _time_of_day(total, twelve)


def _seconds(match: re.Match[str]) -> int:
    if match["word"]:
        return 43_200 if match["word"].lower() == "noon" else 0
    hour, half = int(match["hour"] or match["only"]), (match["half"] or match["mark"] or "").lower()
    if (half and not 1 <= hour <= 12) or hour > 24:
        raise ToolError(f"{match.group()!r} is no time of day. Write 3:15 pm or 15:15.")
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour * 3600 + int(match["minute"] or 0) * 60 + int(match["second"] or 0)


def _sign(text: str, match: re.Match[str]) -> int:
    before = text[: match.start()].rstrip()
    if before.count("(") != before.count(")") or before.endswith(("*", "/", "^", "×", "·")):
        raise ToolError("A time of day stands outside brackets and products: 3:15 pm - 9:40 am.")
    return -1 if before.endswith(("-", "−", "–", "minus")) else 1


def _total(quantity: Quantity) -> Fraction:
    if quantity.dimension != (("time", 1),):
        raise ToolError(
            f"A time of day goes with durations such as 2 h 30 min; this is "
            f"{dimension_name(quantity.dimension)}."
        )
    value = evaluate(quantity.number)
    if value is None:
        raise ToolError("Times of day need rational numbers.")
    return value


def _duration(seconds: Fraction) -> str:
    quantity = Quantity(Number(seconds), (("time", 1),))
    names = [name for name, size in _NAMES if size > 1 or seconds % 60]
    return render_compound(quantity, names) or f"{render_rational(seconds)} s"


def _time_of_day(seconds: Fraction, twelve: bool) -> str:
    days, within = divmod(seconds, _DAY)
    hour, minute, second = within // 3600, within // 60 % 60, within % 60
    if second.denominator != 1:
        raise ToolError("The time comes to a fraction of a second. Round the duration first.")
    tail = f":{minute:02d}" + (f":{int(second):02d}" if second else "")
    text = (
        f"{(hour - 1) % 12 + 1}{tail} {'pm' if hour >= 12 else 'am'}" if twelve else f"{hour}{tail}"
    )
    return text + _days(int(days))


def _days(days: int) -> str:
    if days == 0:
        return ""
    if abs(days) == 1:
        return " (the next day)" if days > 0 else " (the day before)"
    return f" ({abs(days)} days {'later' if days > 0 else 'earlier'})"
