"""The arithmetic kit: exact calculation with numbers."""

from __future__ import annotations

from pydantic import Field

from corollary_tools.tool import Arguments, Example, SymbolicTool


class CalculateArguments(Arguments):
    """What `calculate` takes."""

    expression: str = Field(description="an arithmetic expression, such as 48/2 or 15% of 80")


def tools() -> tuple[SymbolicTool, ...]:
    """The one tool of this kit."""
    return (
        SymbolicTool(
            name="calculate",
            operation="calculate",
            description="Calculate exactly. Gives a whole number, a decimal or a fraction.",
            args_schema=CalculateArguments,
            examples=(
                Example({"expression": "48/2"}, "24"),
                Example({"expression": "15% of 80"}, "12"),
                Example({"expression": "1/3"}, "1/3 (about 0.333333)"),
            ),
        ),
    )
