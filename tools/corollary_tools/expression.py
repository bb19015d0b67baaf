"""Expressions: text -> sympy through our own grammar, and back; model text never reaches sympify.

Guarantees exact numbers (decimals become rationals), real unknowns, the size bounds of `rational`,
and parse(render(x)) = x for whatever was parsed. Every name but pi and e is an unknown, also S, N,
beta or lambda; among complex numbers i is the imaginary unit. Imports sympy: for worker processes
(plain numbers are decided in `rational`).
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

import sympy
from sympy.printing.str import StrPrinter

from corollary_tools.errors import ToolError
from corollary_tools.expressions.functions import OPERATIONS
from corollary_tools.expressions.plain import Value, add, multiply, power, to_sympy
from corollary_tools.expressions.rational import (
    LARGEST,
    apply_rational,
    bounded,
    check_writable,
    power_is_bounded,
)
from corollary_tools.expressions.syntax import parse_relation, parse_tree
from corollary_tools.expressions.tree import Apply, Name, Number, Relation, Tree

LARGEST_DEGREE = 1000  # of a power with an unknown in its base
_CONSTANTS = {"pi": sympy.pi, "e": sympy.E}
_COMPLEX_CONSTANTS = _CONSTANTS | {"i": sympy.I}
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
    value: sympy.Expr = to_sympy(builder.build(tree))
    if builder.calls:
        _check_finite(value, numbers)
    return value


_INFINITE = frozenset(map(type, (sympy.zoo, sympy.nan, sympy.oo, -sympy.oo)))
_NOT_FINITE = "The value is not finite. Check for a division by zero."
_NOT_REAL = "The value is not a real number. Only real numbers are worked with."


def _check_finite(value: Any, numbers: Numbers) -> None:
    """Refuse infinities, and where numbers are real the imaginary unit, anywhere in the value."""
    found, parts = {type(value)}, [value]
    for part in parts:
        for argument in part.args:
            found.add(type(argument))
            if argument.args:
                parts.append(argument)
    if found & _INFINITE:
        raise ToolError(_NOT_FINITE)
    if numbers == "real" and type(sympy.I) in found:
        raise ToolError(_NOT_REAL)


_NO_NUMBERS = frozenset(("nan", "null", "undefined"))


class _Builder:
    """Builds one expression.

    calls: whether anything but + - * / and whole powers was applied; plain: neither that nor a
    constant, so that whatever is no Fraction depends on an unknown; named: how many unknowns were
    met so far.
    """

    def __init__(self, unknowns: frozenset[str], numbers: Numbers) -> None:
        self.unknowns = unknowns
        self.numbers = numbers
        self.constants = _CONSTANTS if numbers == "real" else _COMPLEX_CONSTANTS
        self.calls = False
        self.plain = True
        self.named = 0

    def build(self, tree: Tree) -> Value:
        if type(tree) is Number:
            return tree.value
        if type(tree) is Name:
            return self._named(tree.name)
        assert type(tree) is Apply
        before, rational, values = self.named, True, []
        function, parts = _as_written(tree)
        for part in parts:
            if type(part) is Number:
                values.append(part.value)
                continue
            value = self._named(part.name) if type(part) is Name else self.build(part)
            rational = rational and type(value) is Fraction
            values.append(value)
        value = self._rational(function, values) if rational else None
        if value is None:
            value = self._applied(function, values)
        if self.calls and self.named == before and type(value) is not Fraction:
            self._check_real(value)
        return value

    def _check_real(self, number: Any) -> None:
        if self.numbers == "real" and number.is_number and number.is_real is False:
            raise ToolError(_NOT_REAL)

    def _named(self, name: str) -> Value:
        if name in self.constants and name not in self.unknowns:
            self.plain = False
            return self.constants[name]
        if name.lower() in _NO_NUMBERS:
            raise ToolError(f"{name!r} is no number and no name of one. Send a number or a letter.")
        self.named += 1
        return symbol(name, self.numbers)

    def _rational(self, function: str, values: list[Value]) -> Fraction | None:
        try:
            return apply_rational(function, values)
        except ToolError:
            if self.numbers == "real" or function not in ("sqrt", "root", "pow"):
                raise
            return None  # the root of a negative number

    def _applied(self, function: str, values: list[Value]) -> Value:
        if function == "add":
            return _settled(add(values))
        if function == "mul":
            return _settled(multiply(values))
        if function == "neg":
            return _settled(multiply(values, -1))
        if self.plain and type(values[0]) is not Fraction:
            return self._applied_to_unknowns(function, values)
        if function == "pow":
            self._check_power(*values)
        elif function not in _PLAIN:
            self.calls, self.plain = True, False
            if function == "exp":
                _check_size(sympy.E, values[0])
        return _settled(_operated(function, values))

    def _applied_to_unknowns(self, function: str, values: list[Value]) -> Value:
        """What depends on an unknown by + - * / and whole powers alone is zero for no sympy."""
        if function == "inverse":
            return _settled(power(values[0], -1))
        if function == "pow" and type(values[1]) is Fraction and values[1].denominator == 1:
            _check_degree(values[1])
            return _settled(power(values[0], values[1].numerator))
        self.calls = self.calls or function not in _PLAIN
        self.plain = function in _PLAIN
        if function == "log" and len(values) == 1:
            return sympy.log(values[0])
        if function == "pow":
            self._check_power(*values)
        return _settled(_operated(function, values))

    def _check_power(self, base: Value, exponent: Value) -> None:
        if type(exponent) is not Fraction or exponent.denominator != 1:
            self.calls, self.plain = True, False
        _check_size(base, exponent)


def _as_written(tree: Apply) -> tuple[str, tuple[Tree, ...]]:
    """The operation as it is written: sympy would multiply a number into a sum next to it.

    A minus before a product is the sign of it all: -(x + y)/x. What is divided by a product is
    divided by each factor: 1/(3*(x + y)).
    """
    function, parts = tree
    if parts and type(first := parts[0]) is Apply:
        if function == "mul" and first.function == "neg":
            return "mul", (_MINUS_ONE, *first.arguments, *parts[1:])
        if function == "inverse" and first.function == "mul":
            return "mul", tuple(Apply("inverse", (factor,)) for factor in first.arguments)
    return function, parts


_MINUS_ONE = Number(Fraction(-1))


def _operated(function: str, values: list[Value]) -> Any:
    """Apply a function by sympy's own hand."""
    try:
        return OPERATIONS[function](*map(to_sympy, values))
    except TypeError:
        raise ToolError(
            f"A function got {len(values)} arguments, which it does not take."
        ) from None


