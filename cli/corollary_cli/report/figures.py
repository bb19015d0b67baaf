"""Figures: accuracy with intervals, the paired difference with its margin, one line a family.

Inline SVG of our own: no script, no font, no network. Guarantees that every mark has a title with
its figures in words, and takes its colour from the page's style. Does not compute statistics.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor

from corollary_cli.report.markup import Html, element, join
from corollary_cli.report.numbers import percent, percent_range, signed_points
from corollary_training.decision import Decision
from corollary_training.evaluation import Evaluation

_WIDTH, _LABELS, _FIGURES, _ROW = 1092, 150, 170, 42


@dataclass(frozen=True, slots=True)
class _Scale:
    """Maps values low..high to pixels left..right."""

    low: float
    high: float
    left: float = _LABELS
    right: float = _WIDTH - _FIGURES

    def at(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.left + share * (self.right - self.left), 1)

    def ticks(self, step: float) -> Iterator[float]:
        first = ceil(self.low / step - 1e-9)
        last = floor(self.high / step + 1e-9)
        return (number * step for number in range(first, last + 1))


def accuracy_figure(sides: Sequence[tuple[str, Evaluation]]) -> Html:
    """Draw one row a model: its accuracy as a dot on the 95 % interval."""
    scale = _accuracy_scale([side for _, side in sides])
    bottom = 16 + _ROW * len(sides)
    rows = [_row(scale, role, side, 16 + _ROW * (i + 0.5)) for i, (role, side) in enumerate(sides)]
    step = 0.1 if scale.high - scale.low <= 0.6 else 0.2
    axis = [_tick(scale, value, bottom, percent(value, 0)) for value in scale.ticks(step)]
    told = "; ".join(f"{role} {percent(side.accuracy)}" for role, side in sides)
    return _svg(f"Accuracy with 95 % intervals: {told}", bottom + 26, *axis, *rows)


def difference_figure(decision: Decision) -> Html:
    """Draw student - teacher in points, its interval, and the zone that the margin forbids."""
    reach = _reach(decision)
    scale = _Scale(-reach, reach, left=24, right=456)
    step = next(s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) if reach / s <= 5)
    edge = max(-reach, min(reach, -decision.settings.margin))
    zone = element(
        "rect",
        element(
            "title", f"Not acceptable: below {signed_points(-decision.settings.margin)} points"
        ),
        class_="zone",
        x=scale.left,
        y=14,
        width=scale.at(edge) - scale.left,
        height=62,
    )
    ticks = [_tick(scale, value, 76, _points(value)) for value in scale.ticks(step)]
    ends = (
        element("text", "student worse", class_="minor", x=scale.left, y=98 + 18),
        element("text", "student better", class_="minor far", x=scale.right, y=98 + 18),
    )
    told = (
        f"Difference {signed_points(decision.difference)} points, interval "
        f"{signed_points(decision.low)} to {signed_points(decision.high)}"
    )
    marks = (
        _line("zero", scale.at(0), 14, scale.at(0), 76),
        _line("edge", scale.at(edge), 8, scale.at(edge), 76),
        _whisker(scale, (decision.low, decision.difference, decision.high), 45, "after", told),
    )
    return _svg(told, 122, zone, *ticks, *ends, *marks, width=480)


def family_figure(values: Sequence[tuple[str, float]]) -> Html:
    """Draw one thin line from 0 to 100 % with a dot for each (role, accuracy)."""
    scale = _Scale(0, 1, left=7, right=173)
    places = [scale.at(value) for _, value in values]
    dots = [
        _dot(scale.at(value), 10, role, f"{role} {percent(value)}", 5.0) for role, value in values
    ]
    track = _line("track", scale.left, 10, scale.right, 10)
    span = _line("span", min(places), 10, max(places), 10)
    told = ", ".join(f"{role} {percent(value)}" for role, value in values)
    return _svg(told, 20, track, span, *dots, width=180)


def _accuracy_scale(sides: Sequence[Evaluation]) -> _Scale:
    """Tens of percent around all intervals, at least thirty points wide."""
    low = floor(min(side.low for side in sides) * 10 - 0.1) / 10
    high = ceil(max(side.high for side in sides) * 10 + 0.1) / 10
    low, high = max(0.0, low), min(1.0, high)
    if high - low < 0.3:
        low, high = max(0.0, high - 0.3), max(high, 0.3)
    return _Scale(low, high)


def _row(scale: _Scale, role: str, side: Evaluation, y: float) -> Html:
    interval = percent_range(side.low, side.high)
    told = f"{role}: {percent(side.accuracy)} ({interval}), {side.correct} of {side.n} right"
    return join(
        [
            element("text", role, class_="label", x=0, y=y + 5),
            _whisker(scale, (side.low, side.accuracy, side.high), y, role, told),
            element("text", percent(side.accuracy), class_="value", x=_WIDTH - 130, y=y),
            element("text", interval, class_="minor", x=_WIDTH - 130, y=y + 15),
        ]
    )


def _whisker(
    scale: _Scale, values: tuple[float, float, float], y: float, role: str, told: str
) -> Html:
    low, middle, high = (scale.at(value) for value in values)
    return element(
        "g",
        element("title", told),
        _line("reach", low, y, high, y),
        _line("cap", low, y - 6, low, y + 6),
        _line("cap", high, y - 6, high, y + 6),
        _dot(middle, y, role, told, 6.5),
        class_=_class(role),
    )


def _dot(x: float, y: float, role: str, told: str, radius: float) -> Html:
    title = element("title", told)
    return element("circle", title, class_=f"dot {_class(role)}", cx=x, cy=y, r=radius)


def _tick(scale: _Scale, value: float, bottom: float, label: str) -> Html:
    x = scale.at(value)
    text = element("text", label, class_="tick", x=x, y=bottom + 18)
    return join([_line("grid", x, 14, x, bottom), text])


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> Html:
    return element("line", class_=kind, x1=x1, y1=y1, x2=x2, y2=y2)


def _svg(told: str, height: float, *children: Html, width: int = _WIDTH) -> Html:
    return element(
        "svg",
        *children,
        viewBox=f"0 0 {width} {height:g}",
        width=width,
        role="img",
        aria_label=told,
    )


def _class(role: str) -> str:
    return role.split()[-1]


def _points(share: float) -> str:
    """A tick in whole points."""
    return signed_points(share).removesuffix(".0").replace("\u00b10", "0")


def _reach(decision: Decision) -> float:
    """How far the axis goes to both sides: past the interval and past the margin."""
    ends = (abs(decision.low), abs(decision.high), abs(decision.settings.margin), 0.02)
    return min(1.0, max(ends) * 1.15)
