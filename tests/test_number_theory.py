"""Number theory as a model sees it: exact, complete, and ending in time for hostile input."""

from __future__ import annotations

import itertools
import math
import re
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.solvers.number_theory.calls import factorise, gcd
from corollary_tools.solvers.number_theory.counting import count_ways
from corollary_tools.solvers.number_theory.digits import digits
from corollary_tools.solvers.number_theory.integer_solutions import solve_integers
from corollary_tools.solvers.number_theory.primes import primes
from corollary_tools.solvers.number_theory.remainders import remainder


def text(function: Any, **arguments: Any) -> str:
    result: str = function(arguments, Desk()).text
    return result


def solved(*conditions: str, want: str = "all") -> str:
    return text(solve_integers, conditions=list(conditions), want=want)


@given(st.integers(2, 10**24))
@settings(max_examples=60, deadline=None)
def test_factors_multiply_back_and_are_prime(number: int) -> None:
    parts = text(factorise, number=str(number), want="factors").split(" * ")
    powers = [tuple(map(int, part.split("^"))) for part in parts]
    assert math.prod(row[0] ** (row[1] if len(row) > 1 else 1) for row in powers) == number
    assert all(text(primes, number=str(row[0]), want="test", to="") == "True" for row in powers)


@given(st.integers(1, 3000))
def test_divisors_and_what_is_counted_of_them(number: int) -> None:
    divisors = [d for d in range(1, number + 1) if number % d == 0]
    shown = text(factorise, number=str(number), want="divisors")
    assert shown == ", ".join(map(str, divisors))
    assert text(factorise, number=str(number), want="count") == str(len(divisors))
    assert text(factorise, number=str(number), want="sum") == str(sum(divisors))
    coprime = sum(math.gcd(number, other) == 1 for other in range(1, number + 1))
    assert text(factorise, number=str(number), want="totient") == str(coprime)


@given(st.lists(st.integers(-500, 500), min_size=1, max_size=4))
def test_common_divisors_and_multiples(numbers: list[int]) -> None:
    texts = list(map(str, numbers))
    assert text(gcd, numbers=texts, want="gcd") == str(math.gcd(*numbers))
    assert text(gcd, numbers=texts, want="lcm") == str(math.lcm(*numbers))


@given(st.integers(0, 400), st.integers(0, 60), st.integers(1, 500))
def test_remainders_of_powers(base: int, exponent: int, modulus: int) -> None:
    expected = base**exponent % modulus
    assert text(remainder, expression=f"{base}^{exponent}", modulus=str(modulus)) == str(expected)


@given(st.integers(2, 9), st.integers(2, 7), st.integers(2, 4), st.integers(1, 300))
@settings(deadline=None)
def test_towers_of_powers(base: int, middle: int, top: int, modulus: int) -> None:
    tower = f"{base}^({middle}^({top}^3))"
    expected = pow(base, middle ** (top**3), modulus)
    assert text(remainder, expression=tower, modulus=str(modulus)) == str(expected)


SOLUTIONS = {
    ("x = 2 mod 3", "x = 3 mod 5", "x ≡ 2 (mod 7)"): "x = 23 mod 105",
    ("x = 1 mod 4", "x = 2 mod 6"): "no solution",
    ("3x ≡ 6 \\pmod{9}",): "x = 2 mod 3",
    ("x^2 = 2 mod 7",): "x = 3 or 4 mod 7",
    ("x is odd", "x > 5"): "x = 1 mod 2 with x >= 6",
    ("6x + 9y = 5",): "no solution",
    ("x + y + z = 3", "x - y = 1"): "x = t, y = -1 + t, z = 4 - 2*t (t any whole number)",
    ("x + y = 3", "x - y = 1"): "x = 2, y = 1",
    ("n^2 - 5n + 6 = 0",): "n = 2, 3",
    ("x*y = 6", "x > 0"): "x = 1, y = 6 or x = 2, y = 3 or x = 3, y = 2 or x = 6, y = 1",
    ("x^2 - y^2 = 3",): "x = -2, y = -1 or x = -2, y = 1 or x = 2, y = -1 or x = 2, y = 1",
    ("x^2 - 2y^2 = 1",): (
        "x = 3, y = 2, and infinitely many: multiply x + y*sqrt(2) by 3 + 2*sqrt(2)"
    ),
    ("1/x + 1/y = 1/2", "x > 0", "y > 0"): "x = 3, y = 6 or x = 4, y = 4 or x = 6, y = 3",
    ("2 + 2 = 4",): "True",
    ("x^2 = 2",): "no solution",
}


