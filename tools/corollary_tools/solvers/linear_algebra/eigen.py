"""Eigenvalues and eigenvectors, exact where their characteristic polynomial has short roots.

Guarantees every complex eigenvalue with how often it counts; an eigenvector was multiplied by its
matrix. Decimals are marked `about`. Does not work with unknowns beyond 3 by 3.
"""

from __future__ import annotations

from typing import Any

import sympy

from corollary_tools.errors import ToolError
from corollary_tools.expression import symbol
from corollary_tools.solvers.algebra.polynomials import all_roots
from corollary_tools.solvers.linear_algebra.matrices import check_square, is_rational, render_vector
from corollary_tools.solvers.value_text import root_text

_LARGEST_SYMBOLIC = 3


def eigenvalues_text(given: Any) -> str:
    """`2 (twice), 5`."""
    return ", ".join(f"{root_text(value)}{_times(count)}" for value, count in _eigenvalues(given))


def eigenvectors_text(given: Any) -> str:
    """`2: (1, 0), (0, 1); 5: (1, 1)`: a basis for each eigenvalue."""
    parts = []
    for value, _ in _eigenvalues(given):
        if value.has(sympy.CRootOf, sympy.Float):
            raise ToolError(f"An eigenvalue is {root_text(value)}: its vectors have no short form.")
        shifted = (given - value * sympy.eye(given.rows)).applyfunc(sympy.simplify)
        basis = [vector.applyfunc(_shortest) for vector in shifted.nullspace(simplify=True)]
        for vector in basis:
            _check(given, value, vector)
        parts.append(f"{root_text(value)}: {', '.join(render_vector(one) for one in basis)}")
    return "; ".join(parts)


def _shortest(entry: Any) -> Any:
    return sympy.simplify(sympy.radsimp(entry))


def _check(given: Any, value: Any, vector: Any) -> None:
    rest = (given * vector - value * vector).applyfunc(sympy.simplify)
    if not rest.is_zero_matrix:
        raise ToolError("No eigenvectors were found that hold when they are multiplied.")


def _eigenvalues(given: Any) -> list[tuple[Any, int]]:
    check_square(given)
    polynomial = given.charpoly(symbol("x"))
    if is_rational(given):
        return all_roots(sympy.Poly(polynomial.as_expr(symbol("x")), symbol("x"), domain="QQ"))
    if given.rows > _LARGEST_SYMBOLIC:
        raise ToolError(
            f"Eigenvalues of matrices beyond {_LARGEST_SYMBOLIC} by {_LARGEST_SYMBOLIC} need "
            "rational numbers as entries."
        )
    found = sympy.roots(polynomial.as_expr(), polynomial.gen)
    if sum(found.values()) != given.rows:
        raise ToolError("The eigenvalues have no short exact form.")
    return sorted(
        ((sympy.simplify(value), count) for value, count in found.items()),
        key=lambda row: sympy.default_sort_key(row[0]),
    )


def _times(count: int) -> str:
    return "" if count == 1 else " (twice)" if count == 2 else f" ({count} times)"
