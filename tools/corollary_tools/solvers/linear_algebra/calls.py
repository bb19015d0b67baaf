"""The linear algebra tools in a worker: properties of a matrix, systems, products, vectors.

Guarantees exact results; an inverse was multiplied back, a solution put back, an eigenvector
multiplied by its matrix. Matrices are small (`expressions.matrices`); entries are real.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy
from sympy.polys.matrices import DomainMatrix

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expression import render_expression, symbol
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.linear_algebra.eigen import eigenvalues_text, eigenvectors_text
from corollary_tools.solvers.linear_algebra.matrices import (
    check_letters,
    check_square,
    is_rational,
    read_matrix,
    render_matrix,
    render_vector,
    size_text,
)
from corollary_tools.solvers.number_text import checked_length
from corollary_tools.solvers.result import Result
from corollary_tools.solvers.value_text import value_text


def matrix(arguments: dict[str, Any], desk: Desk) -> Result:
    """Find one thing about a matrix."""
    with library_limits("find this"):
        given = read_matrix(arguments["matrix"])
        return Result(checked_length(_FINDS[arguments["find"]](given)))


def _determinant(given: Any) -> str:
    check_square(given)
    check_letters(given, 4)
    return value_text(determinant(given))


def determinant(given: Any) -> Any:
    """The determinant of a square matrix, simplified."""
    if is_rational(given):
        field = DomainMatrix.from_Matrix(given).to_field()
        return field.domain.to_sympy(field.det())
    return sympy.simplify(given.det(method="berkowitz"))


def inverse(given: Any) -> Any:
    """The inverse matrix, multiplied back. ToolError where there is none."""
    check_square(given)
    check_letters(given, 3)
    if determinant(given) == 0:
        raise ToolError("The matrix has no inverse: its determinant is 0.")
    found = given.inv()
    if not (given * found - sympy.eye(given.rows)).applyfunc(sympy.simplify).is_zero_matrix:
        raise ToolError("No inverse was found that holds when it is multiplied back.")
    return found


def reduced(given: Any) -> tuple[Any, tuple[int, ...]]:
    """(the reduced row echelon form, its pivot columns)."""
    if is_rational(given):
        form, pivots = DomainMatrix.from_Matrix(given).to_field().rref()
        return form.to_Matrix(), pivots
    found: tuple[Any, tuple[int, ...]] = given.rref(simplify=True)
    return found


def _space(vectors: list[Any]) -> str:
    return ", ".join(render_vector(one) for one in vectors) or "only the zero vector"


def _null_space(given: Any) -> str:
    return _space(given.nullspace(simplify=True))


def _column_space(given: Any) -> str:
    _, pivots = reduced(given)
    return _space([given.col(column) for column in pivots])


def _characteristic(given: Any) -> str:
    check_square(given)
    name = symbol("x")
    return render_expression(given.charpoly(name).as_expr(name))


def _trace(given: Any) -> str:
    check_square(given)
    return value_text(sympy.simplify(given.trace()))


_FINDS: dict[str, Callable[[Any], str]] = {
    "determinant": _determinant,
    "inverse": lambda given: render_matrix(inverse(given)),
    "rank": lambda given: str(len(reduced(given)[1])),
    "row_reduce": lambda given: render_matrix(reduced(given)[0]),
    "eigenvalues": eigenvalues_text,
    "eigenvectors": eigenvectors_text,
    "null_space": _null_space,
    "column_space": _column_space,
    "characteristic_polynomial": _characteristic,
    "trace": _trace,
    "transpose": lambda given: render_matrix(given.T),
}


def linear_system(arguments: dict[str, Any], desk: Desk) -> Result:
    """Solve matrix * x = right for the vector x."""
    with library_limits("solve this"):
        given, right = read_matrix(arguments["matrix"]), read_matrix(arguments["right"])
        right = right.T if right.rows == 1 and given.rows != 1 else right
        if right.shape != (given.rows, 1):
            raise ToolError(
                f"The matrix is {size_text(given)}, so the right side needs {given.rows} entries; "
                f"it is {size_text(right)}."
            )
        return Result(_system_text(given, right))


def _system_text(given: Any, right: Any) -> str:
    names = [symbol(f"t{number}") for number in range(1, given.cols + 1)]
    form, pivots = reduced(given.row_join(right))
    if given.cols in pivots:
        return "no solution"
    free = [column for column in range(given.cols) if column not in pivots]
    values = [names[free.index(column)] if column in free else None for column in range(given.cols)]
    for row, column in enumerate(pivots):
        rest = (form[row, one] * values[one] for one in free)
        values[column] = form[row, given.cols] - sympy.Add(*rest)
    solution = sympy.Matrix(values)
    if not (given * solution - right).applyfunc(sympy.simplify).is_zero_matrix:
        raise ToolError("No solution was found that holds when it is put back.")
    text = f"x = {render_vector(solution)}"
    return (
        f"{text} for every {' and every '.join(str(names[k]) for k in range(len(free)))}"
        if free
        else text
    )
