"""The linear algebra kit: matrices, linear systems in matrix form, vectors."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from corollary_tools.tool import Arguments, Example, SymbolicTool


def _as_text(value: Any) -> Any:
    """Lists that were sent as lists, not as text: [[1, 2], [3, 4]] reads the same."""
    if not isinstance(value, list):
        return value
    return f"[{', '.join(str(_as_text(part)) for part in value)}]"


Text = Annotated[str, BeforeValidator(_as_text)]
_MATRIX = "rows in brackets, such as [[1, 2], [3, 4]]"


class MatrixArguments(Arguments):
    """What `matrix` takes."""

    matrix: Text = Field(description=_MATRIX)
    find: Literal[
        "determinant", "inverse", "rank", "row_reduce", "eigenvalues", "eigenvectors",
        "null_space", "column_space", "characteristic_polynomial", "trace", "transpose",
    ] = Field(description="what to find")  # fmt: skip


class MatrixCalculateArguments(Arguments):
    """What `matrix_calculate` takes."""

    expression: str = Field(description="such as A*B - 2*A^-1 or A^T")
    matrices: list[str] = Field(description="what the names mean, such as A = [[1, 2], [3, 4]]")


class LinearSystemArguments(Arguments):
    """What `linear_system` takes."""

    matrix: Text = Field(description=_MATRIX)
    right: Text = Field(description="the right side, such as [5, 6]")


class VectorsArguments(Arguments):
    """What `vectors` takes."""

    vectors: list[Text] = Field(description="such as (1, 2, 3)")
    find: Literal[
        "dot", "cross", "length", "angle", "projection", "independence", "orthogonal_basis"
    ] = Field(description="what to find; projection: of the first onto the second")


def tools() -> tuple[SymbolicTool, ...]:
    """The tools of this kit, in order."""
    return (_matrix(), _matrix_calculate(), _linear_system(), _vectors())


def _matrix() -> SymbolicTool:
    return SymbolicTool(
        name="matrix",
        operation="matrix",
        description="Find something about a matrix, exactly.",
        args_schema=MatrixArguments,
        examples=(
            Example({"matrix": "[[1, 2], [3, 4]]", "find": "determinant"}, "-2"),
            Example({"matrix": "[[2, 1], [1, 2]]", "find": "eigenvalues"}, "1, 3"),
        ),
    )


def _matrix_calculate() -> SymbolicTool:
    return SymbolicTool(
        name="matrix_calculate",
        operation="matrix_calculate",
        description="Calculate with named matrices and vectors.",
        args_schema=MatrixCalculateArguments,
        examples=(
            Example(
                {"expression": "A^2 + 2A", "matrices": ["A = [[1, 1], [0, 1]]"]},
                "[[3, 4], [0, 3]]",
            ),
            Example(
                {"expression": "A*v", "matrices": ["A = [[1, 2], [3, 4]]", "v = (1, 1)"]},
                "[[3], [7]]",
            ),
        ),
    )


def _linear_system() -> SymbolicTool:
    return SymbolicTool(
        name="linear_system",
        operation="linear_system",
        description="Solve matrix * x = right.",
        args_schema=LinearSystemArguments,
        examples=(
            Example({"matrix": "[[1, 1], [1, -1]]", "right": "[5, 1]"}, "x = (3, 2)"),
            Example({"matrix": "[[1, 2]]", "right": "[3]"}, "x = (3 - 2*t1, t1) for every t1"),
        ),
    )


def _vectors() -> SymbolicTool:
    return SymbolicTool(
        name="vectors",
        operation="vectors",
        description="Find something about vectors.",
        args_schema=VectorsArguments,
        examples=(
            Example({"vectors": ["(1, 2, 3)", "(4, 5, 6)"], "find": "dot"}, "32"),
            Example(
                {"vectors": ["(1, 0)", "(1, 1)"], "find": "angle"}, "pi/4, which is 45 degrees"
            ),
        ),
    )
