"""The calculus kit: derivatives, integrals, limits, series, extrema, sums, and equations in y'."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from corollary_tools.tool import Arguments, Example, SymbolicTool

_VARIABLE = "the variable; not needed where there is one unknown"
_EXPRESSION = "an expression, such as x^2*sin(x)"


class DerivativeArguments(Arguments):
    """What `derivative` takes."""

    expression: str = Field(description=_EXPRESSION)
    variable: str = Field(default="", description=_VARIABLE)
    order: int = Field(default=1, description="how often to differentiate")
    at: str = Field(default="", description="a point to evaluate it at")


class IntegralArguments(Arguments):
    """What `integral` takes."""

    expression: str = Field(description=_EXPRESSION)
    variable: str = Field(default="", description=_VARIABLE)
    lower: str = Field(default="", description="where a definite integral begins, such as -oo")
    upper: str = Field(default="", description="where it ends")


class LimitArguments(Arguments):
    """What `limit` takes."""

    expression: str = Field(description=_EXPRESSION)
    to: str = Field(description="what the variable approaches, such as 0 or oo")
    variable: str = Field(default="", description=_VARIABLE)
    side: Literal["both", "left", "right"] = Field(
        default="both", description="from which side it is approached"
    )


class SeriesArguments(Arguments):
    """What `series` takes."""

    expression: str = Field(description=_EXPRESSION)
    about: str = Field(default="0", description="the point to expand about")
    order: int = Field(default=6, description="the power at which to stop")
    variable: str = Field(default="", description=_VARIABLE)


class ExtremaArguments(Arguments):
    """What `extrema` takes."""

    expression: str = Field(description=_EXPRESSION)
    within: str = Field(default="", description="a range, such as 0 <= x <= 3; none: all x")


class TotalArguments(Arguments):
    """What `total` takes."""

    expression: str = Field(description="the term, such as 1/k^2")
    first: str = Field(description="the first value of the index")
    last: str = Field(description="the last value, such as 10, n or oo")
    variable: str = Field(default="", description="the index; not needed where it is the only name")
    kind: Literal["sum", "product"] = Field(default="sum", description="what is made of the terms")


class SolveOdeArguments(Arguments):
    """What `solve_ode` takes."""

    equation: str = Field(description="an equation in y and x, such as y'' + y = 0")
    conditions: list[str] = Field(default=[], description="such as y(0) = 1 and y'(0) = 0")


class DescribeArguments(Arguments):
    """What `describe` takes."""

    expression: str = Field(description="an expression in one unknown")
    find: Literal["domain", "range", "inverse", "asymptotes", "period", "parity"] = Field(
        description="what to find"
    )


def tools() -> tuple[SymbolicTool, ...]:
    """The tools of this kit, in order."""
    return (
        _derivative(), _integral(), _limit(), _series(), _extrema(), _total(), _solve_ode(),
        _describe(),
    )  # fmt: skip


def _derivative() -> SymbolicTool:
    return SymbolicTool(
        name="derivative",
        operation="derivative",
        description="Differentiate.",
        args_schema=DerivativeArguments,
        examples=(
            Example({"expression": "x^3"}, "3*x^2"),
            Example({"expression": "a*t^2", "variable": "t"}, "2*a*t"),
        ),
    )


def _integral() -> SymbolicTool:
    return SymbolicTool(
        name="integral",
        operation="integral",
        description="Integrate.",
        args_schema=IntegralArguments,
        examples=(
            Example({"expression": "2x"}, "x^2 + C"),
            Example({"expression": "1/x", "lower": "1", "upper": "oo"}, "diverges (to infinity)"),
        ),
    )


def _limit() -> SymbolicTool:
    return SymbolicTool(
        name="limit",
        operation="limit",
        description="Find a limit.",
        args_schema=LimitArguments,
        examples=(
            Example({"expression": "sin(x)/x", "to": "0"}, "1"),
            Example({"expression": "1/x", "to": "0", "side": "left"}, "-infinity"),
        ),
    )


def _series() -> SymbolicTool:
    return SymbolicTool(
        name="series",
        operation="series",
        description="Expand in powers.",
        args_schema=SeriesArguments,
        examples=(
            Example({"expression": "exp(x)", "order": 3}, "1 + x + x^2/2 + O(x^3)"),
            Example({"expression": "log(1+x)", "order": 3}, "x - x^2/2 + O(x^3)"),
        ),
    )


def _extrema() -> SymbolicTool:
    return SymbolicTool(
        name="extrema",
        operation="extrema",
        description="Find minima and maxima.",
        args_schema=ExtremaArguments,
        examples=(
            Example({"expression": "x^2"}, "minimum 0 at x = 0; no maximum (to infinity)"),
            Example(
                {"expression": "x", "within": "0 <= x <= 1"},
                "minimum 0 at x = 0; maximum 1 at x = 1",
            ),
        ),
    )


def _total() -> SymbolicTool:
    return SymbolicTool(
        name="total",
        operation="total",
        description="Add or multiply terms.",
        args_schema=TotalArguments,
        examples=(
            Example({"expression": "k", "first": "1", "last": "n"}, "n^2/2 + n/2"),
            Example({"expression": "1/2^k", "first": "0", "last": "oo"}, "2"),
        ),
    )


def _solve_ode() -> SymbolicTool:
    return SymbolicTool(
        name="solve_ode",
        operation="solve_ode",
        description="Solve a differential equation.",
        args_schema=SolveOdeArguments,
        examples=(
            Example({"equation": "y' = y"}, "y = C1*exp(x)"),
            Example({"equation": "y' = 2y", "conditions": ["y(0) = 3"]}, "y = 3*exp(2*x)"),
        ),
    )


def _describe() -> SymbolicTool:
    return SymbolicTool(
        name="describe",
        operation="describe",
        description="Describe a function.",
        args_schema=DescribeArguments,
        examples=(
            Example({"expression": "sqrt(x - 2)", "find": "domain"}, "x >= 2"),
            Example({"expression": "2x", "find": "inverse"}, "x/2"),
        ),
    )
