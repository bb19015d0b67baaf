"""Probabilities in a worker: equally likely cases counted, and the usual distributions.

Guarantees exact fractions for counted cases and for discrete distributions with rational
parameters; the normal distribution is a decimal, marked `about`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import permutations, product
from typing import Any

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import render_number
from corollary_tools.expressions.tree import Apply, Number
from corollary_tools.expressions.values import split_text
from corollary_tools.solvers.arithmetic.quantity_text import render_value
from corollary_tools.solvers.number_text import about, render_rational
from corollary_tools.solvers.number_theory.whole_numbers import read_whole
from corollary_tools.solvers.result import Result
from corollary_tools.solvers.statistics.data import read_exact
from corollary_tools.solvers.statistics.events import compile_event, read_range, whole_range

_MOST_CASES = 300_000
_LARGEST = 1000
_LONGEST_EXACT = 80
_DECLARED = re.compile(r"^\s*([A-Za-z]\w*(?:\s*,\s*[A-Za-z]\w*)*)\s*(?::|=|\bin\b|∈)\s*(.+)$")
_RANGE = re.compile(r"^\s*(-?\d+)\s*(?:\.\.\.?|to|-|–)\s*(-?\d+)\s*$")
_TAKES = {
    "binomial": ("n", "p"), "hypergeometric": ("N", "K", "n"), "geometric": ("p",),
    "poisson": ("mean",), "normal": ("mean", "deviation"),
}  # fmt: skip


def chance(arguments: dict[str, Any], desk: Desk) -> Result:
    """The probability of `event` (where `given` holds) when all values are equally likely."""
    names, values = _declared(arguments["unknowns"])
    happens, used = compile_event(arguments["event"])
    holds, also = compile_event(arguments["given"] or "0 = 0")
    unknown = (used | also) - set(names)
    if unknown:
        raise ToolError(f"{min(unknown)!r} has no values. Send them, such as {min(unknown)}: 1..6.")
    good = every = 0
    for row in _cases(values, arguments["distinct"]):
        numbers = dict(zip(names, row, strict=True))
        if holds(numbers):
            every += 1
            good += happens(numbers)
    if every == 0:
        raise ToolError("No case satisfies what is given.")
    return Result(f"{render_number(Fraction(good, every))} ({good} of {every} cases)")


def _declared(texts: list[str]) -> tuple[list[str], list[list[int]]]:
    names: list[str] = []
    values: list[list[int]] = []
    for text in texts:
        match = _DECLARED.match(text)
        if match is None:
            raise ToolError(f"{text!r} cannot be read. Send a: 1..6, or a: {{1, 3, 5}}.")
        for name in match[1].split(","):
            names.append(name.strip())
            values.append(_values(match[2]))
    if len(set(names)) != len(names) or not names:
        raise ToolError("unknowns must have different names, and one at least.")
    return names, values


def _values(text: str) -> list[int]:
    match = _RANGE.match(text)
    if match is None:
        return [read_whole(part, "each value") for part in split_text(text.strip("{} "))]
    low, high = int(match[1]), int(match[2])
    if high - low > _MOST_CASES:
        raise ToolError(f"At most {_MOST_CASES:,} cases can be gone through.")
    return list(range(low, high + 1))


def _cases(values: list[list[int]], distinct: bool) -> Iterator[tuple[int, ...]]:
    count = math.prod(map(len, values))
    alike = distinct and all(row == values[0] for row in values)
    if alike:
        count = math.perm(len(values[0]), len(values))
    if count > _MOST_CASES:
        raise ToolError(
            f"There are {count} cases; at most {_MOST_CASES:,} can be gone through. Use "
            "distribution, or count with count_ways."
        )
    if alike:
        return permutations(values[0], len(values))
    rows = product(*values)
    return (row for row in rows if len(set(row)) == len(row)) if distinct else rows


def distribution(arguments: dict[str, Any], desk: Desk) -> Result:
    """The probability of `event` for a random number X of this `kind`."""
    kind = arguments["kind"]
    parameters = _parameters(kind, arguments["parameters"])
    return Result(_KINDS[kind](parameters, arguments["event"]))


def _parameters(kind: str, texts: list[str]) -> list[Fraction]:
    names = _TAKES[kind]
    given = [text.partition("=") for text in texts]
    if all(sign for _, sign, _ in given) and given:
        rows = {_plain(name, names): value for name, _, value in given}
        texts = [rows[name] for name in names if name in rows]
    else:
        texts = [value or name for name, _, value in given]
    if len(texts) != len(names) or len(given) != len(names):
        raise ToolError(f"{kind} takes parameters {', '.join(f'{n} = ...' for n in names)}.")
    return [read_exact(text, name) for name, text in zip(names, texts, strict=True)]


def _plain(name: str, names: tuple[str, ...]) -> str:
    name = name.strip()
    same = {"mu": "mean", "lambda": "mean", "λ": "mean", "μ": "mean", "sigma": "deviation"}
    same |= {"σ": "deviation", "sd": "deviation", "std": "deviation"}
    return name if name in names else same.get(name.lower(), name)


def _binomial(parameters: list[Fraction], event: str) -> str:
    n, p = _count(parameters[0], "n"), _share(parameters[1])
    low, high = whole_range(event)
    last = n if high is None else min(high, n)
    terms = (math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(low, last + 1))
    return _short(sum(terms, Fraction(0)))


def _hypergeometric(parameters: list[Fraction], event: str) -> str:
    size, marked, drawn = (_count(v, name) for v, name in zip(parameters, "NKn", strict=True))
    if marked > size or drawn > size:
        raise ToolError("N is how many there are, K of them are marked, n of them are drawn.")
    low, high = whole_range(event)
    last = drawn if high is None else min(high, drawn)
    ways = sum(
        math.comb(marked, k) * math.comb(size - marked, drawn - k) for k in range(low, last + 1)
    )
    return _short(Fraction(ways, math.comb(size, drawn)))


def _geometric(parameters: list[Fraction], event: str) -> str:
    """The number of the first success, from 1."""
    rest = 1 - _share(parameters[0])
    low, high = whole_range(event)
    low = _count(Fraction(max(low, 1)), "the number of trials")
    if high is None:
        return _short(rest ** (low - 1))
    high = _count(Fraction(max(high, low - 1)), "the number of trials")
    return _short(rest ** (low - 1) - rest**high)


def _poisson(parameters: list[Fraction], event: str) -> str:
    mean = parameters[0]
    if not 0 < mean <= _LARGEST:
        raise ToolError(f"The mean of a Poisson distribution is above 0 and at most {_LARGEST}.")
    low, high = whole_range(event)
    ends = range(low) if high is None else range(low, _count(Fraction(max(high, 0)), "X") + 1)
    total = sum((mean**k / math.factorial(k) for k in ends), Fraction(0))
    share = Apply("mul", (Number(total), Apply("exp", (Number(-mean),))))
    if high is None:
        share = Apply("add", (Number(Fraction(1)), Apply("neg", (share,))))
    return render_value(share)


def _normal(parameters: list[Fraction], event: str) -> str:
    mean, deviation = parameters
    if deviation <= 0:
        raise ToolError("The deviation must be above 0.")
    low, _, high, _ = read_range(event)
    ends = [
        float((end - mean) / deviation) if isinstance(end, Fraction) else end for end in (low, high)
    ]
    below, above = (math.erfc(-end / math.sqrt(2)) / 2 for end in ends)
    if ends[0] > 0:  # both from the right, where small tails keep their digits
        above, below = (math.erfc(end / math.sqrt(2)) / 2 for end in ends)
    return f"about {about(Fraction(max(above - below, 0.0)))}"


def _count(value: Fraction, name: str) -> int:
    if value.denominator != 1 or not 0 <= value <= _LARGEST:
        raise ToolError(f"{name} must be a whole number from 0 to {_LARGEST}.")
    return value.numerator


def _share(value: Fraction) -> Fraction:
    if not 0 <= value <= 1:
        raise ToolError("A probability goes from 0 to 1.")
    return value


def _short(value: Fraction) -> str:
    """Exact where that is short, else the decimal alone."""
    text = render_number(value)
    return render_rational(value) if len(text) <= _LONGEST_EXACT else f"about {about(value)}"


_KINDS: dict[str, Callable[[list[Fraction], str], str]] = {
    "binomial": _binomial,
    "hypergeometric": _hypergeometric,
    "geometric": _geometric,
    "poisson": _poisson,
    "normal": _normal,
}
