"""Exact arithmetic with fractions, bounded, without sympy: fast enough to decide plain numbers.

`evaluate` gives a Fraction, or None where the value is not rational or the tree has unknowns (then
`expression` goes on). Every operation checks the size of its result before it computes it, so that
9^9^9 ends at once with a ToolError. Does not read text (`expressions.syntax` does).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from corollary_tools.errors import ToolError
from corollary_tools.expressions.syntax import parse_tree
from corollary_tools.expressions.tree import Name, Number, Tree

LARGEST = 10_000  # bits of a numerator or denominator
_LARGEST_WRITTEN = 14_000  # bits; Python writes no number of more than 4300 digits
_TOO_LARGE = "The number gets too large (more than 3000 digits). Send a smaller calculation."

_ZERO, _ONE = Fraction(0), Fraction(1)

Operation = Callable[..., Fraction | None]


def evaluate(tree: Tree) -> Fraction | None:
    """The exact value, None where it is not rational. ToolError for what is undefined."""
    if isinstance(tree, Number):
        return tree.value
    if isinstance(tree, Name):
        return None
    values = [evaluate(argument) for argument in tree.arguments]
    numbers = [value for value in values if value is not None]
    return apply_rational(tree.function, numbers) if len(numbers) == len(values) else None


def apply_rational(function: str, numbers: list[Fraction]) -> Fraction | None:
    """Apply one function to numbers; None where the result is not rational."""
    operation = _OPERATIONS.get(function)
    if operation is None:
        return None
    try:
        result = operation(*numbers)
    except TypeError:
        raise ToolError(f"{function} does not take {len(numbers)} arguments.") from None
    return None if result is None else bounded(result)


def bounded(number: Fraction) -> Fraction:
    """The number itself. ToolError where it is too large to work with."""
    if number.numerator.bit_length() > LARGEST or number.denominator.bit_length() > LARGEST:
        raise ToolError(_TOO_LARGE)
    return number


def read_number(text: str) -> Fraction | None:
    """The exact value of `text` where it is a plain calculation with numbers, else None."""
    try:
        return evaluate(parse_tree(text))
    except ToolError:
        return None


def power_is_bounded(base: Fraction, exponent: Fraction) -> bool:
    """Whether base^exponent has a size that we work with; never computes it."""
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    return abs(base) in (0, 1) or abs(exponent) * bits <= LARGEST + bits


def _add(total: Fraction = _ZERO, *rest: Fraction) -> Fraction:
    for term in rest:
        total += term
    return total


def _multiply(product: Fraction = _ONE, *rest: Fraction) -> Fraction:
    for factor in rest:
        product = bounded(product * factor)
    return product


def _inverse(number: Fraction) -> Fraction:
    if number == 0:
        raise ToolError("Division by zero. Check the denominator.")
    return 1 / number


def _power(base: Fraction, exponent: Fraction) -> Fraction | None:
    if not power_is_bounded(base, exponent):
        raise ToolError(_TOO_LARGE)
    if base == 0 and exponent < 0:
        raise ToolError("Division by zero: 0 to a negative power.")
    if exponent.denominator == 1:
        return base**exponent.numerator
    root = _root(base, Fraction(exponent.denominator))
    return None if root is None else root**exponent.numerator


def _root(number: Fraction, degree: Fraction = Fraction(2)) -> Fraction | None:
    if degree.denominator != 1 or not 0 < degree <= 1000:
        raise ToolError("A root's degree is a whole number from 1 to 1000.")
    if number < 0 and degree % 2 == 0:
        raise ToolError(f"An even root of the negative number {number} is not a real number.")
    sign = -1 if number < 0 else 1
    above = _whole_root(abs(number.numerator), degree.numerator)
    below = _whole_root(number.denominator, degree.numerator)
    return None if above is None or below is None else Fraction(sign * above, below)


def _whole_root(number: int, degree: int) -> int | None:
    """The whole root of a natural number where there is one, by Newton's method."""
    if degree == 2 or number == 0:
        guess = math.isqrt(number)
    else:
        guess = 1 << -(-number.bit_length() // degree)
        while (
            better := ((degree - 1) * guess + number // guess ** (degree - 1)) // degree
        ) < guess:
            guess = better
    return guess if guess**degree == number else None


def _factorial(number: Fraction) -> Fraction:
    if number.denominator != 1 or number < 0:
        raise ToolError("A factorial needs a whole number that is not negative.")
    if number > 1000:
        raise ToolError(_TOO_LARGE)
    return Fraction(math.factorial(number.numerator))


def _binomial(above: Fraction, below: Fraction) -> Fraction:
    n, k = _whole(above, below)
    if n < 0 or n > LARGEST:
        raise ToolError(f"binomial(n, k) needs 0 <= n <= {LARGEST}.")
    return Fraction(math.comb(n, k)) if k >= 0 else Fraction(0)


def _whole(*numbers: Fraction) -> list[int]:
    if any(number.denominator != 1 for number in numbers):
        raise ToolError("gcd, lcm and binomial need whole numbers. Send such as gcd(12, 18).")
    return [number.numerator for number in numbers]


def _modulo(number: Fraction, divisor: Fraction) -> Fraction:
    if divisor == 0:
        raise ToolError("Division by zero: remainder by 0.")
    return number % divisor


def _quotient(number: Fraction, divisor: Fraction) -> Fraction:
    if divisor == 0:
        raise ToolError("Division by zero. Check the denominator.")
    return Fraction(number // divisor)


def _round(number: Fraction, digits: Fraction = Fraction(0)) -> Fraction:
    """Half away from zero, as people round."""
    if digits.denominator != 1 or abs(digits) > 100:
        raise ToolError("round(number, digits) needs a whole number of digits, at most 100.")
    scale = Fraction(10) ** digits.numerator
    away = math.floor(abs(number) * scale + Fraction(1, 2)) / scale
    return away if number >= 0 else -away


def _zero_or_none(zero: int, value: int) -> Operation:
    """A transcendental function: rational only at `zero`, where it is `value`."""
    return lambda x: Fraction(value) if x == zero else None


_OPERATIONS: dict[str, Operation] = {
    "add": _add,
    "mul": _multiply,
    "neg": lambda x: -x,
    "inverse": _inverse,
    "div": lambda x, y: x * _inverse(y),
    "pow": _power,
    "sqrt": lambda x: _root(x),
    "cbrt": lambda x: _root(x, Fraction(3)),
    "root": _root,
    "percent": lambda x: x / 100,
    "factorial": _factorial,
    "binomial": _binomial,
    "abs": lambda x: abs(x),
    "sign": lambda x: Fraction((x > 0) - (x < 0)),
    "floor": lambda x: Fraction(math.floor(x)),
    "ceil": lambda x: Fraction(math.ceil(x)),
    "round": _round,
    "min": lambda x, *rest: min(x, *rest) if rest else x,
    "max": lambda x, *rest: max(x, *rest) if rest else x,
    "gcd": lambda *xs: Fraction(math.gcd(*_whole(*xs))),
    "lcm": lambda *xs: Fraction(math.lcm(*_whole(*xs))),
    "mod": _modulo,
    "quotient": _quotient,
    "exp": _zero_or_none(0, 1),
    "sin": _zero_or_none(0, 0),
    "tan": _zero_or_none(0, 0),
    "cos": _zero_or_none(0, 1),
}


def render_number(number: Fraction) -> str:
    """The shortest exact text: whole number, terminating decimal of at most 20 places, fraction.

    ToolError where it is too large to be written at all.
    """
    check_writable(number)
    if number.denominator == 1:
        return str(number.numerator)
    places = decimal_places(number)
    if places is None or places > 20:
        return f"{number.numerator}/{number.denominator}"
    digits = str(abs(number.numerator) * 10**places // number.denominator).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def check_writable(number: Fraction) -> None:
    """ToolError where the number has more digits than Python writes."""
    if max(abs(number.numerator), number.denominator).bit_length() > _LARGEST_WRITTEN:
        raise ToolError(_TOO_LARGE)


def decimal_places(number: Fraction) -> int | None:
    """How many decimal places the number has; None where its decimal never ends."""
    rest, twos, fives = number.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None