@pytest.mark.parametrize(("conditions", "result"), SOLUTIONS.items())
def test_whole_solutions(conditions: tuple[str, ...], result: str) -> None:
    assert solved(*conditions) == result


ASKED = {
    ("count", "1 <= n <= 1000", "n is divisible by 3", "n is not divisible by 5"): "267",
    ("count", "1 <= n <= 10^12", "n is even"): "500000000000",
    ("count", "0 < n < 100", "n is prime"): "25",
    ("count", "100 <= n <= 999", "digit_sum(n) = 5"): "15",
    ("count", "p + 5n + 10d + 25q = 100", "p >= 0", "n >= 0", "d >= 0", "q >= 0"): "242",
    ("count", "x + y + z = 100", "x > 0", "y > 0", "z > 0"): "4851",
    ("sum", "1 <= n <= 50", "n + 1 is a square"): "133",
    ("least", "n mod 7 = 3", "n > 100"): "n = 101",
    ("greatest", "n mod 7 = 3", "n mod 5 = 2", "n < 1000"): "n = 997",
    ("least", "a^2 + b^2 = c^2", "0 < a < b", "0 < c < 20"): "a = 3, b = 4, c = 5",
}


@pytest.mark.parametrize(("question", "result"), ASKED.items())
def test_what_is_asked_of_the_solutions(question: tuple[str, ...], result: str) -> None:
    assert solved(*question[1:], want=question[0]) == result


@given(st.lists(st.tuples(st.integers(2, 30), st.integers(0, 29)), min_size=1, max_size=3))
def test_residues_satisfy_every_congruence(rows: list[tuple[int, int]]) -> None:
    shown = solved(*(f"x = {rest} mod {modulus}" for modulus, rest in rows))
    period = math.lcm(*(modulus for modulus, _ in rows))
    right = [x for x in range(period) if all(x % m == r % m for m, r in rows)]
    assert shown == (f"x = {right[0]} mod {period}" if right else "no solution")


@given(st.integers(-20, 20), st.integers(-20, 20), st.integers(-100, 100))
def test_linear_equations_have_all_solutions(a: int, b: int, c: int) -> None:
    assume(a and b)
    shown = solved(f"{a}*x + ({b})*y = {c}")
    if c % math.gcd(a, b):
        assert shown == "no solution"
        return
    match = re.fullmatch(r"x = (.*), y = (.*) \(t any whole number\)", shown)
    assert match is not None
    points = [[eval(part, {"t": t}) for part in match.groups()] for t in range(-3, 4)]
    assert all(a * x + b * y == c for x, y in points)
    assert abs(points[1][0] - points[0][0]) == abs(b) // math.gcd(a, b)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 120), st.integers(0, 5))
def test_bounded_equations_agree_with_trying_all(a: int, b: int, c: int, least: int) -> None:
    found = solved(f"{a}x + {b}y = {c}", f"x >= {least}", f"y >= {least}", want="count")
    pairs = itertools.product(range(least, c + 1), repeat=2)
    assert int(found) == sum(a * x + b * y == c for x, y in pairs)


COUNTS = {
    ("combinations", "10", "3"): "120",
    ("permutations", "5", "2"): "20",
    ("arrangements", "MISSISSIPPI"): "34650",
    ("arrangements", "2", "3"): "10",
    ("partitions", "100"): "190569292",
    ("partitions", "7", "3"): "4",
    ("set_partitions", "5"): "52",
    ("set_partitions", "5", "2"): "15",
    ("derangements", "5"): "44",
    ("catalan", "5"): "42",
}


@pytest.mark.parametrize(("call", "result"), COUNTS.items())
def test_counting(call: tuple[str, ...], result: str) -> None:
    assert text(count_ways, want=call[0], numbers=list(call[1:])) == result


