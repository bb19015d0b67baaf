"""Roots of a polynomial with rational coefficients: exact where a short form exists.

Guarantees all real roots, each once, in ascending order, and how many others there are. A root
with no short exact form is a sympy CRootOf, which the text shows as a decimal.
"""

from __future__ import annotations

from typing import Any

import sympy

from corollary_tools.errors import ToolError

_LARGEST_DEGREE = 100
_TINY = sympy.Rational(1, 10**15)
_REFINED = 10  # degree up to which isolated roots are refined
_LONGEST_EXACT = 40  # operations of a root that is still shown in radicals


def real_roots(polynomial: Any) -> tuple[list[Any], int]:
    """(real roots in ascending order, number of different roots that are not real)."""
    if polynomial.degree() > _LARGEST_DEGREE:
        raise ToolError(
            f"The degree is {polynomial.degree()}; at most {_LARGEST_DEGREE} is solved. "
            "Send one factor at a time, or y in place of a power such as x^100."
        )
    _, factors = polynomial.factor_list()
    roots: list[Any] = []
    degree = 0
    for factor, _ in factors:
        degree += factor.degree()
        roots += _roots_of_factor(factor)
    return sorted(roots, key=lambda root: root.evalf(30)), degree - len(roots)


def _roots_of_factor(factor: Any) -> list[Any]:
    isolated = factor.real_roots(radicals=False)
    if not isolated:
        return []
    exact = _short_roots(factor)
    if not exact and factor.degree() > _REFINED:
        return _near_roots(factor, len(isolated))
    return [_matching(root, exact) for root in isolated]


def _near_roots(factor: Any, count: int) -> list[Any]:
    """The real roots as decimals: refining their intervals takes too long at high degrees."""
    near = sorted(factor.nroots(n=25, maxsteps=200), key=lambda root: abs(sympy.im(root)))
    return sorted(sympy.re(root) for root in near[:count])


def _short_roots(factor: Any) -> list[Any]:
    """Roots in radicals, without those that need complex numbers to write a real one."""
    if factor.degree() > 2 and not _is_in_powers(factor):
        return []
    found = sympy.roots(factor, factor.gen)
    return [r for r in found if r.is_real and r.count_ops() <= _LONGEST_EXACT]


def _is_in_powers(factor: Any) -> bool:
    """Whether it is a binomial or a quadratic in a power of the unknown, as x^4 - 5x^2 + 6."""
    exponents = [row[0] for row in factor.monoms() if row[0]]
    return len(exponents) == 1 or (len(exponents) == 2 and exponents[0] == 2 * exponents[1])


def _matching(root: Any, exact: list[Any]) -> Any:
    """The exact form of an isolated root, by its value; the root itself where there is none."""
    value = root.evalf(30)
    near = [e for e in exact if abs(e.evalf(30) - value) < sympy.Rational(1, 10**20)]
    return sympy.simplify(near[0]) if near else root


def all_roots(polynomial: Any) -> list[tuple[Any, int]]:
    """(root, how often it counts) for every complex root: the real ones first, in order."""
    if polynomial.degree() > _LARGEST_DEGREE:
        raise ToolError(f"The degree is {polynomial.degree()}; at most {_LARGEST_DEGREE}.")
    real: list[tuple[Any, int]] = []
    others: list[tuple[Any, int]] = []
    for factor, count in polynomial.factor_list()[1]:
        real += [(root, count) for root in _roots_of_factor(factor)]
        others += [(root, count) for root in _not_real(factor)]
    return sorted(real, key=lambda row: row[0].evalf(30)) + sorted(others, key=_place)


def _not_real(factor: Any) -> list[Any]:
    """The other roots, in radicals where these are short, else as numbers."""
    near = [root for root in factor.nroots(n=25, maxsteps=200) if abs(sympy.im(root)) > _TINY]
    exact = _short_forms(factor) if near else []
    return [_nearest(root, exact) for root in near]


def _short_forms(factor: Any) -> list[Any]:
    if factor.degree() > 2 and not _is_in_powers(factor):
        return []
    found = (sympy.expand_complex(root) for root in sympy.roots(factor, factor.gen))
    return [root for root in found if root.count_ops() <= _LONGEST_EXACT]


def _nearest(root: Any, exact: list[Any]) -> Any:
    near = [form for form in exact if abs(form.evalf(25) - root) < _TINY]
    return near[0] if near else root


def _place(row: tuple[Any, int]) -> tuple[float, float]:
    real, imaginary = row[0].evalf(15).as_real_imag()
    return (round(float(real), 9), -float(imaginary))
