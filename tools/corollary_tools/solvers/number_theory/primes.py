"""Prime numbers in a worker: is it prime, the next, the n-th, how many, which.

Guarantees exact results; each question has a bound, so that it ends in about a second.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.solvers.number_text import checked_length
from corollary_tools.solvers.number_theory.factors import factorised, is_prime
from corollary_tools.solvers.number_theory.whole_numbers import read_whole, require_at_most
from corollary_tools.solvers.result import Result

_LARGEST_NEAR = 10**100
_LARGEST_PLACE = 1_000_000
_LARGEST_COUNT = 100_000_000
_MOST_LISTED = 200


def primes(arguments: dict[str, Any], desk: Desk) -> Result:
    """Answer what `want` asks of `number`; count and list go from `number` to `to`."""
    number, want = read_whole(arguments["number"]), arguments["want"]
    if want in _SINGLE:
        return Result(checked_length(_SINGLE[want](number)))
    if not arguments["to"]:
        low, high = 2, number
    else:
        low, high = number, read_whole(arguments["to"], "to")
    return Result(checked_length(_RANGED[want](max(low, 2), high)))


def _test(number: int) -> str:
    if is_prime(number):
        return "True"
    if number < 2:
        return "False (primes start at 2)"
    try:
        prime = next(iter(factorised(number)))
    except ToolError:
        return "False"
    return f"False ({number} = {prime} * {number // prime})"


def _next(number: int) -> str:
    return str(sympy.nextprime(require_at_most(number, _LARGEST_NEAR, "The next prime")))


def _nth(number: int) -> str:
    if number < 1:
        raise ToolError("Primes are counted from 1: the first is 2.")
    return str(sympy.prime(require_at_most(number, _LARGEST_PLACE, "The place of a prime")))


def _count(low: int, high: int) -> str:
    require_at_most(high, _LARGEST_COUNT, "Counting primes")
    return str(max(int(sympy.primepi(high) - sympy.primepi(low - 1)), 0))


def _list(low: int, high: int) -> str:
    require_at_most(high, _LARGEST_NEAR, "Listing primes")
    found = []
    prime = low - 1
    while (prime := int(sympy.nextprime(prime))) <= high:
        found.append(str(prime))
        if len(found) > _MOST_LISTED:
            raise ToolError(f"There are more than {_MOST_LISTED}. Ask for want='count' or less.")
    return ", ".join(found) or "none"


_SINGLE: dict[str, Callable[[int], str]] = {
    "test": _test, "next": _next, "nth": _nth,
}  # fmt: skip
_RANGED: dict[str, Callable[[int, int], str]] = {"count": _count, "list": _list}
