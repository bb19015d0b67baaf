"""The algebra tools that change the form of one expression: rewrite, substitute, divide, roots.

Guarantees that the result equals what was sent wherever that is defined, within bounds of size,
and that a form that does not exist is said in words. Works with real unknowns; roots are complex.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expression import (
    build_expression,
    parse_expression,
    parse_sides,
    render_expression,
)
from corollary_tools.expressions.syntax import parse_relation, parse_tree
from corollary_tools.expressions.tree import Apply, Name, Relation, Tree, names_in
from corollary_tools.solvers.algebra.polynomials import all_roots
from corollary_tools.solvers.algebra.variables import read_function
from corollary_tools.solvers.forms import check_expandable
from corollary_tools.solvers.library_limits import library_limits
from corollary_tools.solvers.number_text import checked_length
from corollary_tools.solvers.result import Result
from corollary_tools.solvers.value_text import root_text, value_text

LARGEST_DEGREE = 100
_MOST_ROOTS = 20
_LARGEST_FACTORED = 10**15


def rewrite(arguments: dict[str, Any], desk: Desk) -> Result:
    """Write `expression` in the `form` asked for."""
    form = arguments["form"]
    with library_limits("rewrite this"):
        value = parse_expression(arguments["expression"])
        check_expandable(value)
        found = _FORMS[form](value)
    text = checked_length(render_expression(found))
    unchanged = found == value and form in _NOTHING
    return Result(f"{text} ({_NOTHING[form]})" if unchanged else text)


def _factored(value: Any) -> Any:
    if value.is_Integer and 1 < abs(value) <= _LARGEST_FACTORED:
        powers = (_prime_power(p, k) for p, k in sympy.factorint(value).items())
        return sympy.Mul(*powers, evaluate=False)
    if value.is_number:
        raise ToolError("There is nothing to factor: it has no unknown.")
    return sympy.factor(value)


def _prime_power(prime: Any, exponent: int) -> Any:
    whole = sympy.Integer(prime)
    return whole if exponent == 1 else sympy.Pow(whole, exponent, evaluate=False)


def _complete_square(value: Any) -> Any:
    names = value.free_symbols
    if len(names) != 1:
        raise ToolError("A square is completed for one unknown. Send a quadratic such as x^2 + 6x.")
    (name,) = names
    polynomial = _polynomial(value, name)
    if polynomial.degree() != 2:
        raise ToolError(f"The degree is {polynomial.degree()}; a square needs a quadratic.")
    a, b, c = polynomial.all_coeffs()
    middle = b / (2 * a)
    return a * (name + middle) ** 2 + (c - a * middle**2)


def _partial_fractions(value: Any) -> Any:
    names = sorted(value.free_symbols, key=lambda name: name.name)
    if len(names) != 1 or not value.is_rational_function(*names):
        raise ToolError("Partial fractions are for quotients of polynomials in one unknown.")
    return sympy.apart(value, names[0])


_FORMS: dict[str, Callable[[Any], Any]] = {
    "expand": sympy.expand,
    "factor": _factored,
    "partial_fractions": _partial_fractions,
    "one_fraction": lambda value: sympy.cancel(sympy.together(value)),
    "complete_square": _complete_square,
    "rationalise": sympy.radsimp,
    "expand_trig": lambda value: sympy.expand(sympy.expand_trig(value)),
    "expand_log": lambda value: sympy.expand_log(value, force=True),
    "combine_log": lambda value: sympy.logcombine(value, force=True),
}
_NOTHING = {
    "factor": "it has no factors with rational coefficients",
    "partial_fractions": "it has no simpler parts",
}


def substitute(arguments: dict[str, Any], desk: Desk) -> Result:
    """Put `values`, such as `x = 3`, into `expression`, all at once."""
    tree = parse_tree(arguments["expression"])
    given = dict(_assigned(text, names_in(tree)) for text in arguments["values"])
    if not given:
        raise ToolError("Send at least one value, such as x = 3.")
    with library_limits("calculate this"):
        return Result(value_text(build_expression(_put(tree, given))))


def _put(tree: Tree, given: dict[str, Tree]) -> Tree:
    """The tree with values for names: built afterwards, so that every bound is checked."""
    if isinstance(tree, Name):
        return given.get(tree.name, tree)
    if isinstance(tree, Apply):
        return Apply(tree.function, tuple(_put(part, given) for part in tree.arguments))
    return tree


def _assigned(text: str, names: tuple[str, ...]) -> tuple[str, Tree]:
    relation = parse_relation(text)
    if not (isinstance(relation, Relation) and isinstance(relation.left, Name)):
        raise ToolError(f"{text!r} gives no unknown a value. Send values such as x = 3.")
    name = relation.left.name
    if relation.operator != "=" or name not in names:
        raise ToolError(f"{name} is not in the expression, which has {', '.join(names) or 'none'}.")
    return name, relation.right


def divide(arguments: dict[str, Any], desk: Desk) -> Result:
    """Divide polynomials: quotient and remainder in the one unknown, or in `variable`."""
    with library_limits("divide these"):
        above, name = read_function(
            arguments["dividend"], arguments["variable"] or _only_name(arguments["divisor"])
        )
        below, _ = read_function(arguments["divisor"], name.name)
        dividend, divisor = _polynomial(above, name), _polynomial(below, name)
        if divisor.is_zero:
            raise ToolError("Division by zero. Check the divisor.")
        quotient, remainder = sympy.div(dividend, divisor)
    texts = [checked_length(render_expression(part.as_expr())) for part in (quotient, remainder)]
    return Result(f"quotient {texts[0]}, remainder {texts[1]}")


def _only_name(text: str) -> str:
    names = sorted(name.name for name in parse_expression(text).free_symbols)
    return names[0] if len(names) == 1 else ""


def _polynomial(value: Any, name: Any) -> Any:
    check_expandable(value)
    if not value.is_polynomial(name):
        raise ToolError(f"{render_expression(value)[:80]} is no polynomial in {name}.")
    polynomial = sympy.Poly(value, name)
    if polynomial.degree() > LARGEST_DEGREE:
        raise ToolError(f"The degree is {polynomial.degree()}; at most {LARGEST_DEGREE} is read.")
    return polynomial


def roots(arguments: dict[str, Any], desk: Desk) -> Result:
    """All complex roots of a polynomial with rational coefficients, with how often each counts."""
    with library_limits("find the roots"):
        _, left, right = parse_sides(arguments["polynomial"])
        names = sorted((left - right).free_symbols, key=str)
        if len(names) != 1:
            raise ToolError("Send a polynomial in one unknown, such as x^3 - x.")
        name = names[0]
        polynomial = _polynomial(left - right, name)
        if polynomial.degree() > _MOST_ROOTS:
            raise ToolError(f"The degree is {polynomial.degree()}; at most {_MOST_ROOTS} is shown.")
        if polynomial.degree() < 1 or polynomial.domain not in (sympy.ZZ, sympy.QQ):
            raise ToolError("Send a polynomial in one unknown with rational coefficients.")
        found = all_roots(polynomial)
    shown = (f"{name} = {root_text(root)}{_times(count)}" for root, count in found)
    return Result(checked_length(", ".join(shown)))


def _times(count: int) -> str:
    return "" if count == 1 else " (twice)" if count == 2 else f" ({count} times)"
