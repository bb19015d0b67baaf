"""Factors, divisors and common divisors in a worker.

Guarantees exact results within the bounds of `factors`.
"""

from __future__ import annotations

import math
from typing import Any

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.solvers.number_text import checked_length
from corollary_tools.solvers.number_theory.factors import factorised
from corollary_tools.solvers.number_theory.whole_numbers import read_whole
from corollary_tools.solvers.result import Result

_MOST_LISTED = 200


def factorise(arguments: dict[str, Any], desk: Desk) -> Result:
    """Factorise `number`, or derive what `want` asks for from its factors."""
    number, want = read_whole(arguments["number"]), arguments["want"]
    if number == 0:
        raise ToolError("0 has no prime factors, and every number divides it.")
    if number < 0 and want != "factors":
        raise ToolError(f"{want} needs a positive number.")
    factors = factorised(abs(number))
    if want == "factors":
        return Result(checked_length(_product(number, factors)))
    if want == "divisors":
        return Result(checked_length(_list(_divisors(factors))))
    return Result(checked_length(str(_COUNTED[want](factors))))


def gcd(arguments: dict[str, Any], desk: Desk) -> Result:
    """The greatest common divisor or the least common multiple of `numbers`."""
    numbers = [read_whole(text, "each of numbers") for text in arguments["numbers"]]
    if not numbers:
        raise ToolError("numbers is empty. Send two whole numbers or more.")
    function = math.gcd if arguments["want"] == "gcd" else math.lcm
    return Result(checked_length(str(function(*numbers))))


def extended_gcd(left: int, right: int) -> tuple[int, int, int]:
    """(g, a, b) with a*left + b*right = g = gcd(left, right) >= 0."""
    old, new = (left, 1, 0), (right, 0, 1)
    while new[0]:
        times = old[0] // new[0]
        following = (old[0] - times * new[0], old[1] - times * new[1], old[2] - times * new[2])
        old, new = new, following
    return old if old[0] >= 0 else (-old[0], -old[1], -old[2])


def _product(number: int, factors: dict[int, int]) -> str:
    parts = [f"{prime}^{power}" if power > 1 else str(prime) for prime, power in factors.items()]
    if number < 0:
        parts.insert(0, "-1")
    return " * ".join(parts) or "1"


def _divisors(factors: dict[int, int]) -> list[int]:
    if _count(factors) > _MOST_LISTED:
        raise ToolError(
            f"There are {_count(factors)} divisors, too many to list. Ask for want='count'."
        )
    divisors = [1]
    for prime, power in factors.items():
        divisors = [d * prime**k for d in divisors for k in range(power + 1)]
    return sorted(divisors)


def _list(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


def _count(factors: dict[int, int]) -> int:
    return math.prod(power + 1 for power in factors.values())


def _sum(factors: dict[int, int]) -> int:
    return math.prod((p ** (power + 1) - 1) // (p - 1) for p, power in factors.items())


def totient(factors: dict[int, int]) -> int:
    """How many numbers below it are coprime to the number with these factors."""
    return math.prod((p - 1) * p ** (power - 1) for p, power in factors.items())


_COUNTED = {"count": _count, "sum": _sum, "totient": totient}
