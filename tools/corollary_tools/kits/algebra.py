"""The algebra kit: equations, simplification and comparison of expressions."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from corollary_tools.tool import Arguments, Example, SymbolicTool


class SolveArguments(Arguments):
    """What `solve` takes."""

    equations: list[str] = Field(description="equations or inequalities, such as 2*x + y = 7")
    unknowns: list[str] = Field(
        default=[], description="the names to solve for; all of them where it is empty"
    )
    domain: Literal["real", "complex", "integer", "positive"] = Field(
        default="real", description="the numbers to solve among"
    )
    numeric: bool = Field(default=False, description="whether decimals are wanted")


class SimplifyArguments(Arguments):
    """What `simplify` takes."""

    expression: str = Field(description="an expression with unknowns, such as (x^2 - 1)/(x - 1)")


class EqualArguments(Arguments):
    """What `equal` takes."""

    left: str = Field(description="an expression")
    right: str = Field(description="the expression to compare it with")


class RewriteArguments(Arguments):
    """What `rewrite` takes."""

    expression: str = Field(description="an expression, such as (x + 1)^3")
    form: Literal[
        "expand", "factor", "partial_fractions", "one_fraction", "complete_square", "rationalise",
        "expand_trig", "expand_log", "combine_log",
    ] = Field(description="the form to write it in")  # fmt: skip


class SubstituteArguments(Arguments):
    """What `substitute` takes."""

    expression: str = Field(description="an expression with unknowns")
    values: list[str] = Field(description="what to put in, all at once, such as x = 3 or y = 2t")


class DivideArguments(Arguments):
    """What `divide` takes."""

    dividend: str = Field(description="a polynomial")
    divisor: str = Field(description="the polynomial to divide by")
    variable: str = Field(default="", description="the unknown, where there are several")


class RootsArguments(Arguments):
    """What `roots` takes."""

    polynomial: str = Field(description="a polynomial in one unknown, such as x^3 - x")


def tools() -> tuple[SymbolicTool, ...]:
    """The tools of this kit, in order."""
    return (
        _solve(), _simplify(), _equal(), _rewrite(), _substitute(), _divide(), _roots(),
    )  # fmt: skip


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


def _rewrite() -> SymbolicTool:
    return SymbolicTool(
        name="rewrite",
        operation="rewrite",
        description="Write an expression in another form.",
        args_schema=RewriteArguments,
        examples=(
            Example({"expression": "x^2 - 4", "form": "factor"}, "(x - 2)*(x + 2)"),
            Example({"expression": "x^2 + 6x", "form": "complete_square"}, "(x + 3)^2 - 9"),
        ),
    )


def _substitute() -> SymbolicTool:
    return SymbolicTool(
        name="substitute",
        operation="substitute",
        description="Put values into an expression.",
        args_schema=SubstituteArguments,
        examples=(
            Example({"expression": "x^2 + 1", "values": ["x = 3"]}, "10"),
            Example({"expression": "x + y", "values": ["y = 2x"]}, "3*x"),
        ),
    )


def _divide() -> SymbolicTool:
    return SymbolicTool(
        name="divide",
        operation="divide",
        description="Divide polynomials.",
        args_schema=DivideArguments,
        examples=(
            Example({"dividend": "x^2", "divisor": "x + 1"}, "quotient x - 1, remainder 1"),
            Example(
                {"dividend": "x*y", "divisor": "y", "variable": "y"}, "quotient x, remainder 0"
            ),
        ),
    )


def _roots() -> SymbolicTool:
    return SymbolicTool(
        name="roots",
        operation="roots",
        description="Find all roots of a polynomial, complex ones too.",
        args_schema=RootsArguments,
        examples=(
            Example({"polynomial": "x^2"}, "x = 0 (twice)"),
            Example({"polynomial": "x^2 + 1"}, "x = i, x = -i"),
        ),
    )
