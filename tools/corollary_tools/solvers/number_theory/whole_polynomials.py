"""Polynomials with rational coefficients as plain records: monomial -> coefficient.

Guarantees an expanded form without zero coefficients, or None where a tree is no polynomial or
would be large. Free of sympy, since conditions on whole numbers are read in numbers.
"""

from __future__ import annotations

from fractions import Fraction

from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import evaluate
from corollary_tools.expressions.tree import Apply, Name, Tree, names_in

Monomial = tuple[tuple[str, int], ...]  # (("x", 2), ("y", 1)), in the order of names
Polynomial = dict[Monomial, Fraction]  # exponents are negative in 1/x
_MOST_TERMS = 200
_LARGEST_POWER = 12


def expanded(tree: Tree) -> Polynomial | None:
    """The polynomial that a tree comes to."""
    if not names_in(tree):
        value = _value(tree)
        return None if value is None else _kept({(): value})
    if isinstance(tree, Name):
        return {((tree.name, 1),): Fraction(1)}
    assert isinstance(tree, Apply)
    if tree.function == "pow":
        return _power(tree)
    if tree.function not in ("add", "mul", "neg", "div", "inverse"):
        return None
    parts = [expanded(argument) for argument in tree.arguments]
    known = [part for part in parts if part is not None]
    return _combined(tree.function, known) if len(known) == len(parts) else None


def difference(left: Tree, right: Tree) -> Polynomial | None:
    """left - right as a polynomial."""
    return expanded(Apply("add", (left, Apply("neg", (right,)))))


def degree(polynomial: Polynomial) -> int:
    """The largest sum of exponents; 0 for a constant."""
    return max((sum(power for _, power in monomial) for monomial in polynomial), default=0)


def names_of(polynomial: Polynomial) -> frozenset[str]:
    """The unknowns in a polynomial."""
    return frozenset(name for monomial in polynomial for name, _ in monomial)


def _value(tree: Tree) -> Fraction | None:
    try:
        return evaluate(tree)
    except ToolError:
        return None


def _power(tree: Apply) -> Polynomial | None:
    base, exponent = expanded(tree.arguments[0]), tree.arguments[1]
    times = _value(exponent) if not names_in(exponent) else None
    if base is None or times is None or times.denominator != 1 or not 0 <= times <= _LARGEST_POWER:
        return None
    result: Polynomial | None = {(): Fraction(1)}
    for _ in range(times.numerator):
        result = _combined("mul", [result, base]) if result is not None else None
    return result


def _combined(function: str, parts: list[Polynomial]) -> Polynomial | None:
    if function == "neg":
        return {monomial: -factor for monomial, factor in parts[0].items()}
    if function == "add":
        return _sum(parts)
    if function == "inverse":
        return _inverse(parts[0])
    if function == "div":
        divisor = _inverse(parts[1])
        return None if divisor is None else _product(parts[0], divisor)
    result: Polynomial = {(): Fraction(1)}
    for part in parts:
        result = _product(result, part)
        if len(result) > _MOST_TERMS:
            return None
    return result


def _inverse(polynomial: Polynomial) -> Polynomial | None:
    """1/p for a single term: exponents become negative."""
    if len(polynomial) != 1:
        return None
    ((monomial, factor),) = polynomial.items()
    return {tuple((name, -power) for name, power in monomial): 1 / factor}


def cleared(polynomial: Polynomial) -> Polynomial:
    """The polynomial times what takes the unknowns out of its denominators."""
    lowest: dict[str, int] = {}
    for monomial in polynomial:
        for name, power in monomial:
            lowest[name] = min(lowest.get(name, 0), power)
    clearing = {tuple((n, -power) for n, power in sorted(lowest.items()) if power): Fraction(1)}
    return _product(polynomial, clearing)


def _sum(parts: list[Polynomial]) -> Polynomial:
    total: Polynomial = {}
    for part in parts:
        for monomial, factor in part.items():
            total[monomial] = total.get(monomial, Fraction(0)) + factor
    return _kept(total)


def _product(left: Polynomial, right: Polynomial) -> Polynomial:
    total: Polynomial = {}
    for one, factor in left.items():
        for other, by in right.items():
            powers = dict(one)
            for name, power in other:
                powers[name] = powers.get(name, 0) + power
            monomial = tuple(sorted((name, power) for name, power in powers.items() if power))
            total[monomial] = total.get(monomial, Fraction(0)) + factor * by
    return _kept(total)


def _kept(polynomial: Polynomial) -> Polynomial:
    return {monomial: factor for monomial, factor in polynomial.items() if factor}


def render_linear(constant: int, factors: list[tuple[str, int]]) -> str:
    """`2 + 5*t`; names with factor 0 are left out."""
    parts = [str(constant)] if constant or not any(factor for _, factor in factors) else []
    for name, factor in factors:
        if factor:
            size = name if abs(factor) == 1 else f"{abs(factor)}*{name}"
            parts.append(("- " if factor < 0 else "+ ") + size)
    text = " ".join(parts)
    return text.removeprefix("+ ").replace("- ", "-", 1) if text.startswith(("+", "- ")) else text
