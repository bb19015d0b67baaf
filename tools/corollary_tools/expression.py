"""Expressions: text -> sympy through our own grammar, and back; model text never reaches sympify.

Guarantees exact numbers (decimals become rationals), real unknowns, the size bounds of `rational`,
and parse(render(x)) = x for whatever was parsed. Every name but pi and e is an unknown, also S, N,
beta or lambda; among complex numbers i is the imaginary unit. Imports sympy: for worker processes
(plain numbers are decided in `rational`).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

import sympy
from sympy.printing.str import StrPrinter

from corollary_tools.errors import ToolError
from corollary_tools.expressions.functions import OPERATIONS
from corollary_tools.expressions.rational import LARGEST, apply_rational, bounded, power_is_bounded
from corollary_tools.expressions.syntax import parse_relation, parse_tree
from corollary_tools.expressions.tree import Apply, Name, Number, Relation, Tree

LARGEST_DEGREE = 1000  # of a power with an unknown in its base
_CONSTANTS = {"pi": sympy.pi, "e": sympy.E}
_COMPLEX_CONSTANTS = _CONSTANTS | {"i": sympy.I}
_Value = Any  # Fraction where the value is rational, else sympy.Expr
Numbers = Literal["real", "complex"]


def parse_expression(
    text: str, unknowns: frozenset[str] = frozenset(), numbers: Numbers = "real"
) -> sympy.Expr:
    """Read an expression. `unknowns` may make names of pi, e and i. ToolError for bad text."""
    return build_expression(parse_tree(text), unknowns, numbers)


def parse_sides(text: str) -> tuple[str, Any, Any]:
    """Read a relation as (operator, left, right); an expression alone as ("", expression, 0)."""
    tree = parse_relation(text)
    if not isinstance(tree, Relation):
        return "", build_expression(tree), sympy.Integer(0)
    return tree.operator, build_expression(tree.left), build_expression(tree.right)


def build_expression(
    tree: Tree, unknowns: frozenset[str] = frozenset(), numbers: Numbers = "real"
) -> sympy.Expr:
    """Turn a tree into a sympy expression, exact and within bounds. ToolError where undefined."""
    builder = _Builder(unknowns, numbers)
    value: sympy.Expr = _to_sympy(builder.build(tree))
    if builder.calls:
        _check_finite(value, numbers)
    return value


_INFINITE = frozenset(map(type, (sympy.zoo, sympy.nan, sympy.oo, -sympy.oo)))
_NOT_REAL = "The value is not a real number. Only real numbers are worked with."


def _check_finite(value: Any, numbers: Numbers) -> None:
    """Refuse infinities, and where numbers are real the imaginary unit, anywhere in the value."""
    found, open_parts = set(), [value]
    while open_parts:
        part = open_parts.pop()
        if part.args:
            open_parts.extend(part.args)
        else:
            found.add(type(part))
    if found & _INFINITE:
        raise ToolError("The value is not finite. Check for a division by zero.")
    if numbers == "real" and type(sympy.I) in found:
        raise ToolError(_NOT_REAL)


class _Builder:
    """Builds one expression. calls: whether anything but + - * / and whole powers was applied."""

    def __init__(self, unknowns: frozenset[str], numbers: Numbers) -> None:
        self.unknowns = unknowns
        self.numbers = numbers
        self.constants = _CONSTANTS if numbers == "real" else _COMPLEX_CONSTANTS
        self.calls = False
        self.named = 0  # how many unknowns were met so far

    def build(self, tree: Tree) -> _Value:
        if type(tree) is Number:
            return tree.value
        if type(tree) is Name:
            return self._named(tree.name)
        assert isinstance(tree, Apply)
        before = self.named
        values = [self.build(part) for part in tree.arguments]
        value = self._applied(tree.function, values)
        if self.calls and self.named == before and type(value) is not Fraction:
            self._check_real(value)
        return value

    def _check_real(self, number: Any) -> None:
        if self.numbers == "real" and number.is_number and number.is_real is False:
            raise ToolError(_NOT_REAL)

    def _named(self, name: str) -> _Value:
        if name in self.constants and name not in self.unknowns:
            return self.constants[name]
        self.named += 1
        return symbol(name, self.numbers)

    def _applied(self, function: str, values: list[_Value]) -> _Value:
        if all(type(value) is Fraction for value in values):
            try:
                rational = apply_rational(function, values)
            except ToolError:
                if self.numbers == "real" or function not in ("sqrt", "root", "pow"):
                    raise
                rational = None  # the root of a negative number
            if rational is not None:
                return rational
        if function == "pow":
            self._check_power(*values)
        elif function not in _PLAIN:
            self.calls = True
            if function == "exp":
                _check_size(sympy.E, values[0])
        return self._settled(OPERATIONS[function], [_to_sympy(value) for value in values])

    def _check_power(self, base: _Value, exponent: _Value) -> None:
        if type(exponent) is not Fraction or exponent.denominator != 1:
            self.calls = True
        _check_size(base, exponent)

    def _settled(self, operation: Callable[..., Any], arguments: list[Any]) -> _Value:
        try:
            value = operation(*arguments)
        except TypeError:
            raise ToolError(
                f"A function got {len(arguments)} arguments, which it does not take."
            ) from None
        if value.is_Rational:
            return bounded(Fraction(int(value.p), int(value.q)))
        return value


_PLAIN = frozenset(("add", "mul", "neg", "inverse", "div", "percent"))


def _check_size(base: _Value, exponent: _Value) -> None:
    """Refuse a power whose value would be too large, before it is computed."""
    if type(exponent) is Fraction:
        if type(base) is Fraction:
            fits = power_is_bounded(base, exponent)
        elif base.free_symbols:
            if abs(exponent) > LARGEST_DEGREE:
                raise ToolError(f"The exponent is too large; at most {LARGEST_DEGREE} is allowed.")
            return
        else:
            fits = _fits(base, exponent)
    else:
        fits = _fits(base, exponent)
    if not fits:
        raise ToolError("The number gets too large or too small. Send a smaller calculation.")


def _fits(base: _Value, exponent: _Value) -> bool:
    base, exponent = _to_sympy(base), _to_sympy(exponent)
    if base.free_symbols or exponent.free_symbols:
        return True
    return bool(abs((sympy.log(base) * exponent).evalf(5)) <= LARGEST)


def _to_sympy(value: _Value) -> Any:
    return _ratio(value.numerator, value.denominator) if type(value) is Fraction else value


@lru_cache(maxsize=2048)
def _ratio(numerator: int, denominator: int) -> Any:
    if denominator == 1:
        return sympy.Integer(numerator)
    return sympy.Rational(numerator, denominator)


@lru_cache(maxsize=2048)
def symbol(name: str, numbers: Numbers = "real") -> sympy.Symbol:
    """The unknown `name`; unknowns are real unless they are asked to be complex."""
    return sympy.Symbol(name, real=True) if numbers == "real" else sympy.Symbol(name)


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
