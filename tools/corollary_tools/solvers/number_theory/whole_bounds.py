"""Bounds of whole unknowns that follow from conditions, by going round until nothing changes.

Each relation between polynomials bounds each of its terms by what the others can be: 3x + 5y = 100
with x, y > 0 gives x <= 31. A polynomial in one unknown is bounded by Cauchy's rule. Guarantees
that no solution lies outside; does not guarantee the narrowest bounds.
"""

from __future__ import annotations

import math
from fractions import Fraction

from corollary_tools.solvers.number_theory.whole_conditions import Condition
from corollary_tools.solvers.number_theory.whole_polynomials import (
    Monomial,
    Polynomial,
    cleared,
    degree,
    difference,
    names_of,
)

_ROUNDS = 40
_Number = Fraction | float  # a float only where it is infinite
Interval = tuple[_Number, _Number]
_EVERYTHING: Interval = (-math.inf, math.inf)


def bounds_of(names: tuple[str, ...], conditions: list[Condition]) -> dict[str, Interval]:
    """Whole bounds for each name; infinite where none are known."""
    bounds = dict.fromkeys(names, _EVERYTHING)
    rows = [row for condition in conditions for row in _rows(condition)]
    for polynomial, exact in rows:
        _cauchy(polynomial, exact, bounds)
    for _ in range(_ROUNDS):
        before = dict(bounds)
        for polynomial, exact in rows:
            _narrow(polynomial, exact, bounds)
        if bounds == before or any(low > high for low, high in bounds.values()):
            break
    return bounds


def _rows(condition: Condition) -> list[tuple[Polynomial, bool]]:
    """(p, True) for p = 0; (p, False) for p <= 0."""
    if condition.modulus or condition.operator not in ("=", "<", "<=", ">", ">="):
        return []
    polynomial = difference(condition.left, condition.right)
    if polynomial is None:
        return []
    if condition.operator == "=":
        return [(cleared(polynomial), True)]
    if cleared(polynomial) != polynomial:
        return []
    if condition.operator.startswith(">"):
        polynomial = {monomial: -factor for monomial, factor in polynomial.items()}
    if condition.operator in ("<", ">") and _is_whole(polynomial):  # p < 0 is p + 1 <= 0
        polynomial = {**polynomial, (): polynomial.get((), Fraction(0)) + 1}
    return [(polynomial, False)]


def _is_whole(polynomial: Polynomial) -> bool:
    return all(factor.denominator == 1 for factor in polynomial.values())


def _cauchy(polynomial: Polynomial, exact: bool, bounds: dict[str, Interval]) -> None:
    if len(names_of(polynomial)) != 1:
        return
    (name,) = names_of(polynomial)
    top = degree(polynomial)
    leading = polynomial[((name, top),)]
    if not exact and (top % 2 or leading < 0):
        return
    size = 1 + max([abs(factor / leading) for factor in polynomial.values()])
    _meet(bounds, name, (-size, size))


def _narrow(polynomial: Polynomial, exact: bool, bounds: dict[str, Interval]) -> None:
    ranges = {m: _scaled(_range(m, bounds), factor) for m, factor in polynomial.items()}
    for monomial, factor in polynomial.items():
        if not monomial:
            continue
        others = [ranges[other] for other in polynomial if other != monomial]
        low = sum((high for _, high in others), start=Fraction(0))
        high = sum((low for low, _ in others), start=Fraction(0))
        term = (-low if exact else -math.inf, -high)
        _bound_monomial(monomial, _scaled(term, 1 / factor), bounds)


def _bound_monomial(monomial: Monomial, term: Interval, bounds: dict[str, Interval]) -> None:
    low, high = term
    if len(monomial) > 1:
        if low > 0 or high < 0:  # a product that is not zero: each factor is at most its size
            size = high if low > 0 else -low
            for name, power in monomial:
                _meet(bounds, name, _rooted((-size, size), power))
        return
    name, power = monomial[0]
    _meet(bounds, name, _rooted(term, power))


def _rooted(term: Interval, power: int) -> Interval:
    """Where x lies if x^power lies in `term`."""
    if power == 1:
        return term
    low, high = term
    if power % 2 == 0:
        size = _root(high, power) if high >= 0 else Fraction(-1)
        return (-size, size)
    return (
        -_root(-low, power) if low < 0 else Fraction(0),
        _root(high, power) if high > 0 else Fraction(0),
    )


def _root(number: _Number, power: int) -> _Number:
    """A whole number that is at least the root."""
    if isinstance(number, float):
        return number
    size = 1
    while Fraction(size) ** power < number:
        size *= 2
    low = size // 2
    while size - low > 1:
        middle = (low + size) // 2
        low, size = (middle, size) if Fraction(middle) ** power < number else (low, middle)
    return Fraction(size)


def _range(monomial: Monomial, bounds: dict[str, Interval]) -> Interval:
    result: Interval = (Fraction(1), Fraction(1))
    for name, power in monomial:
        low, high = bounds[name]
        ends = [_raised(low, power), _raised(high, power)]
        if power % 2 == 0 and low <= 0 <= high:
            ends.append(Fraction(0))
        result = _times(result, (min(ends), max(ends)))
    return result


def _raised(number: _Number, power: int) -> _Number:
    if isinstance(number, float):
        return math.inf if number > 0 or power % 2 == 0 else -math.inf
    return number**power


def _times(left: Interval, right: Interval) -> Interval:
    ends = [_product(a, b) for a in left for b in right]
    return (min(ends), max(ends))


def _product(left: _Number, right: _Number) -> _Number:
    if left == 0 or right == 0:
        return Fraction(0)
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left * right
    return math.inf if (left > 0) == (right > 0) else -math.inf


def _scaled(interval: Interval, factor: Fraction) -> Interval:
    return _times(interval, (factor, factor))


def _meet(bounds: dict[str, Interval], name: str, interval: Interval) -> None:
    low, high = bounds[name]
    first, last = interval
    first = Fraction(math.ceil(first)) if isinstance(first, Fraction) else first
    last = Fraction(math.floor(last)) if isinstance(last, Fraction) else last
    bounds[name] = (max(low, first), min(high, last))
