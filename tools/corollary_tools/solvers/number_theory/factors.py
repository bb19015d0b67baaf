"""Prime factors of whole numbers, with a bound on the work.

Guarantees a complete factorisation or a ToolError in a few seconds: trial division, then
Pollard's rho in Brent's form (1980) with a fixed number of steps, then the elliptic curves of
sympy. Deterministic. Numbers beyond 2^64 count as prime when they pass the Baillie-PSW test.
"""

from __future__ import annotations

import math
from functools import cache

import sympy
from sympy.ntheory.ecm import ecm

from corollary_tools.errors import ToolError

_TRIAL = 100_000
_STEPS = 1 << 16
_CURVES = (3000, 60_000, 30, 7)  # two bounds, number of curves, seed
_LONGEST_TEST = 500  # digits of a number whose primality is tested


def factorised(number: int) -> dict[int, int]:
    """The prime factors of a positive whole number with their exponents, ascending."""
    factors: dict[int, int] = {}
    for prime in _small_primes():
        if prime * prime > number:
            break
        while number % prime == 0:
            factors[prime] = factors.get(prime, 0) + 1
            number //= prime
    for prime in _large_factors(number):
        factors[prime] = factors.get(prime, 0) + 1
    return dict(sorted(factors.items()))


def is_prime(number: int) -> bool:
    """Whether a number is prime. ToolError where it is too long to test in time."""
    if number < 2:
        return False
    if any(number % prime == 0 for prime in _small_primes() if prime < number):
        return False
    if number.bit_length() > _LONGEST_TEST * 3.33:
        raise ToolError(
            f"Numbers of more than {_LONGEST_TEST} digits are not tested. Send a smaller one."
        )
    return bool(sympy.isprime(number))


@cache
def _small_primes() -> tuple[int, ...]:
    return tuple(sympy.primerange(_TRIAL))


def _large_factors(number: int) -> list[int]:
    if number == 1:
        return []
    if number < _TRIAL**2 or is_prime(number):
        return [number]
    divisor = _power_root(number) or _rho(number) or _by_curves(number)
    if divisor is None:
        raise ToolError(
            f"A factor of {len(str(number))} digits has no prime factor that can be found in "
            "time. Send a smaller number, or only what is needed of it, such as a remainder."
        )
    return _large_factors(divisor) + _large_factors(number // divisor)


def _power_root(number: int) -> int | None:
    """A root, where the number is a perfect power."""
    found = sympy.perfect_power(number)
    return int(found[0]) if found else None


def _by_curves(number: int) -> int | None:
    """A proper divisor by elliptic curves: finds most prime factors of up to 16 digits."""
    try:
        found = ecm(number, *_CURVES)
    except ValueError:  # no curve of the fixed number had luck
        return None
    return int(min(found))


def _rho(number: int) -> int | None:
    """A proper divisor, or None after a fixed number of steps."""
    for constant in (1, 3, 5):
        divisor = _cycle(number, constant)
        if divisor != number:
            return divisor
    return None


def _cycle(number: int, constant: int) -> int | None:
    value, power, step = 2, 1, 0
    while step < _STEPS:
        anchor = value
        for _ in range(power):
            value = (value * value + constant) % number
        done = 0
        while done < power and step < _STEPS:
            start, product = value, 1
            for _ in range(min(128, power - done)):
                value = (value * value + constant) % number
                product = product * abs(anchor - value) % number
            done, step = done + 128, step + 128
            divisor = math.gcd(product, number)
            if divisor > 1:
                return divisor if divisor < number else _slowly(number, constant, anchor, start)
        power *= 2
    return None


def _slowly(number: int, constant: int, anchor: int, value: int) -> int:
    """The steps of one batch again, one by one."""
    while True:
        value = (value * value + constant) % number
        divisor = math.gcd(abs(anchor - value), number)
        if divisor > 1:
            return divisor
