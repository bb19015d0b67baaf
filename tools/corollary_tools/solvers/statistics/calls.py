"""Statistics of data in a worker: means, spread, percentiles, lines through points.

Guarantees exact results. Sample variance and deviation divide by n - 1, the others by n.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import render_number
from corollary_tools.expressions.tree import Apply, Number
from corollary_tools.solvers.arithmetic.quantity_text import render_value
from corollary_tools.solvers.number_text import checked_length, render_rational
from corollary_tools.solvers.result import Result
from corollary_tools.solvers.statistics.data import (
    mean,
    read_data,
    read_exact,
    read_weights,
    variance,
)

_Values = list[Fraction]


def statistic(arguments: dict[str, Any], desk: Desk) -> Result:
    """Find `want` of `data`, each value as often as its weight says."""
    values = read_data(arguments["data"])
    weights = read_weights(arguments["weights"], len(values))
    return Result(checked_length(_STATISTICS[arguments["want"]](values, weights)))


def percentile(arguments: dict[str, Any], desk: Desk) -> Result:
    """The value below which `percent` of the data lie, by one of three usual methods."""
    values = sorted(read_data(arguments["data"]))
    percent = read_exact(arguments["percent"].strip().rstrip("%"), "percent")
    if not 0 <= percent <= 100:
        raise ToolError("percent goes from 0 to 100; 25 and 75 are the quartiles.")
    return Result(render_rational(_METHODS[arguments["method"]](values, percent / 100)))


def fit_line(arguments: dict[str, Any], desk: Desk) -> Result:
    """The line of least squares through the points (x, y), or how well it fits."""
    xs, ys = read_data(arguments["xs"], "xs", 2), read_data(arguments["ys"], "ys", 2)
    if len(xs) != len(ys):
        raise ToolError(f"There are {len(xs)} xs and {len(ys)} ys; send as many of both.")
    return Result(checked_length(_FITS[arguments["want"]](xs, ys)))


def root_text(square: Fraction) -> str:
    """The exact square root."""
    return render_value(Apply("sqrt", (Number(square),)))


def _ordered(values: _Values, weights: _Values) -> _Values:
    """The values in order, each as often as its weight, which must be whole."""
    if any(weight.denominator != 1 or weight > 10**6 for weight in weights):
        raise ToolError("For this, weights are counts: whole numbers.")
    rows = sorted(zip(values, weights, strict=True))
    if sum(weights) > 10**6:
        raise ToolError("There are more than a million values.")
    return [value for value, count in rows for _ in range(int(count))]


def _median(values: _Values, weights: _Values) -> str:
    return render_rational(middle(_ordered(values, weights)))


def middle(ordered: _Values) -> Fraction:
    """The median of values in order."""
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _mode(values: _Values, weights: _Values) -> str:
    counts: Counter[Fraction] = Counter()
    for value, weight in zip(values, weights, strict=True):
        counts[value] += weight  # type: ignore[assignment]  # weights may be fractions
    most = max(counts.values())
    if len(counts) > 1 and all(count == most for count in counts.values()):
        return "none (all values occur equally often)"
    return ", ".join(render_number(value) for value in sorted(counts) if counts[value] == most)


def _geometric(values: _Values, weights: _Values) -> str:
    if any(value <= 0 for value in values):
        raise ToolError("A geometric mean needs positive values.")
    ordered = _ordered(values, weights)
    product = Apply("mul", tuple(map(Number, ordered)))
    return render_value(Apply("root", (product, Number(Fraction(len(ordered))))))


def _harmonic(values: _Values, weights: _Values) -> str:
    if any(value <= 0 for value in values):
        raise ToolError("A harmonic mean needs positive values.")
    return render_rational(1 / mean([1 / value for value in values], weights))


def _sample(values: _Values, weights: _Values) -> Fraction:
    count = sum(weights)
    if count <= 1:
        raise ToolError("A sample variance needs two values or more.")
    return variance(values, weights) * count / (count - 1)


_STATISTICS: dict[str, Callable[[_Values, _Values], str]] = {
    "mean": lambda v, w: render_rational(mean(v, w)),
    "median": _median,
    "mode": _mode,
    "range": lambda v, _: render_rational(max(v) - min(v)),
    "sum": lambda v, w: render_rational(mean(v, w) * sum(w)),
    "variance": lambda v, w: render_rational(variance(v, w)),
    "deviation": lambda v, w: root_text(variance(v, w)),
    "sample_variance": lambda v, w: render_rational(_sample(v, w)),
    "sample_deviation": lambda v, w: root_text(_sample(v, w)),
    "geometric": _geometric,
    "harmonic": _harmonic,
}


def _linear(ordered: _Values, part: Fraction) -> Fraction:
    """Between the two nearest values, as spreadsheets do (position (n - 1)p)."""
    place = (len(ordered) - 1) * part
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _nearest(ordered: _Values, part: Fraction) -> Fraction:
    """The least value that has at least this part of the data at or below it."""
    return ordered[max(math.ceil(part * len(ordered)), 1) - 1]


def _halves(ordered: _Values, part: Fraction) -> Fraction:
    """The median of the lower or upper half, without the median itself, as schools do."""
    if part not in (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)) or len(ordered) < 2:
        raise ToolError("method='halves' gives quartiles: percent 25, 50 or 75 of two values up.")
    half = len(ordered) // 2
    if part == Fraction(1, 2):
        return middle(ordered)
    return middle(ordered[:half] if part < Fraction(1, 2) else ordered[-half:])


_METHODS = {"linear": _linear, "nearest": _nearest, "halves": _halves}


def _sums(xs: _Values, ys: _Values) -> tuple[Fraction, Fraction, Fraction]:
    """The mean products of the distances from the means: of x with x, x with y, y with y."""
    ones = [Fraction(1)] * len(xs)
    x, y = mean(xs, ones), mean(ys, ones)
    both = [(a - x) * (b - y) for a, b in zip(xs, ys, strict=True)]
    return variance(xs, ones), mean(both, ones), variance(ys, ones)


def _line(xs: _Values, ys: _Values) -> str:
    across, both, _ = _sums(xs, ys)
    if across == 0:
        raise ToolError("All xs are equal: the line through these points is vertical.")
    slope = both / across
    start = (sum(ys) - slope * sum(xs)) / len(xs)
    size = "x" if abs(slope) == 1 else f"{render_number(abs(slope))}*x"
    text = f"y = {'-' if slope < 0 else ''}{size}" if slope else "y ="
    if start == 0 and slope:
        return text
    sign = ("- " if start < 0 else "+ ") if slope else ("-" if start < 0 else "")
    return f"{text} {sign}{render_number(abs(start))}"


def _correlation(xs: _Values, ys: _Values) -> str:
    across, both, up = _sums(xs, ys)
    if across == 0 or up == 0:
        raise ToolError("The xs or the ys are all equal: there is no correlation.")
    return render_value(Apply("div", (Number(both), Apply("sqrt", (Number(across * up),)))))


_FITS: dict[str, Callable[[_Values, _Values], str]] = {
    "line": _line,
    "correlation": _correlation,
}
