"""Remainders of large expressions in a worker: powers, towers of powers, inverses, factorials.

Guarantees that no number larger than the square of the modulus arises: a power is reduced by
Euler's theorem in its general form (a^e = a^(e mod phi + phi) mod m for e >= log2 m), so that
7^7^7^7 is as quick as 7^2. A quotient is the product with the inverse.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import evaluate
from corollary_tools.expressions.syntax import parse_tree
from corollary_tools.expressions.tree import Apply, Name, Number, Tree
from corollary_tools.solvers.number_theory.calls import totient
from corollary_tools.solvers.number_theory.factors import factorised
from corollary_tools.solvers.number_theory.whole_numbers import read_whole
from corollary_tools.solvers.result import Result

_LARGEST_MODULUS = 10**60
_LARGEST_FACTORIAL = 1_000_000
_BITS = 200  # of the largest modulus; exponents above it go in cycles


def remainder(arguments: dict[str, Any], desk: Desk) -> Result:
    """The remainder of `expression` on division by `modulus`, from 0 to modulus - 1."""
    modulus = read_whole(arguments["modulus"], "modulus", least=1)
    if modulus > _LARGEST_MODULUS:
        raise ToolError("The modulus goes up to 10^60. Send a smaller one.")
    return Result(str(reduce_tree(parse_tree(arguments["expression"]), modulus)))


def reduce_tree(tree: Tree, modulus: int) -> int:
    """The value of a tree modulo `modulus`. ToolError where it has none."""
    if isinstance(tree, Number):
        below = tree.value.denominator
        return tree.value.numerator * _inverse(below, modulus) % modulus
    if isinstance(tree, Name):
        raise ToolError(f"{tree.name!r} has no value. A remainder needs whole numbers only.")
    if tree.function == "pow":
        return _power(tree.arguments[0], tree.arguments[1], modulus)
    if tree.function == "factorial":
        return _factorial(tree.arguments[0], modulus)
    if tree.function in ("add", "mul", "neg", "inverse", "div"):
        return _combined(tree.function, [reduce_tree(a, modulus) for a in tree.arguments], modulus)
    value = evaluate(tree)
    if value is None:
        raise ToolError(f"{tree.function} does not come to a whole number here.")
    return reduce_tree(Number(value), modulus)


def _combined(function: str, values: list[int], modulus: int) -> int:
    if function == "add":
        return sum(values) % modulus
    if function == "neg":
        return -values[0] % modulus
    if function == "inverse":
        return _inverse(values[0], modulus)
    if function == "div":
        return values[0] * _inverse(values[1], modulus) % modulus
    product = 1
    for value in values:
        product = product * value % modulus
    return product


def _inverse(number: int, modulus: int) -> int:
    common = math.gcd(number, modulus)
    if common != 1:
        raise ToolError(
            f"{number} has no inverse modulo {modulus}: their greatest common divisor is {common}."
        )
    return pow(number, -1, modulus)


def _power(base: Tree, exponent: Tree, modulus: int) -> int:
    value = reduce_tree(base, modulus)
    exact = _evaluated(exponent)
    if exact is not None:
        if exact.denominator != 1:
            raise ToolError("An exponent must be a whole number here.")
        power = exact.numerator
        return pow(value if power >= 0 else _inverse(value, modulus), abs(power), modulus)
    _require_large(exponent)
    cycle = totient(factorised(modulus))
    return pow(value, reduce_tree(exponent, cycle) + cycle * (_BITS // cycle + 1), modulus)


def _evaluated(tree: Tree) -> Fraction | None:
    """The exact value; None where it is too large, or not rational."""
    try:
        return evaluate(tree)
    except ToolError:
        return None


def _require_large(tree: Tree) -> None:
    """ToolError unless a tree that is too large to work out is a whole number above 2^10000.

    So it is where it is a sum, product, power or factorial of positive whole numbers.
    """
    value = _evaluated(tree)
    if value is not None:
        fits = value.denominator == 1 and value >= 1
    else:
        fits = isinstance(tree, Apply) and tree.function in ("add", "mul", "pow", "factorial")
    if not fits:
        raise ToolError(
            "This exponent is too large. It may have +, *, ^ and ! of positive whole numbers."
        )
    if value is None and isinstance(tree, Apply):
        for argument in tree.arguments:
            _require_large(argument)
        if tree.function == "pow" and _evaluated(tree.arguments[0]) == 1:
            raise ToolError("1 to any power is 1. Send the exponent without it.")


def _factorial(argument: Tree, modulus: int) -> int:
    value = evaluate(argument)
    if value is None or value.denominator != 1 or value < 0:
        raise ToolError("A factorial needs a whole number that is not negative.")
    if value >= modulus:
        return 0
    if value > _LARGEST_FACTORIAL:
        raise ToolError(f"A factorial below the modulus goes up to {_LARGEST_FACTORIAL:,}!.")
    product = 1
    for factor in range(2, value.numerator + 1):
        product = product * factor % modulus
    return product
