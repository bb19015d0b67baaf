"""The arithmetic kit: exact calculation with numbers, quantities, times and dates."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from corollary_tools.kits.values import Text, Texts
from corollary_tools.tool import Arguments, Example, SymbolicTool


class CalculateArguments(Arguments):
    """What `calculate` takes."""

    expression: Text = Field(
        description="an arithmetic expression, such as 48/2, 15% of 80, 2 h 30 min + 45 min, "
        "9:40 am + 3 h or 3/7 < 0.43"
    )


class ConvertArguments(Arguments):
    """What `convert` takes."""

    quantity: Text = Field(description="a quantity, such as 3 days or 60 mi / (2 h)")
    to: str = Field(description="a unit, such as hours, km/h, percent or feet and inches")


class OrderArguments(Arguments):
    """What `order` takes."""

    values: Texts = Field(description="the numbers or quantities, as they are written")


class RoundToArguments(Arguments):
    """What `round_to` takes."""

    expression: Text = Field(description="an arithmetic expression")
    to: Text = Field(description="0.01, 5 (a multiple), 2 places, 3 figures, hundred or tenth")
    mode: Literal["nearest", "up", "down"] = Field(
        default="nearest", description="the direction; half goes away from zero"
    )


class DatesArguments(Arguments):
    """What `dates` takes."""

    expression: str = Field(description="a date with + or - days, weeks, months, years; or two")


def tools() -> tuple[SymbolicTool, ...]:
    """The tools of this kit, in order."""
    return (_calculate(), _convert(), _order(), _round_to(), _dates())


def _calculate() -> SymbolicTool:
    return SymbolicTool(
        name="calculate",
        operation="calculate",
        description=(
            "Calculate exactly. Gives a whole number, a decimal or a fraction, with units and "
            "times of day where they are sent; True or False for a comparison."
        ),
        args_schema=CalculateArguments,
        examples=(
            Example({"expression": "48/2"}, "24"),
            Example({"expression": "15% of 80"}, "12"),
            Example({"expression": "1/3"}, "1/3 (about 0.333333)"),
            Example({"expression": "3:15 pm - 9:40 am"}, "5 h 35 min"),
        ),
    )


def _convert() -> SymbolicTool:
    return SymbolicTool(
        name="convert",
        operation="convert",
        description="Convert a quantity to another unit, exactly.",
        args_schema=ConvertArguments,
        examples=(
            Example({"quantity": "5 ft 3 in", "to": "cm"}, "160.02 cm"),
            Example({"quantity": "3/8", "to": "percent"}, "37.5%"),
        ),
    )


def _order() -> SymbolicTool:
    return SymbolicTool(
        name="order",
        operation="order",
        description="Put values in order, smallest first.",
        args_schema=OrderArguments,
        examples=(
            Example({"values": ["3/7", "0.43", "40%"]}, "40% < 3/7 < 0.43"),
            Example({"values": ["1 mi", "1.5 km"]}, "1.5 km < 1 mi"),
        ),
    )


def _round_to() -> SymbolicTool:
    return SymbolicTool(
        name="round_to",
        operation="round_to",
        description="Round an exact value.",
        args_schema=RoundToArguments,
        examples=(
            Example({"expression": "200/3", "to": "0.01"}, "66.67"),
            Example({"expression": "100/7", "to": "5", "mode": "up"}, "15"),
        ),
    )


def _dates() -> SymbolicTool:
    return SymbolicTool(
        name="dates",
        operation="dates",
        description="Count the days between two dates, or find a date and its weekday.",
        args_schema=DatesArguments,
        examples=(
            Example({"expression": "2024-02-20 to March 5, 2024"}, "14 days"),
            Example({"expression": "2024-01-31 + 1 month"}, "2024-02-29 (Thursday)"),
        ),
    )
