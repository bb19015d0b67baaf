"""The statistics kit: data, percentiles, lines through points, and probabilities."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from corollary_tools.kits.values import Text, Texts
from corollary_tools.tool import Arguments, Example, SymbolicTool

_DATA = "numbers, such as 3, 5, 1/2"


class StatisticArguments(Arguments):
    """What `statistic` takes."""

    data: Texts = Field(description=_DATA)
    want: Literal[
        "mean", "median", "mode", "range", "sum", "variance", "deviation", "sample_variance",
        "sample_deviation", "geometric", "harmonic",
    ] = Field(default="mean", description="what to find; sample_ divides by n - 1")  # fmt: skip
    weights: Texts = Field(
        default=[],
        description="how often or how much each value counts; probabilities for an expected value",
    )


class PercentileArguments(Arguments):
    """What `percentile` takes."""

    data: Texts = Field(description=_DATA)
    percent: Text = Field(description="0 to 100; 25 and 75 are the quartiles")
    method: Literal["linear", "nearest", "halves"] = Field(
        default="linear",
        description="between values, the nearest rank, or medians of the halves",
    )


class FitLineArguments(Arguments):
    """What `fit_line` takes."""

    xs: Texts = Field(description=_DATA)
    ys: Texts = Field(description="as many numbers")
    want: Literal["line", "correlation"] = Field(default="line", description="what to find")


class ChanceArguments(Arguments):
    """What `chance` takes."""

    unknowns: Texts = Field(description="names with whole values, such as a: 1..6 or b: {0, 1}")
    event: str = Field(description="a condition, such as a + b = 7 or a is even and b > 2")
    given: str = Field(default="", description="a condition that is known to hold")
    distinct: bool = Field(default=False, description="whether no two have the same value")


class DistributionArguments(Arguments):
    """What `distribution` takes."""

    kind: Literal["binomial", "hypergeometric", "geometric", "poisson", "normal"] = Field(
        description="the distribution of X"
    )
    parameters: Texts = Field(
        description="n, p; N, K of them marked, n drawn; p; mean; mean, deviation"
    )
    event: str = Field(description="such as X >= 2, 1 < X < 3, at least 2 or exactly 3")


def tools() -> tuple[SymbolicTool, ...]:
    """The tools of this kit, in order."""
    return (_statistic(), _percentile(), _fit_line(), _chance(), _distribution())


def _statistic() -> SymbolicTool:
    return SymbolicTool(
        name="statistic",
        operation="statistic",
        description="Find a mean, an expected value, a spread or another figure of data.",
        args_schema=StatisticArguments,
        examples=(
            Example({"data": ["1", "2", "3", "4"], "want": "median"}, "2.5"),
            Example({"data": ["10", "-2"], "weights": ["1/4", "3/4"]}, "1"),
        ),
    )


def _percentile() -> SymbolicTool:
    return SymbolicTool(
        name="percentile",
        operation="percentile",
        description="Find a percentile or quartile of data.",
        args_schema=PercentileArguments,
        examples=(
            Example({"data": ["1", "2", "3", "4"], "percent": "75"}, "3.25"),
            Example({"data": ["1", "2", "4", "8"], "percent": "25", "method": "halves"}, "1.5"),
        ),
    )


def _fit_line() -> SymbolicTool:
    return SymbolicTool(
        name="fit_line",
        operation="fit_line",
        description="Fit a line to points by least squares.",
        args_schema=FitLineArguments,
        examples=(
            Example({"xs": ["1", "2", "3"], "ys": ["2", "4", "5"]}, "y = 1.5*x + 2/3"),
            Example({"xs": ["1", "2"], "ys": ["4", "3"], "want": "correlation"}, "-1"),
        ),
    )


def _chance() -> SymbolicTool:
    return SymbolicTool(
        name="chance",
        operation="chance",
        description="Count equally likely cases.",
        args_schema=ChanceArguments,
        examples=(
            Example(
                {"unknowns": ["a: 1..6", "b: 1..6"], "event": "a + b = 7"}, "1/6 (6 of 36 cases)"
            ),
            Example(
                {"unknowns": ["a: 1..6"], "event": "a is prime", "given": "a > 1"},
                "0.6 (3 of 5 cases)",
            ),
        ),
    )


def _distribution() -> SymbolicTool:
    return SymbolicTool(
        name="distribution",
        operation="distribution",
        description="Find the probability of an event.",
        args_schema=DistributionArguments,
        examples=(
            Example(
                {"kind": "binomial", "parameters": ["n = 3", "p = 1/2"], "event": "X >= 2"}, "0.5"
            ),
            Example(
                {"kind": "normal", "parameters": ["100", "15"], "event": "X < 115"},
                "about 0.841345",
            ),
        ),
    )
