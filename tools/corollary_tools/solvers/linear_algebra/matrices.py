"""Matrices between text and sympy: read, bounded, rendered in the notation that is read.

Guarantees entries that are exact, real and short enough to show. Does not compute.
"""

from __future__ import annotations

from typing import Any

import sympy

from corollary_tools.errors import ToolError
from corollary_tools.expression import build_expression, render_expression
from corollary_tools.expressions.matrices import read_rows
from corollary_tools.solvers.number_text import checked_length

_LARGEST_SYMBOLIC = 6


def read_matrix(text: str) -> Any:
    """An exact matrix. ToolError for bad text, and for many entries with unknowns."""
    rows = [[build_expression(entry) for entry in row] for row in read_rows(text)]
    matrix = sympy.ImmutableMatrix(rows)
    if max(matrix.shape) > _LARGEST_SYMBOLIC and not is_rational(matrix):
        raise ToolError(
            f"At most {_LARGEST_SYMBOLIC} rows and columns where entries are not rational numbers."
        )
    return matrix


def is_rational(matrix: Any) -> bool:
    """Whether every entry is a rational number."""
    return all(entry.is_Rational for entry in matrix)


def check_square(matrix: Any) -> None:
    """ToolError where the matrix is not square."""
    if matrix.rows != matrix.cols:
        raise ToolError(f"The matrix is {size_text(matrix)}; a square one is needed.")


def check_letters(matrix: Any, most: int) -> None:
    """ToolError where a larger matrix than `most` has a letter of its own in nearly every place.

    Its determinant has a term for each order of the rows, and no factor: too long to show. The
    places of one row may hold numbers other than 0: they take none of the terms away.
    """
    letters = [entry for entry in matrix if entry.is_Symbol]
    others = [entry for entry in matrix if not entry.is_Symbol]
    own = len(set(letters)) == len(letters) and len(others) <= matrix.rows
    if matrix.rows > most and own and all(one.is_number and one != 0 for one in others):
        raise ToolError(
            f"With {len(letters)} different letters the result is too long to show. "
            f"Send numbers in place of letters, or at most {most} rows and columns."
        )


def size_text(matrix: Any) -> str:
    """`2 by 3`: rows by columns."""
    return f"{matrix.rows} by {matrix.cols}"


def render_matrix(matrix: Any) -> str:
    """`[[1, 2], [3, 4]]`, the entries simplified."""
    rows = (", ".join(_entry(entry) for entry in matrix.row(row)) for row in range(matrix.rows))
    return checked_length("[" + ", ".join(f"[{row}]" for row in rows) + "]")


def render_vector(vector: Any) -> str:
    """`(1, 2, 3)`: a column or a row as a list of entries."""
    return f"({', '.join(_entry(entry) for entry in vector)})"


def _entry(entry: Any) -> str:
    return render_expression(entry if entry.is_Rational else sympy.simplify(entry))
