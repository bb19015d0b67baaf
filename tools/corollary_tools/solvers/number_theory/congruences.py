"""Congruences in one unknown: the residues that satisfy them all.

Guarantees all residues modulo the least common multiple of the moduli, by the Chinese remainder
theorem for moduli that need not be coprime. A congruence that is not linear is tried out for every
residue, so its modulus is bounded.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from corollary_tools.errors import ToolError
from corollary_tools.solvers.number_theory.calls import extended_gcd
from corollary_tools.solvers.number_theory.whole_polynomials import Polynomial, degree

_LARGEST_TRIED = 200_000
_MOST = 20_000
Residues = tuple[tuple[int, ...], int]  # residues in ascending order, and the modulus


def linear_residues(polynomial: Polynomial, name: str, modulus: int) -> Residues | None:
    """The solutions of a*x + b = 0 modulo `modulus`; None where it is not linear or not whole."""
    if degree(polynomial) > 1 or any(factor.denominator != 1 for factor in polynomial.values()):
        return None
    factor = int(polynomial.get(((name, 1),), 0))
    constant = int(polynomial.get((), 0))
    common = math.gcd(factor, modulus)
    if constant % common:
        return ((), modulus)
    smaller = modulus // common
    value = -constant // common * pow(factor // common, -1, smaller) % smaller if smaller > 1 else 0
    return ((value,), smaller)


def tried_residues(test: Callable[[int], bool], modulus: int) -> Residues:
    """The residues for which `test` holds."""
    if modulus > _LARGEST_TRIED:
        raise ToolError(
            f"A congruence that is not linear needs a modulus of at most {_LARGEST_TRIED:,}."
        )
    return (tuple(value for value in range(modulus) if test(value)), modulus)


def combined(left: Residues, right: Residues) -> Residues:
    """The residues that satisfy both."""
    (first, modulus), (second, other) = left, right
    common, factor, _ = extended_gcd(modulus, other)
    total = modulus // common * other
    if len(first) * len(second) > _MOST * common:
        raise ToolError("These congruences have too many solutions. Send fewer at once.")
    groups: dict[int, list[int]] = {}
    for value in second:
        groups.setdefault(value % common, []).append(value)
    found = {
        (value + modulus * ((near - value) // common * factor % (other // common))) % total
        for value in first
        for near in groups.get(value % common, [])
    }
    return (tuple(sorted(found)), total)
