"""Whole points on a curve given by one equation of degree two or more in two unknowns, by sympy.

Guarantees all of them as a list where they are finitely many; for Pell's equation the least
positive one, and how the others follow. Everything else is a ToolError that asks for bounds.
"""

from __future__ import annotations

import math
from typing import Any

import sympy
from sympy.solvers.diophantine.diophantine import diop_DN, diop_solve

from corollary_tools.errors import ToolError
from corollary_tools.solvers.number_theory.whole_polynomials import Polynomial, degree
from corollary_tools.solvers.number_theory.whole_search import Numbers

_LARGEST = 10**12


def whole_points(polynomial: Polynomial, names: tuple[str, ...]) -> list[Numbers] | str:
    """The solutions as numbers, or what is to be said of infinitely many."""
    scale = math.lcm(*(factor.denominator for factor in polynomial.values()))
    polynomial = {monomial: factor * scale for monomial, factor in polynomial.items()}
    symbols = [sympy.Symbol(name, integer=True) for name in names]
    if degree(polynomial) != 2 or max(map(abs, polynomial.values())) > _LARGEST:
        raise ToolError(f"Send bounds for the unknowns, such as 0 <= {names[0]} <= 1000.")
    pell = _pell(polynomial, names)
    if pell is not None:
        return pell
    found = diop_solve(_expression(polynomial, dict(zip(names, symbols, strict=True))))
    order = sorted(symbols, key=str)
    rows = [dict(zip(order, row, strict=True)) for row in found if None not in row]
    if all(value.is_Integer for row in rows for value in row.values()):
        points = [{s.name: int(row[s]) for s in symbols} for row in rows]
        return sorted(points, key=lambda row: tuple(row[name] for name in names))
    return _families(rows, symbols)


def _expression(polynomial: Polynomial, symbols: dict[str, Any]) -> Any:
    terms = []
    for monomial, factor in polynomial.items():
        powers = [symbols[name] ** power for name, power in monomial]
        terms.append(sympy.Mul(sympy.Rational(factor.numerator, factor.denominator), *powers))
    return sympy.Add(*terms)


def _pell(polynomial: Polynomial, names: tuple[str, ...]) -> str | None:
    """x^2 - D*y^2 = N with D > 0 no square: the fundamental solutions."""
    first, second = ((names[0], 2),), ((names[1], 2),)
    if set(polynomial) - {first, second, ()} or polynomial.get(first) != 1:
        return None
    factor, constant = -polynomial.get(second, 0), -polynomial.get((), 0)
    if factor <= 0 or factor.denominator != 1 or sympy.integer_nthroot(int(factor), 2)[1]:
        return None
    found = [(int(x), int(y)) for x, y in diop_DN(int(factor), int(constant))]
    if not found:
        return "no solution"
    rows = " or ".join(f"{names[0]} = {x}, {names[1]} = {y}" for x, y in found)
    x, y = diop_DN(int(factor), 1)[0]
    unit = f"{x} + {y}*sqrt({factor})"
    return f"{rows}, and infinitely many: multiply {names[0]} + {names[1]}*sqrt({factor}) by {unit}"


def _families(rows: list[dict[Any, Any]], symbols: list[Any]) -> str:
    texts = []
    for row in rows:
        if any(value.has(sympy.sqrt) or len(str(value)) > 60 for value in row.values()):
            raise ToolError("There are infinitely many. Send bounds for the unknowns.")
        texts.append(", ".join(f"{s.name} = {sympy.expand(row[s])}" for s in symbols))
    return f"{' or '.join(sorted(texts))} (parameters any whole numbers)".replace("**", "^")