def _settled(value: Any) -> Value:
    """The value, as a Fraction where it is one."""
    return bounded(Fraction(int(value.p), int(value.q))) if value.is_Rational else value


_PLAIN = frozenset(("add", "mul", "neg", "inverse", "div", "percent"))


def _check_size(base: Value, exponent: Value) -> None:
    """Refuse a power whose value would be too large, before it is computed."""
    if type(exponent) is Fraction:
        if type(base) is Fraction:
            fits = power_is_bounded(base, exponent)
        elif base.free_symbols:
            return _check_degree(exponent)
        else:
            fits = _fits(base, exponent)
    else:
        fits = _fits(base, exponent)
    if not fits:
        raise ToolError("The number gets too large or too small. Send a smaller calculation.")


def _check_degree(exponent: Fraction) -> None:
    if abs(exponent) > LARGEST_DEGREE:
        raise ToolError(
            f"The exponent is too large; at most {LARGEST_DEGREE} is allowed. Send a smaller one."
        )


def _fits(base: Value, exponent: Value) -> bool:
    base, exponent = to_sympy(base), to_sympy(exponent)
    if base.free_symbols or exponent.free_symbols:
        return True
    size = abs((sympy.log(base) * exponent).evalf(5))
    if size.is_finite is False or size is sympy.nan:
        raise ToolError(_NOT_FINITE)
    return bool(size <= LARGEST)


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

    def _print_Integer(self, expr: Any) -> str:
        check_writable(Fraction(int(expr.p)))
        return str(super()._print_Integer(expr))

    def _print_Rational(self, expr: Any) -> str:
        check_writable(Fraction(int(expr.p), int(expr.q)))
        return str(super()._print_Rational(expr))

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
