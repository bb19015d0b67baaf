"""Calculation with named matrices and vectors: A*B - 2*A^-1, and dot, cross, angle, projection.

Guarantees that shapes are checked before anything is multiplied, with both sizes in the message,
and that powers are small. The expression is read by the grammar of numbers; only + - * / ^ apply.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expression import build_expression
from corollary_tools.expressions.syntax import parse_tree
from corollary_tools.expressions.tree import Name, Number, Tree, names_in
from corollary_tools.notation import plain_name
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.linear_algebra.calls import inverse
from corollary_tools.solvers.linear_algebra.matrices import (
    check_square,
    read_matrix,
    render_matrix,
    render_vector,
    size_text,
)
from corollary_tools.solvers.result import Result
from corollary_tools.solvers.value_text import near_text, value_text

_HIGHEST_POWER = 50


def matrix_calculate(arguments: dict[str, Any], desk: Desk) -> Result:
    """The value of `expression`, in which names stand for the `matrices`."""
    with library_limits("calculate this"):
        named = dict(_named(text) for text in arguments["matrices"])
        tree = parse_tree(arguments["expression"])
        _check_names(tree, named)
        found = _value(tree, named)
        if isinstance(found, sympy.MatrixBase):
            return Result(render_matrix(found.applyfunc(sympy.expand)))
        return Result(value_text(found))


def _named(text: str) -> tuple[str, Any]:
    name, sign, body = text.partition("=")
    if not sign or not name.strip().isidentifier():
        raise ToolError(f"{text[:40]!r} names no matrix. Send such as A = [[1, 2], [3, 4]].")
    return plain_name(name.strip()), read_matrix(body)


def _check_names(tree: Tree, named: dict[str, Any]) -> None:
    """Refuse AB beside A and B: it is one name, and would be taken for a number."""
    for name in names_in(tree):
        if name not in named and len(name) > 1 and set(name) <= named.keys():
            raise ToolError(f"{name!r} is read as one name. Write {'*'.join(name)}.")


def _value(tree: Tree, named: dict[str, Any]) -> Any:
    if isinstance(tree, Name) and tree.name in named:
        return named[tree.name]
    if isinstance(tree, Name | Number) or not set(names_in(tree)) & named.keys():
        return build_expression(tree)
    if tree.function == "pow":
        return _power(_value(tree.arguments[0], named), tree.arguments[1])
    values = [_value(argument, named) for argument in tree.arguments]
    operation = _OPERATIONS.get(tree.function)
    if operation is None:
        raise ToolError(f"{tree.function} is not done with matrices. Use + - * / and ^.")
    return operation(values)


_NO_SUM = "A matrix and a number cannot be added. Name the identity, such as I = [[1, 0], [0, 1]]."


def _sum(values: list[Any]) -> Any:
    total = values[0]
    for value in values[1:]:
        kinds = [isinstance(one, sympy.MatrixBase) for one in (total, value)]
        if kinds[0] != kinds[1]:
            raise ToolError(_NO_SUM)
        if all(kinds) and total.shape != value.shape:
            raise ToolError(_misfit("added", total, value))
        total = total + value
    return total


def _product(values: list[Any]) -> Any:
    total = values[0]
    for value in values[1:]:
        both = all(isinstance(one, sympy.MatrixBase) for one in (total, value))
        if both and total.cols != value.rows:
            raise ToolError(_misfit("multiplied", total, value))
        total = total * value
    return total


def _misfit(what: str, left: Any, right: Any) -> str:
    return f"Matrices of {size_text(left)} and {size_text(right)} cannot be {what}."


def _power(base: Any, exponent: Tree) -> Any:
    if isinstance(exponent, Name) and exponent.name == "T":
        return base.T
    number = build_expression(exponent)
    if not number.is_Integer or abs(number) > _HIGHEST_POWER:
        raise ToolError(f"The power of a matrix is a whole number up to {_HIGHEST_POWER}.")
    check_square(base)
    return (inverse(base) if number < 0 else base) ** abs(int(number))


def _inverse(values: list[Any]) -> Any:
    (value,) = values
    return inverse(value) if isinstance(value, sympy.MatrixBase) else 1 / value


_OPERATIONS: dict[str, Callable[[list[Any]], Any]] = {
    "add": _sum,
    "mul": _product,
    "neg": lambda values: -values[0],
    "inverse": _inverse,
    "div": lambda values: _product([values[0], _inverse(values[1:])]),
}


def vectors(arguments: dict[str, Any], desk: Desk) -> Result:
    """Find one thing about one or more vectors."""
    with library_limits("find this"):
        given = [_vector(text) for text in arguments["vectors"]]
        find = arguments["find"]
        count, operation = _FINDS[find]
        if (count and len(given) != count) or not given:
            raise ToolError(f"{find} needs {count or 'some'} vectors; {len(given)} were sent.")
        if len({one.rows for one in given}) != 1:
            raise ToolError("The vectors have different numbers of entries.")
        return Result(operation(given))


def _vector(text: str) -> Any:
    found = read_matrix(text)
    found = found.T if found.rows == 1 else found
    if found.cols != 1:
        raise ToolError(f"{text[:40]!r} is a matrix. Send a vector such as (1, 2, 3).")
    return found


def _dot(given: list[Any]) -> Any:
    return sympy.simplify(given[0].dot(given[1]))


def _length(vector: Any) -> Any:
    return sympy.sqrt(sympy.expand(vector.dot(vector)))


def _cross(given: list[Any]) -> str:
    if given[0].rows != 3:
        raise ToolError("A cross product needs vectors with three entries.")
    return render_vector(given[0].cross(given[1]))


def _angle(given: list[Any]) -> str:
    lengths = _length(given[0]) * _length(given[1])
    if lengths == 0:
        raise ToolError("The zero vector has no angle.")
    angle = sympy.acos(sympy.radsimp(_dot(given) / lengths))
    degrees = sympy.simplify(angle * 180 / sympy.pi)
    if degrees.is_Rational:
        return f"{value_text(angle).partition(' (about')[0]}, which is {degrees} degrees"
    return f"{value_text(angle)} in radians, {near_text(degrees)} degrees"


def _projection(given: list[Any]) -> str:
    onto = given[1]
    if onto.is_zero_matrix:
        raise ToolError("Nothing is projected onto the zero vector.")
    return render_vector(onto * (_dot(given) / onto.dot(onto)))


def _independent(given: list[Any]) -> str:
    rank = sympy.Matrix.hstack(*given).rank(simplify=True)
    if rank == len(given):
        return "independent"
    return f"dependent ({rank} of {len(given)} are independent)"


def _basis(given: list[Any]) -> str:
    rows = list(sympy.GramSchmidt(_spanning(given)))
    return ", ".join(render_vector(vector) for vector in rows)


def _spanning(given: list[Any]) -> list[Any]:
    pivots = sympy.Matrix.hstack(*given).rref(simplify=True)[1]
    return [sympy.Matrix(given[column]) for column in pivots]


_FINDS: dict[str, tuple[int, Callable[[list[Any]], str]]] = {
    "dot": (2, lambda given: value_text(_dot(given))),
    "cross": (2, _cross),
    "length": (1, lambda given: value_text(_length(given[0]))),
    "angle": (2, _angle),
    "projection": (2, _projection),
    "independence": (0, _independent),
    "orthogonal_basis": (0, _basis),
}
