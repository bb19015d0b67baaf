"""Sums, products and whole powers, put together at once where nothing in them combines.

Guarantees the very objects that `sympy.Add`, `sympy.Mul` and `sympy.Pow` give; whatever they would
combine, evaluate or distribute is left to them. They ask every part for its assumptions first,
which takes ten times as long. Values are Fractions or sympy's, their unknowns all of one kind.
Does not bound sizes (`expression` does).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cmp_to_key, lru_cache
from math import gcd
from typing import Any

import sympy

Value = Any  # Fraction where the value is rational, else sympy.Expr
_ZERO = Fraction(0)
_Symbol, _Add, _Mul, _Pow = sympy.Symbol, sympy.Add, sympy.Mul, sympy.Pow


def _compared(left: Any, right: Any) -> int:
    """sympy's order of arguments; among unknowns of one kind it is that of their names."""
    if type(left) is type(right) is _Symbol:
        return 1 if left.name > right.name else -1
    return int(left.compare(right))


_order = cmp_to_key(_compared)


def to_sympy(value: Value) -> Any:
    """The value as sympy has it."""
    return _ratio(value.numerator, value.denominator) if type(value) is Fraction else value


@lru_cache(maxsize=2048)
def _ratio(numerator: int, denominator: int) -> Any:
    if denominator == 1:
        return sympy.Integer(numerator)
    return sympy.Rational(numerator, denominator)


def add(values: list[Value]) -> Any:
    """The sum of two or more values, not all of them Fractions."""
    constant, terms = _ZERO, []
    for value in values:
        if type(value) is Fraction:
            constant = constant + value if constant is not _ZERO else value
        elif type(value) is not _Add:
            terms.append(value)
        else:
            first, *rest = value.args
            if first.is_Rational:
                constant += Fraction(first.p, first.q)
                terms += rest
            else:
                terms += value.args
    if not _apart(terms, _kind):
        return _Add(*map(to_sympy, values))
    if len(terms) > 1:
        terms.sort(key=_order)
    if constant:
        terms.insert(0, to_sympy(constant))
    return _Add._from_args(terms, True)


def _apart(parts: list[Any], kind_of: Callable[[Any], Any]) -> bool:
    """Whether no two parts combine, and none is left to sympy."""
    if len(parts) == 1:
        return kind_of(parts[0]) is not None
    kinds = {kind_of(part) for part in parts}
    return len(kinds) == len(parts) and None not in kinds


def _kind(term: Any) -> object:
    """What is the same for terms that combine; None where sympy has to look at the term."""
    if type(term) is _Symbol:
        return term
    if type(term) is _Mul:
        arguments = term.args
        if not arguments[0].is_Number:
            return arguments
        if not arguments[0].is_Rational:
            return None
        return arguments[1] if len(arguments) == 2 else arguments[1:]
    if type(term) is _Pow:
        return None if term.args[0].is_Number else term
    return term if term.is_Function else None


def multiply(values: list[Value], sign: int = 1) -> Any:
    """The product of sign and of values, not all of them Fractions."""
    above, below, factors = sign, 1, []
    for value in values:
        if type(value) is Fraction:
            above, below = above * value.numerator, below * value.denominator
        elif type(value) is not _Mul:
            factors.append(value)
        else:
            first, *rest = value.args
            if first.is_Rational:
                above, below = above * first.p, below * first.q
                factors += rest
            else:
                factors += value.args
    if not above or not _apart(factors, _base):
        return _Mul(_ratio(sign, 1), *map(to_sympy, values))
    if len(factors) > 1:
        factors.sort(key=_order)
    if above == below:
        return _Mul._from_args(factors, True)
    if len(factors) == 1 and type(factors[0]) is _Add:
        return _Mul(_ratio(sign, 1), *map(to_sympy, values))
    return _Mul._from_args([_lowest(above, below), *factors], True)


def _lowest(above: int, below: int) -> Any:
    shared = gcd(above, below) if below != 1 else 1
    return _ratio(above // shared, below // shared)


def _base(factor: Any) -> Any:
    """What is the same for factors that combine; None where sympy has to look at the factor."""
    if type(factor) is _Pow:
        base, exponent = factor.args
        if not exponent.is_Integer:
            return None
    else:
        base = factor
    if type(base) is _Symbol or type(base) is _Add:
        return base
    return base if base.is_Function and type(base) is not sympy.exp else None


def power(base: Any, exponent: int) -> Any:
    """A whole power of what is made of unknowns and numbers with + - * / and whole powers."""
    if exponent == 0:
        return sympy.S.One
    if exponent == 1:
        return base
    if type(base) is _Mul:
        return multiply([_factor_power(factor, exponent) for factor in base.args])
    return _factor_power(base, exponent)


def _factor_power(factor: Any, exponent: int) -> Any:
    if factor.is_Rational:
        return Fraction(factor.p, factor.q) ** exponent
    if type(factor) is _Pow:
        factor, exponent = factor.args[0], factor.args[1].p * exponent
        if exponent == 1:
            return factor
    return (
        _raised(factor, exponent)
        if type(factor) is not _Symbol
        else _symbol_power(factor, exponent)
    )


@lru_cache(maxsize=2048)
def _symbol_power(symbol: Any, exponent: int) -> Any:
    return _raised(symbol, exponent)


def _raised(base: Any, exponent: int) -> Any:
    made = sympy.Expr.__new__(_Pow, base, _ratio(exponent, 1))
    made.is_commutative = True
    return made
