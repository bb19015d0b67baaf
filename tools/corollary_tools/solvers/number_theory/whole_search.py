"""Search among whole numbers within bounds: every assignment that satisfies the conditions.

A condition is checked as soon as its last unknown has a value, and an unknown that stands linearly
in an equation gets its value from it. What divides by zero is no solution. Guarantees every
solution, in the order of the box, and an end after a fixed number of steps. Finds no bounds
(`whole_bounds`).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import apply_rational
from corollary_tools.expressions.tree import Name, Number, Tree
from corollary_tools.relations import COMPARE
from corollary_tools.solvers.number_theory.calls import totient
from corollary_tools.solvers.number_theory.factors import factorised, is_prime
from corollary_tools.solvers.number_theory.whole_conditions import Condition
from corollary_tools.solvers.number_theory.whole_polynomials import Polynomial, difference, names_of

MOST_STEPS = 400_000
Numbers = dict[str, int]
_Value = int | Fraction
_Compiled = Callable[[Numbers], _Value]
Check = Callable[[Numbers], bool]
_PAIRS: dict[str, Callable[[_Value, _Value], _Value]] = {
    "add": operator.add, "mul": operator.mul, "mod": operator.mod, "quotient": operator.floordiv,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """The whole numbers from low to high, both included, for each name."""

    ranges: tuple[tuple[str, int, int], ...]

    @property
    def size(self) -> int:
        """How many assignments there are."""
        return math.prod(max(high - low + 1, 0) for _, low, high in self.ranges)


@dataclass(frozen=True, slots=True)
class _Level:
    """One unknown: where it lies, what must hold once it has a value, what gives it its value."""

    name: str
    low: int
    high: int
    checks: tuple[Check, ...]
    given: _Compiled | None


def search(box: Box, conditions: list[Condition]) -> Iterator[Numbers]:
    """Every solution in the box. ToolError where there is too much to go through."""
    order = [name for name, _, _ in box.ranges]
    placed: list[list[Condition]] = [[] for _ in order]
    for condition in conditions:
        placed[max((order.index(name) for name in condition.names), default=0)].append(condition)
    levels = [
        _Level(*row, tuple(map(compile_condition, here)), _given(row[0], here))
        for row, here in zip(box.ranges, placed, strict=True)
    ]
    return _descend(levels, {}, [0])


def _descend(levels: list[_Level], numbers: Numbers, steps: list[int]) -> Iterator[Numbers]:
    if len(numbers) == len(levels):
        yield dict(numbers)
        return
    level = levels[len(numbers)]
    for value in _candidates(level, numbers):
        steps[0] += 1
        if steps[0] > MOST_STEPS:
            raise ToolError(
                f"More than {MOST_STEPS:,} cases would have to be tried. Send narrower bounds, "
                "such as 1 <= x <= 1000, or fewer unknowns."
            )
        numbers[level.name] = value
        for check in level.checks:
            if not check(numbers):
                break
        else:
            yield from _descend(levels, numbers, steps)
        del numbers[level.name]


def _candidates(level: _Level, numbers: Numbers) -> range:
    if level.given is None:
        return range(level.low, level.high + 1)
    value = level.given(numbers)
    if not isinstance(value, int) or not level.low <= value <= level.high:
        return range(0)
    return range(value, value + 1)


def _given(name: str, conditions: list[Condition]) -> _Compiled | None:
    """The value of an unknown from those before it, by an equation that is linear in it."""
    for condition in conditions:
        if condition.operator != "=" or condition.modulus:
            continue
        polynomial = difference(condition.left, condition.right) or {}
        factor = polynomial.get(((name, 1),))
        rest = {m: f for m, f in polynomial.items() if m != ((name, 1),)}
        if factor and name not in names_of(rest):
            return _solved(rest, factor)
    return None


def _solved(rest: Polynomial, factor: Fraction) -> _Compiled:
    terms = [(-number / factor, monomial) for monomial, number in rest.items()]

    def value(numbers: Numbers) -> _Value:
        total = Fraction(0)
        for number, monomial in terms:
            for name, power in monomial:
                number *= numbers[name] ** power
            total += number
        return _whole(total)

    return value


def compile_condition(condition: Condition) -> Check:
    """A function that says whether numbers satisfy the condition."""
    truth = _truth(condition)

    def holds(numbers: Numbers) -> bool:
        try:
            return truth(numbers)
        except ZeroDivisionError:
            return False

    return holds


def _truth(condition: Condition) -> Check:
    left, right = compile_tree(condition.left), compile_tree(condition.right)
    if condition.modulus:
        modulus = condition.modulus
        return lambda numbers: (left(numbers) - right(numbers)) % modulus == 0
    if condition.operator in COMPARE:
        truth = COMPARE[condition.operator]
        return lambda numbers: truth(left(numbers), right(numbers))
    test, negated = _TESTS[condition.operator], condition.negated
    return lambda numbers: test(left(numbers)) != negated


def compile_tree(tree: Tree) -> _Compiled:
    """A function from numbers to the exact value of the tree. ToolError where it is irrational."""
    if isinstance(tree, Number):
        value = _whole(tree.value)
        return lambda _: value
    if isinstance(tree, Name):
        name = tree.name
        return lambda numbers: numbers[name]
    parts = [compile_tree(argument) for argument in tree.arguments]
    return _applied(tree.function, parts)


def _applied(function: str, parts: list[_Compiled]) -> _Compiled:
    first, second = parts[0], parts[-1]
    if function in _PAIRS and len(parts) == 2:
        pair = _PAIRS[function]
        return lambda numbers: pair(first(numbers), second(numbers))
    if function == "add":
        return lambda numbers: sum(part(numbers) for part in parts)
    if function == "neg":
        return lambda numbers: -first(numbers)
    if function == "inverse":
        return lambda numbers: _whole(Fraction(1) / first(numbers))
    if function in _OWN:
        own = _OWN[function]
        return lambda numbers: own(_natural(first(numbers)))
    return lambda numbers: _slow(function, [part(numbers) for part in parts])


def _slow(function: str, values: list[_Value]) -> _Value:
    if function == "pow" and isinstance(values[0], int) and values[1] == 2:
        return values[0] * values[0]
    result = apply_rational(function, [Fraction(value) for value in values])
    if result is None:
        raise ToolError(f"{function} is not always rational here. Write it without {function}.")
    return _whole(result)


def _whole(value: Fraction) -> _Value:
    return value.numerator if value.denominator == 1 else value


def _natural(value: _Value) -> int:
    if not isinstance(value, int):
        raise ToolError("Digits and divisors are those of whole numbers.")
    return abs(value)


def _is_power(value: _Value, degree: int) -> bool:
    if not isinstance(value, int) or (value < 0 and degree == 2):
        return False
    if degree == 2:
        return math.isqrt(value) ** 2 == value
    return apply_rational("cbrt", [Fraction(value)]) is not None


def _is_palindrome(value: _Value) -> bool:
    return str(value) == str(value)[::-1]


def _is_prime(value: _Value) -> bool:
    return isinstance(value, int) and is_prime(value)


@cache
def _factors(number: int) -> tuple[tuple[int, int], ...]:
    return tuple(factorised(number).items()) if number else ()


_TESTS: dict[str, Callable[[_Value], bool]] = {
    "prime": _is_prime,
    "square": lambda value: _is_power(value, 2),
    "cube": lambda value: _is_power(value, 3),
    "palindrome": _is_palindrome,
}
_OWN: dict[str, Callable[[int], int]] = {
    "digit_sum": lambda n: sum(map(int, str(n))),
    "digit_product": lambda n: math.prod(map(int, str(n))),
    "digit_count": lambda n: len(str(n)),
    "divisor_count": lambda n: math.prod(power + 1 for _, power in _factors(n)),
    "divisor_sum": lambda n: math.prod((p ** (k + 1) - 1) // (p - 1) for p, k in _factors(n)),
    "totient": lambda n: totient(dict(_factors(n))),
}
