"""The algebra kit: equations, simplification and comparison of expressions."""

from __future__ import annotations

from pydantic import Field

from corollary_tools.tool import Arguments, Example, SymbolicTool


class SolveArguments(Arguments):
    """What `solve` takes."""

    equations: list[str] = Field(description="equations or inequalities, such as 2*x + y = 7")
    unknowns: list[str] = Field(
        default=[], description="the names to solve for; all of them where it is empty"
    )


class SimplifyArguments(Arguments):
    """What `simplify` takes."""

    expression: str = Field(description="an expression with unknowns, such as (x^2 - 1)/(x - 1)")


class EqualArguments(Arguments):
    """What `equal` takes."""

    left: str = Field(description="an expression")
    right: str = Field(description="the expression to compare it with")


def tools() -> tuple[SymbolicTool, ...]:
    """The tools of this kit, in order."""
    return (_solve(), _simplify(), _equal())


def _solve() -> SymbolicTool:
    return SymbolicTool(
        name="solve",
        operation="solve",
        description="Solve equations exactly, all at once, for real numbers.",
        args_schema=SolveArguments,
        examples=(
            Example({"equations": ["2*m - n = 1", "m + n = -64"]}, "m = -21, n = -43"),
            Example({"equations": ["x^2 - 5x + 6 = 0"]}, "x = 2 or x = 3"),
            Example({"equations": ["a*x = b"], "unknowns": ["x"]}, "x = b/a"),
            Example({"equations": ["x^2 <= 9", "x > 1"]}, "1 < x <= 3"),
        ),
    )


def _simplify() -> SymbolicTool:
    return SymbolicTool(
        name="simplify",
        operation="simplify",
        description="Write an expression in its shortest form.",
        args_schema=SimplifyArguments,
        examples=(
            Example({"expression": "(x^2 - 1)/(x - 1)"}, "x + 1"),
            Example({"expression": "2x + 3x"}, "5*x"),
        ),
    )


def _equal() -> SymbolicTool:
    return SymbolicTool(
        name="equal",
        operation="equal",
        description="Say whether two expressions are equal for all values of their unknowns.",
        args_schema=EqualArguments,
        examples=(
            Example({"left": "(x + 1)^2", "right": "x^2 + 2x + 1"}, "True"),
            Example({"left": "2(x + 3)", "right": "2x + 3"}, "False (they differ by 3)"),
        ),
    )