@given(st.integers(0, 8), st.integers(0, 8))
def test_partitions_into_parts_add_up(n: int, k: int) -> None:
    whole = sum(
        int(text(count_ways, want="set_partitions", numbers=[str(n), str(parts)]))
        for parts in range(n + 1)
    )
    assert text(count_ways, want="set_partitions", numbers=[str(n)]) == str(whole)
    into = int(text(count_ways, want="partitions", numbers=[str(n), str(k)]))
    rows = itertools.combinations_with_replacement(range(1, n + 1), k)
    assert into == sum(sum(row) == n for row in rows)


@given(st.integers(-(10**20), 10**20), st.integers(2, 36))
def test_bases_there_and_back(number: int, base: int) -> None:
    there = text(digits, number=str(number), base=10, to_base=base, want="number")
    assert int(there, base) == number
    assert text(digits, number=there, base=base, to_base=10, want="number") == str(number)


def test_primes_in_ranges() -> None:
    assert text(primes, number="20", want="list", to="40") == "23, 29, 31, 37"
    assert text(primes, number="100", want="count", to="") == "25"
    assert text(primes, number="10", want="nth", to="") == "29"
    assert text(primes, number="10", want="next", to="") == "11"
    assert text(primes, number="-7", want="test", to="") == "False (primes start at 2)"


HOSTILE = [
    (factorise, {"number": "(10^29 + 57)*(10^29 + 319)", "want": "factors"}, "smaller number"),
    (factorise, {"number": "10^900", "want": "divisors"}, "too many to list"),
    (factorise, {"number": "0", "want": "factors"}, "0 has no prime factors"),
    (factorise, {"number": "9^9^9", "want": "factors"}, "too large"),
    (factorise, {"number": "x", "want": "factors"}, "must be a whole number"),
    (primes, {"number": "2^4253 - 1", "want": "test", "to": ""}, "not tested"),
    (primes, {"number": "10^9", "want": "nth", "to": ""}, "goes up to"),
    (primes, {"number": "1", "want": "list", "to": "10^50"}, "more than 200"),
    (remainder, {"expression": "4^-1", "modulus": "10"}, "no inverse"),
    (remainder, {"expression": "5", "modulus": "0"}, "at least 1"),
    (remainder, {"expression": "(10^9)!", "modulus": "10^12 + 39"}, "goes up to"),
    (remainder, {"expression": "2^(-(9^9^9))", "modulus": "7"}, "too large"),
    (remainder, {"expression": "n + 1", "modulus": "7"}, "has no value"),
    (count_ways, {"want": "partitions", "numbers": ["10^6"]}, "up to 1000"),
    (count_ways, {"want": "combinations", "numbers": ["5"]}, "[n, k]"),
    (digits, {"number": "129", "base": 8, "to_base": 10, "want": "number"}, "no digit in base 8"),
    (digits, {"number": "1", "base": 99, "to_base": 10, "want": "number"}, "from 2 to 36"),
    (solve_integers, {"conditions": ["x + y > 3"], "want": "all"}, "No bounds are known"),
    (solve_integers, {"conditions": ["x^2 = 1 mod 10^9+7"], "want": "all"}, "at most 200,000"),
    (solve_integers, {"conditions": ["0<x<9999", "0<y<9999", "x*y is a square"], "want": "count"},
     "Send narrower bounds"),
    (solve_integers, {"conditions": ["x > 0"], "want": "sum"}, "infinitely many"),
    (solve_integers, {"conditions": ["x + 1"], "want": "all"}, "says nothing"),
    (solve_integers, {"conditions": [], "want": "all"}, "conditions is empty"),
    (solve_integers, {"conditions": ["x = 1 mod 0"], "want": "all"}, "positive whole number"),
]  # fmt: skip


@pytest.mark.parametrize(("function", "arguments", "message"), HOSTILE)
def test_what_cannot_be_done_says_so(
    function: Any, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ToolError) as error:
        text(function, **arguments)
    assert message in str(error.value)


@given(
    st.lists(st.text(alphabet="0123456789 xyn+-*/^()=<>modisprmeqa,!%", max_size=25), max_size=3)
)
@settings(max_examples=150, deadline=None)
def test_any_conditions_are_a_result_or_a_tool_error(conditions: list[str]) -> None:
    try:
        result = solved(*conditions)
    except ToolError:
        return
    assert result
