"""Expressions: text -> sympy through our own grammar, and back; model text never reaches sympify.

Guarantees exact numbers (decimals become rationals), real unknowns, the size bounds of `rational`,
and parse(render(x)) = x for whatever was parsed. Every name but pi and e is an unknown, also S, N,
beta or lambda. Imports sympy: for worker processes (plain numbers are decided in `rational`).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy
from sympy.printing.str import StrPrinter

from corollary_tools.errors import ToolError
from corollary_tools.rational import LARGEST, apply_rational, bounded, power_is_bounded
from corollary_tools.syntax import parse_relation, parse_tree
from corollary_tools.syntax_tree import Apply, Name, Number, Relation, Tree

LARGEST_DEGREE = 1000  # of a power with an unknown in its base
_CONSTANTS = {"pi": sympy.pi, "e": sympy.E}
_Value = Any  # Fraction where the value is rational, else sympy.Expr


def parse_expression(text: str, unknowns: frozenset[str] = frozenset()) -> sympy.Expr:
    """Read an expression. `unknowns` may make names of pi and e. ToolError for bad text."""
    return build_expression(parse_tree(text), unknowns)


def parse_sides(text: str) -> tuple[str, Any, Any]:
    """Read a relation as (operator, left, right); an expression alone as ("", expression, 0)."""
    tree = parse_relation(text)
    if not isinstance(tree, Relation):
        return "", build_expression(tree), sympy.Integer(0)
    return tree.operator, build_expression(tree.left), build_expression(tree.right)


def build_expression(tree: Tree, unknowns: frozenset[str] = frozenset()) -> sympy.Expr:
    """Turn a tree into a sympy expression, exact and within bounds. ToolError where undefined."""
    value: sympy.Expr = _to_sympy(_built(tree, unknowns))
    if value.has(sympy.zoo, sympy.nan, sympy.oo):
        raise ToolError("The value is not finite. Check for a division by zero.")
    if value.has(sympy.I):
        raise ToolError("The value is not a real number. Only real numbers are worked with.")
    return value


def _built(tree: Tree, unknowns: frozenset[str]) -> _Value:
    if isinstance(tree, Number):
        return tree.value
    if isinstance(tree, Name):
        constant = None if tree.name in unknowns else _CONSTANTS.get(tree.name)
        return symbol(tree.name) if constant is None else constant
    return _applied(tree, [_built(argument, unknowns) for argument in tree.arguments])


def _applied(tree: Apply, values: list[_Value]) -> _Value:
    numbers = [value for value in values if isinstance(value, Fraction)]
    if len(numbers) == len(values):
        rational = apply_rational(tree.function, numbers)
        if rational is not None:
            return rational
    if tree.function == "pow":
        _check_power(*values)
    if tree.function == "exp":
        _check_power(sympy.E, values[0])
    return _settled(_OPERATIONS[tree.function], [_to_sympy(value) for value in values])


def _settled(operation: Callable[..., Any], arguments: list[Any]) -> _Value:
    try:
        value = operation(*arguments)
    except TypeError:
        raise ToolError(
            f"A function got {len(arguments)} arguments, which it does not take."
        ) from None
    if value.is_number and value.is_real is False:
        raise ToolError("The value is not a real number. Only real numbers are worked with.")
    if value.is_Rational:
        return bounded(Fraction(int(value.p), int(value.q)))
    return value


def _check_power(base: _Value, exponent: _Value) -> None:
    """Refuse a power whose value would be too large, before it is computed."""
    if isinstance(base, Fraction) and isinstance(exponent, Fraction):
        fits = power_is_bounded(base, exponent)
    elif isinstance(exponent, Fraction) and base.free_symbols:
        if abs(exponent) > LARGEST_DEGREE:
            raise ToolError(f"The exponent is too large; at most {LARGEST_DEGREE} is allowed.")
        return
    else:
        size = sympy.log(_to_sympy(base)) * _to_sympy(exponent)
        fits = bool(size.free_symbols) or abs(size.evalf(5)) <= LARGEST
    if not fits:
        raise ToolError("The number gets too large or too small. Send a smaller calculation.")


def _to_sympy(value: _Value) -> sympy.Expr:
    if isinstance(value, Fraction):
        return sympy.Rational(value.numerator, value.denominator)
    return value


def symbol(name: str) -> sympy.Symbol:
    """The unknown `name`; unknowns are real."""
    return sympy.Symbol(name, real=True)


def _root(base: Any, degree: Any = 2) -> Any:
    """The real root; of a negative number where the degree is odd."""
    if degree == 0:
        raise ToolError("A root's degree is a whole number from 1 to 1000.")
    if base.is_number and base.is_negative and degree % 2 == 1:
        return -sympy.root(-base, degree)
    return sympy.root(base, degree)


def _power(base: Any, exponent: Any) -> Any:
    if base.is_Rational and exponent.is_Rational and base.is_negative:
        return _root(base, exponent.q) ** exponent.p
    return base**exponent


def _rounded(number: Any, digits: Any = 0) -> Any:
    if not number.is_number:
        raise ToolError("round needs a number; its argument has unknowns.")
    exact = Fraction(str(number.evalf(60)))
    value = apply_rational("round", [exact, Fraction(int(digits))])
    assert value is not None
    return sympy.Rational(value.numerator, value.denominator)


def _not_zero(divisor: Any) -> Any:
    if divisor.is_zero:
        raise ToolError("Division by zero. Check the divisor.")
    return divisor


def _whole_only(function: str) -> Any:
    raise ToolError(f"{function} needs whole numbers as its arguments, no unknowns.")


def _logarithm(number: Any, base: Any = sympy.E) -> Any:
    if number.is_zero or base in (0, 1):
        raise ToolError("This logarithm is not defined.")
    return sympy.log(number, base) if base != sympy.E else sympy.log(number)


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": sympy.Add,
    "mul": sympy.Mul,
    "neg": lambda x: -x,
    "inverse": lambda x: 1 / _not_zero(x),
    "div": lambda x, y: x / _not_zero(y),
    "pow": _power,
    "percent": lambda x: x / 100,
    "sqrt": lambda x: _root(x),
    "cbrt": lambda x: _root(x, 3),
    "root": _root,
    "exp": lambda x: sympy.exp(x),
    "log": _logarithm,
    "log2": lambda x: _logarithm(x, 2),
    "log10": lambda x: _logarithm(x, 10),
    "abs": lambda x: sympy.Abs(x),
    "ceil": lambda x: sympy.ceiling(x),
    "round": _rounded,
    "min": lambda *xs: sympy.Min(*xs).doit(),  # without doit, parts stay unevaluated
    "max": lambda *xs: sympy.Max(*xs).doit(),
    "gcd": lambda *_: _whole_only("gcd"),
    "lcm": lambda *_: _whole_only("lcm"),
    "mod": lambda x, y: sympy.Mod(x, _not_zero(y)),
    "quotient": lambda x, y: sympy.floor(x / _not_zero(y)),
}
_OPERATIONS |= {
    f.__name__: f
    for f in (
        sympy.sin, sympy.cos, sympy.tan, sympy.cot, sympy.sec, sympy.csc, sympy.asin, sympy.acos,
        sympy.atan, sympy.sinh, sympy.cosh, sympy.tanh, sympy.asinh, sympy.acosh, sympy.atanh,
        sympy.floor, sympy.factorial, sympy.binomial, sympy.sign,
    )
}  # fmt: skip


class _Printer(StrPrinter):  # type: ignore[misc]  # sympy ships no types
    """sympy's own text with the names of our notation."""

    def _print_Exp1(self, _: Any) -> str:
        return "e"

    def _print_ImaginaryUnit(self, _: Any) -> str:
        return "i"

    def _print_Function(self, expr: Any) -> str:
        name = {"ceiling": "ceil", "Abs": "abs"}.get(expr.func.__name__, expr.func.__name__)
        return f"{name}({self.stringify(expr.args, ', ')})"

    _print_Abs = _print_factorial = _print_Function

    def _print_LatticeOp(self, expr: Any) -> str:
        arguments = sorted(expr.args, key=sympy.default_sort_key)
        return f"{expr.func.__name__.lower()}({self.stringify(arguments, ', ')})"

    _print_Min = _print_Max = _print_LatticeOp

    def _print_Mod(self, expr: Any) -> str:
        return f"mod({self.stringify(expr.args, ', ')})"


def render_expression(expr: sympy.Expr) -> str:
    """The expression in the notation that `parse_expression` reads, always the same text for it."""
    text: str = _Printer().doprint(expr)
    return text.replace("**", "^")
