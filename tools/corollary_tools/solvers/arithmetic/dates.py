"""Dates: days between two, the date some days, weeks, months or years away, the day of the week.

The Gregorian calendar, years 1 to 9999. A month or year later is the same day of the month, or the
last one where that month is shorter. Does not know times of day or time zones.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import Any

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.solvers.result import Result

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_SHORT = {name[:3]: number for name, number in _MONTHS.items()}
_MONTH = r"(?P<word>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_FORMS = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"),
    re.compile(rf"{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s+(?P<year>\d{{4}})", re.I),
    re.compile(
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+(?P<year>\d{{4}})", re.I
    ),
)
_STEP = re.compile(
    r"\s*(?P<sign>[-+−])?\s*(?P<count>\d{1,7})\s*(?P<unit>day|week|month|year)s?\b", re.I
)
_BETWEEN = re.compile(r"\s*(?:-|−|–|minus|to|until|till|and)\s*", re.I)
_WANTED = (
    "Send a date as 2024-03-01 or March 1, 2024; then + 45 days, or a second date after 'to'. "
    "A month comes before the day only where it is a word."
)


def dates(arguments: dict[str, Any], desk: Desk) -> Result:
    """Calculate with the dates in `expression`."""
    text = re.sub(
        r"^\s*(?:days?\s+)?(?:from|between)\s+", "", arguments["expression"].strip(), flags=re.I
    )
    first, rest = _read_date(text)
    joint = _BETWEEN.match(rest)
    if joint is not None and _starts_date(rest[joint.end() :]):
        second, rest = _read_date(rest[joint.end() :])
        if rest.strip():
            raise ToolError(f"{rest.strip()!r} cannot be read after two dates. {_WANTED}")
        minus = joint.group().strip().lower() in ("-", "−", "–", "minus")
        return Result(_days((first - second if minus else second - first).days))
    return Result(_shown(_moved(first, rest)))


def _starts_date(text: str) -> bool:
    return any(form.match(text) for form in _FORMS)


def _read_date(text: str) -> tuple[date, str]:
    for form in _FORMS:
        match = form.match(text)
        if match is not None:
            return _date(match), text[match.end() :]
    raise ToolError(f"No date stands at {text[:20]!r}. {_WANTED}")


def _date(match: re.Match[str]) -> date:
    groups = match.groupdict()
    word = groups.get("word")
    month = _SHORT[word.lower()] if word else int(groups["month"])
    try:
        return date(int(groups["year"]), month, int(groups["day"]))
    except ValueError:
        raise ToolError(f"There is no such date: {match.group()}.") from None


def _moved(start: date, text: str) -> date:
    while text.strip():
        match = _STEP.match(text)
        if match is None:
            raise ToolError(f"{text.strip()!r} cannot be read after a date. {_WANTED}")
        count = int(match["count"]) * (-1 if match["sign"] in ("-", "−") else 1)
        start = _step(start, count, match["unit"].lower())
        text = text[match.end() :]
    return start


def _step(start: date, count: int, unit: str) -> date:
    try:
        if unit in ("day", "week"):
            return start + timedelta(days=count * (7 if unit == "week" else 1))
        year, month = divmod(
            start.year * 12 + start.month - 1 + count * (12 if unit == "year" else 1), 12
        )
        last = calendar.monthrange(year, month + 1)[1]
        return date(year, month + 1, min(start.day, last))
    except (ValueError, OverflowError):
        raise ToolError("The date leaves the years 1 to 9999.") from None


def _days(count: int) -> str:
    return f"{count} day{'s' if abs(count) != 1 else ''}"


def _shown(day: date) -> str:
    return f"{day.isoformat()} ({calendar.day_name[day.weekday()]})"
