"""Counting in a worker: selections, arrangements, partitions and their kin.

Guarantees exact whole numbers within the size bounds of `rational`, checked before computing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.solvers.number_text import checked_length
from corollary_tools.solvers.number_theory.whole_numbers import read_whole
from corollary_tools.solvers.result import Result

_LARGEST = 1000
_TAKES = {
    "combinations": "n, k",
    "permutations": "n or n, k",
    "partitions": "n or n, parts",
    "set_partitions": "n or n, parts",
    "catalan": "n",
}  # fmt: skip


def count_ways(arguments: dict[str, Any], desk: Desk) -> Result:
    """Count what `want` names for `numbers`; arrangements also takes a word."""
    want, texts = arguments["want"], arguments["numbers"]
    if want == "arrangements":
        return Result(checked_length(str(_arrangements(texts))))
    numbers = [_bounded(text) for text in texts]
    counts = _COUNTS[want]
    if len(numbers) not in counts:
        raise ToolError(
            f"{want} takes numbers = [{_TAKES.get(want, 'n')}], not {len(numbers)} numbers."
        )
    return Result(checked_length(str(counts[len(numbers)](*numbers))))


def _bounded(text: str) -> int:
    number = read_whole(text, "each of numbers", least=0)
    if number > _LARGEST:
        raise ToolError(f"Numbers go up to {_LARGEST} here. Use calculate for binomial(n, k).")
    return number


def _arrangements(texts: list[str]) -> int:
    """Arrangements of things of which some are alike: letters of a word, or group sizes."""
    if len(texts) == 1 and texts[0].strip().isalpha():
        sizes = list(Counter(texts[0].strip().upper()).values())
    else:
        sizes = [_bounded(text) for text in texts]
    if sum(sizes) > _LARGEST:
        raise ToolError(f"At most {_LARGEST} things are arranged.")
    return math.factorial(sum(sizes)) // math.prod(map(math.factorial, sizes))


def _partitions(n: int) -> int:
    ways: list[int] = [1] + [0] * n
    for part in range(1, n + 1):
        for total in range(part, n + 1):
            ways[total] += ways[total - part]
    return ways[n]


def _partitions_into(n: int, parts: int) -> int:
    """Partitions of n into so many parts: those of n - parts into parts of at most that size."""
    if parts > n:
        return 0
    rest = n - parts
    ways = [1] + [0] * rest
    for part in range(1, parts + 1):
        for total in range(part, rest + 1):
            ways[total] += ways[total - part]
    return ways[rest] if parts or not n else 0


def _set_partitions_into(n: int, parts: int) -> int:
    """Stirling's number of the second kind."""
    if parts > n:
        return 0
    signed = (math.comb(parts, k) * (parts - k) ** n for k in range(parts + 1))
    total = sum(-term if k % 2 else term for k, term in enumerate(signed))
    return int(total // math.factorial(parts))


def _set_partitions(n: int) -> int:
    """Bell's number, by his triangle."""
    row = [1]
    for _ in range(n):
        following = [row[-1]]
        for value in row:
            following.append(following[-1] + value)
        row = following
    return row[0]


def _derangements(n: int) -> int:
    count = 1
    for k in range(1, n + 1):
        count = k * count + (-1) ** k
    return count


_COUNTS: dict[str, dict[int, Callable[..., int]]] = {
    "combinations": {2: math.comb},
    "permutations": {1: math.factorial, 2: math.perm},
    "partitions": {1: _partitions, 2: _partitions_into},
    "set_partitions": {1: _set_partitions, 2: _set_partitions_into},
    "catalan": {1: lambda n: math.comb(2 * n, n) // (n + 1)},
    "derangements": {1: _derangements},
}
