"""Python that models wrote, read as tool calls and never run."""

from __future__ import annotations

import pytest

from corollary_datagen.imports.python_moves import read_python
from corollary_datagen.imports.recorded import Unreadable, result_of
from corollary_datagen.imports.values import comes_to, filled


def calls(code: str) -> list[tuple[str, object]]:
    """The tool and the first argument of each call that a script comes to."""
    found = [turn.moves[0] for turn in read_python(code)]
    return [(move.name, next(iter(move.arguments.values()))) for move in found]


def test_arithmetic_is_calculated_with_numbers_in_place_of_names() -> None:
    code = """
def cost():
    '''What do they cost?'''
    eggs, price = 16, 2
    left: int = eggs - 3 - 4  # those left
    left += 1
    return (left + 1) * price

total = cost()
print(f"It is {total}")
"""
    first, second = result_of(0), result_of(1)
    assert calls(code) == [
        ("calculate", "16 - 3 - 4"),
        ("calculate", f"{first} + 1"),
        ("calculate", f"({second} + 1) * 2"),
    ]
    assert read_python(code)[0].content == "left: int = eggs - 3 - 4  # those left"


def test_brackets_stand_where_they_are_needed() -> None:
    assert calls("a = 2 - (3 - 4)\nb = (2 * 3) / 4\nc = -(2 + 3) ** 2\nd = (-2) ** 2") == [
        ("calculate", "2 - (3 - 4)"),
        ("calculate", "2 * 3 / 4"),
        ("calculate", "-(2 + 3) ** 2"),
        ("calculate", "(-2) ** 2"),
    ]


def test_equations_are_solved() -> None:
    code = """
from sympy import symbols, Eq, solve
x, y = symbols('x y')
solution = solve((Eq(x + y, 10), x - y - 2), (x, y))
print(solution[x] * 3)
"""
    assert calls(code) == [
        ("solve", ["x + y = 10", "x - y - 2 = 0"]),
        ("calculate", f"{result_of(0, 'x')} * 3"),
    ]


def test_one_unknown_gives_a_list() -> None:
    code = "import sympy as sp\nn = sp.Symbol('n')\nprint(sp.solve(3*n - 12, n)[0] + 1)"
    assert calls(code) == [
        ("solve", ["3 * n - 12 = 0"]),
        ("calculate", f"{result_of(0, 'n')} + 1"),
    ]


def test_functions_that_tools_stand_for() -> None:
    code = "import math\nprint(int(7/2), math.ceil(7/2), max(1, 2), round(10/3, 2), sum([1, 2]))"
    assert calls(code) == [
        ("calculate", "floor(7 / 2)"),
        ("calculate", "ceil(7 / 2)"),
        ("calculate", "max(1, 2)"),
        ("round_to", "10 / 3"),
        ("calculate", "1 + 2"),
    ]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("for i in range(3):\n    print(i)", "a loop"),
        ("x = [i for i in range(3)]", "a loop"),
        ("if 1 > 2:\n    x = 1", "a branch"),
        ("while True:\n    pass", "a loop"),
        ("import os\nos.system('true')", "imports another module"),
        ("from subprocess import run", "imports another module"),
        ("x = __import__('os')", "a text"),
        ("x = eval('1+1')", "a text"),
        ("x = eval(7)", "no tool stands for"),
        ("x = open('/etc/passwd').read()", "no tool stands for"),
        ("def f(*a):\n    return 1\nf(2)", "open arguments"),
        ("def f(n):\n    return f(n - 1)\nf(2)", "too deeply"),
        ("x = y + 1", "nowhere defined"),
        ("x = 1e400 + 1", "not written out"),
        ("x = 'a' * 3", "a text"),
        ("x = True + 1", "a truth value"),
        ("x = (", "not Python"),
        ("x = 1\n" * 9000, "too long"),
        ("x.y = 3", "something else than a name"),
        ("a = [1, 2]\nb = a[9]", "a part of something"),
    ],
)
def test_everything_else_is_refused_with_its_reason(code: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_python(code)


def test_deep_code_is_no_crash() -> None:
    with pytest.raises((Unreadable, RecursionError)):
        read_python("x = " + "-" * 15_000 + "1")


@pytest.mark.parametrize(
    ("argument", "results", "expected"),
    [
        ("⟦0::0⟧ * 2", ["9"], "9 * 2"),
        ("⟦0::0⟧ * 2", ["1/3 (about 0.333333)"], "(1/3) * 2"),
        ("⟦0::0⟧ * 2", ["-4"], "(-4) * 2"),
        ("⟦0::0⟧", ["-4"], "-4"),
        (["⟦1:x:0⟧ + y = 3"], ["1", "x = 6, y = 4"], ["6 + y = 3"]),
        ("⟦0:x:1⟧ + 1", ["x = -2 or x = 2"], "2 + 1"),
        (3, [], 3),
    ],
)
def test_results_are_put_in(argument: object, results: list[str], expected: object) -> None:
    assert filled(argument, results) == expected


def test_a_solution_that_is_not_there_is_no_guess() -> None:
    with pytest.raises(Unreadable, match="not there"):
        filled("⟦0:x:2⟧", ["x = 1 or x = 2"])


@pytest.mark.parametrize(
    ("result", "printed", "same"),
    [
        ("18", "18", True),
        ("70000", "70000.0", True),
        ("1/3 (about 0.333333)", "0.33333333333", True),
        ("1/3 (about 0.333333)", "0.34", False),
        ("0.5", "1/2", True),
        ("18", "", False),
        ("18", "The answer is 18", True),
        ("x = 5", "[5]", True),
        ("18", "-18", False),
    ],
)
def test_whether_the_tools_come_to_what_was_printed(result: str, printed: str, same: bool) -> None:
    assert comes_to(result, printed) is same
