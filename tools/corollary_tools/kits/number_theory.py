"""The number theory kit: factors, primes, remainders, whole solutions, digits and counting."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from corollary_tools.kits.values import Text, Texts
from corollary_tools.tool import Arguments, Example, SymbolicTool

_WHOLE = "a whole number, such as 360, 20! or 2^61 - 1"


class FactoriseArguments(Arguments):
    """What `factorise` takes."""

    number: Text = Field(description=_WHOLE)
    want: Literal["factors", "divisors", "count", "sum", "totient"] = Field(
        default="factors",
        description="prime factors, the divisors, how many there are, their sum, Euler's phi",
    )


class GcdArguments(Arguments):
    """What `gcd` takes."""

    numbers: Texts = Field(description="whole numbers")
    want: Literal["gcd", "lcm"] = Field(
        default="gcd", description="the greatest common divisor or the least common multiple"
    )


class PrimesArguments(Arguments):
    """What `primes` takes."""

    number: Text = Field(description=_WHOLE)
    want: Literal["test", "next", "nth", "count", "list"] = Field(
        default="test",
        description="is it prime; the prime after it or with that place; those from number "
        "to `to`, or up to number without it",
    )
    to: Text = Field(default="", description="the end of the range for count and list")


class RemainderArguments(Arguments):
    """What `remainder` takes."""

    expression: Text = Field(description="whole numbers with + - * / ^ and !, of any size")
    modulus: Text = Field(description="a positive whole number")


class SolveIntegersArguments(Arguments):
    """What `solve_integers` takes."""

    conditions: Texts = Field(
        description="relations such as 3x + 5y = 100 or x > 0, congruences such as x = 2 mod 3, "
        "or words: n is prime (even, odd, a square, a cube, divisible by 7), digit_sum(n) = 5"
    )
    want: Literal["all", "count", "sum", "least", "greatest"] = Field(
        default="all", description="what to say of the solutions"
    )


class DigitsArguments(Arguments):
    """What `digits` takes."""

    number: Text = Field(description="a whole number, or digits in another base")
    base: int = Field(default=10, description="the base in which number is written")
    to_base: int = Field(default=10, description="the base to write it in")
    want: Literal["number", "sum", "trailing_zeros"] = Field(
        default="number", description="the number itself, or what to find of its digits"
    )


class CountWaysArguments(Arguments):
    """What `count_ways` takes."""

    want: Literal[
        "combinations", "permutations", "arrangements", "partitions", "set_partitions",
        "derangements", "catalan",
    ] = Field(description="what to count; arrangements takes a word or group sizes")  # fmt: skip
    numbers: Texts = Field(description="n, or n and k")


def tools() -> tuple[SymbolicTool, ...]:
    """The tools of this kit, in order."""
    return (*_divisibility(), _remainder(), _solve_integers(), _digits(), _count_ways())


def _divisibility() -> tuple[SymbolicTool, ...]:
    factorise = SymbolicTool(
        name="factorise",
        operation="factorise",
        description="Factorise a number, or find its divisors.",
        args_schema=FactoriseArguments,
        examples=(
            Example({"number": "360"}, "2^3 * 3^2 * 5"),
            Example({"number": "28", "want": "divisors"}, "1, 2, 4, 7, 14, 28"),
        ),
    )
    gcd = SymbolicTool(
        name="gcd",
        operation="gcd",
        description="Find a common divisor or multiple.",
        args_schema=GcdArguments,
        examples=(
            Example({"numbers": ["84", "60"]}, "12"),
            Example({"numbers": ["4", "6", "10"], "want": "lcm"}, "60"),
        ),
    )
    primes = SymbolicTool(
        name="primes",
        operation="primes",
        description="Test, find, count or list primes.",
        args_schema=PrimesArguments,
        examples=(
            Example({"number": "91"}, "False (91 = 7 * 13)"),
            Example({"number": "20", "want": "list", "to": "40"}, "23, 29, 31, 37"),
        ),
    )
    return (factorise, gcd, primes)


def _remainder() -> SymbolicTool:
    return SymbolicTool(
        name="remainder",
        operation="remainder",
        description="Find a remainder; the number may be huge.",
        args_schema=RemainderArguments,
        examples=(
            Example({"expression": "7^2024 + 3", "modulus": "100"}, "4"),
            Example({"expression": "1/3", "modulus": "11"}, "4"),
        ),
    )


def _solve_integers() -> SymbolicTool:
    return SymbolicTool(
        name="solve_integers",
        operation="solve_integers",
        description="Solve equations, congruences and conditions in whole numbers.",
        args_schema=SolveIntegersArguments,
        examples=(
            Example({"conditions": ["x = 2 mod 3", "x = 3 mod 5"]}, "x = 8 mod 15"),
            Example(
                {"conditions": ["3x + 5y = 1"]},
                "x = 2 + 5*t, y = -1 - 3*t (t any whole number)",
            ),
        ),
    )


def _digits() -> SymbolicTool:
    return SymbolicTool(
        name="digits",
        operation="digits",
        description="Change a base, or add up digits.",
        args_schema=DigitsArguments,
        examples=(
            Example({"number": "1011", "base": 2}, "11"),
            Example({"number": "2^15", "want": "sum"}, "26"),
        ),
    )


def _count_ways() -> SymbolicTool:
    return SymbolicTool(
        name="count_ways",
        operation="count_ways",
        description="Count selections, arrangements and partitions.",
        args_schema=CountWaysArguments,
        examples=(
            Example({"want": "combinations", "numbers": ["10", "3"]}, "120"),
            Example({"want": "arrangements", "numbers": ["LEVEL"]}, "30"),
        ),
    )
