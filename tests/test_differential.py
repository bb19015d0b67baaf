"""Three ways to the same verdict: sympy's exact comparison, exact values at many points, and z3.

Where two of them speak they must not contradict each other. Random small problems with fixed
seeds; the fuzzers try more of them.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random

import pytest
import sympy

from corollary_tools.errors import ToolError
from corollary_tools.expression import parse_expression
from corollary_tools.expressions.rational import evaluate
from corollary_tools.expressions.syntax import parse_chain, parse_tree
from corollary_tools.expressions.tree import Apply, Name, Number, Relation, Tree
from corollary_tools.solvers.algebra.equations import read_question
from corollary_tools.solvers.algebra.systems import solve_equations
from corollary_tools.solvers.answers.comparison import compare_texts
from corollary_tools.solvers.answers.real_relations import RealRelations

POINTS = [Fraction(n, 7) for n in range(-30, 31, 4)] + [Fraction(n) for n in range(-3, 4)]


def random_expression(random: Random, depth: int) -> str:
    """A small expression in x and y, with quotients and absolute values."""
    if depth == 0 or random.random() < 0.15:
        return random.choice(["x", "y", "1", "2", "-3", "1/2"])
    left, right = (random_expression(random, depth - 1) for _ in range(2))
    shapes = ["({0} + {1})", "({0} - {1})", "({0})*({1})", "({0})/({1})", "abs({0})", "({0})^2"]
    return random.choice(shapes).format(left, right)


def rewritten(random: Random, text: str) -> str:
    """The same expression in another dress, or one that is a little off."""
    same = ["{0} + y - y", "({0})*2/2", "-(-({0}))", "1*({0})", "({0})^1"]
    other = ["{0} + 1/1000", "({0})*(1 + x^2)", "abs({0})", "{0} + x - y"]
    return random.choice(same + other).format(text)


def value_at(tree: Tree, point: dict[str, Fraction]) -> Fraction | None:
    """The exact value, None where it is not defined."""
    try:
        return evaluate(put_in(tree, point))
    except ToolError:
        return None


def equal_by_z3(trees: tuple[Tree, Tree]) -> bool | None:
    """Whether no real numbers tell the two apart; None where z3 cannot say or be asked."""
    reals = RealRelations()
    try:
        verdict = reals.check(reals.row((Relation("!=", *trees),)))[0]
    except ToolError:  # a constant part that is not defined
        return None
    return {"sat": False, "unsat": True}.get(verdict)


def put_in(tree: Tree, point: dict[str, Fraction]) -> Tree:
    if isinstance(tree, Name):
        return Number(point[tree.name])
    if isinstance(tree, Apply):
        return Apply(tree.function, tuple(put_in(part, point) for part in tree.arguments))
    return tree


@pytest.mark.parametrize("seed", range(80))
def test_equality_by_sympy_by_points_and_by_z3(seed: int) -> None:
    random = Random(f"equal {seed}")
    left = random_expression(random, 3)
    right = rewritten(random, left)
    trees = parse_tree(left), parse_tree(right)
    pairs = [
        [value_at(tree, {"x": x, "y": y}) for tree in trees]
        for x, y in product(POINTS, POINTS[::3])
    ]
    differ = any(a != b for a, b in pairs if a is not None and b is not None)
    try:
        by_sympy = compare_texts(left, right).value
    except ToolError:
        by_sympy = None
    by_z3 = equal_by_z3(trees)
    assert not (differ and (by_sympy or by_z3))
    assert None in (by_sympy, by_z3) or by_sympy == by_z3


@pytest.mark.parametrize("seed", range(60))
def test_solutions_by_sympy_are_those_that_z3_finds(seed: int) -> None:
    random = Random(f"solve {seed}")
    a, b, c, d, e = (random.randint(-3, 3) for _ in range(5))
    texts = random.choice(
        [
            [f"{a}*x^2 + {b}*x + {c} = 0"],
            [f"{a}*x + {b}*y = {c}", f"{d}*x + {e}*y = {random.randint(-5, 5)}"],
            [f"x^2 + y^2 = {abs(a) + 1}", f"y = {b}*x + {c}"],
            [f"abs(x + {a}) = {abs(b)}"],
            [f"({a}*x + {b})/(x - 1) = {c}"],
        ]
    )
    try:
        question = read_question(texts, [])
        found = solve_equations(question)
    except ToolError:
        return
    reals = RealRelations()
    facts = [reals.row(parse_chain(text)) for text in texts]
    solvable, _ = reals.check(*facts)
    if solvable != "unknown":
        assert bool(found.rows) == (solvable == "sat")
    for row in found.rows:
        point = {name.name: value for name, value in row.items()}
        exact = {n: v for n, v in point.items() if v.is_Rational}
        given = [
            reals.unknowns[n] == reals.number(Fraction(int(v.p), int(v.q)))
            for n, v in exact.items()
            if n in reals.unknowns
        ]
        assert reals.check(*facts, *given)[0] != "unsat"


@pytest.mark.parametrize("seed", range(40))
def test_constants_by_sympy_agree_with_interval_arithmetic(seed: int) -> None:
    random = Random(f"constant {seed}")
    parts = ["sqrt(2)", "pi", "e", "log(3)", "sin(1)", "2/7", "sqrt(3)", "atan(2)", "cbrt(5)"]
    left = "*".join(random.sample(parts, 2)) + random.choice(["+", "-"]) + random.choice(parts)
    right = left if random.random() < 0.4 else f"{left} + 10^-{random.randint(3, 12)}"
    found = compare_texts(f"({left})*2", f"({right}) + ({right})").value
    interval = sympy.Abs(parse_expression(left) - parse_expression(right)).evalf(40)
    assert found is bool(interval < sympy.Rational(1, 10**14))
