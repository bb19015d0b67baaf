"""Puzzles small enough to try every case: finding, counting, the best, whole numbers, ranges.

What the tools say through z3 or sympy must be what trying all cases says.
"""

from __future__ import annotations

from itertools import permutations, product
from random import Random
from typing import Any

import pytest
import sympy
from test_brute_force import holds, ordering_atom, random_formula

from corollary_tools.desk import Desk, Recorded, Variables
from corollary_tools.errors import ToolError
from corollary_tools.expressions.syntax import parse_chain
from corollary_tools.formula import parse_formula
from corollary_tools.solvers.algebra.calls import solve
from corollary_tools.solvers.algebra.equations import read_question
from corollary_tools.solvers.algebra.inequalities import solution_set
from corollary_tools.solvers.answers.real_relations import RealRelations
from corollary_tools.solvers.constraints.calls import find
from corollary_tools.solvers.constraints.optimising import optimise

PEOPLE = ("ann", "bob", "cid")
VALUES = range(-6, 7)


def knights(random: Random) -> list[str]:
    """What each of three says of the others, as `ann <-> (bob xor ~cid)`."""
    says = (random_formula(random, lambda r: r.choice(PEOPLE), 2) for _ in PEOPLE)
    return [f"{name} <-> ({said})" for name, said in zip(PEOPLE, says, strict=True)]


@pytest.mark.parametrize("seed", range(30))
def test_knights_are_those_of_every_case(seed: int) -> None:
    texts = knights(Random(f"knights {seed}"))
    rows = [dict(zip(PEOPLE, row, strict=True)) for row in product([True, False], repeat=3)]
    solutions = [row for row in rows if all(holds(parse_formula(t), row) for t in texts)]
    found = find({"constraints": texts}, Desk())
    assert found.certificate is not None
    kind = {0: "none", 1: "unique"}.get(len(solutions), "several")
    assert found.text.startswith(kind)
    if kind == "unique":
        roles = {name: str(value).lower() for name, value in solutions[0].items()}
        assert found.certificate["assignment"] == roles


def assignment(random: Random) -> tuple[Desk, list[dict[str, int]]]:
    """Four names in four different places with a few constraints, and all that fulfil them."""
    names = ("a", "b", "c", "d")
    texts = [random_formula(random, ordering_atom, 1) for _ in range(random.randint(1, 3))]
    rows = [dict(zip(names, row, strict=True)) for row in permutations(range(1, 5))]
    solutions = [row for row in rows if all(holds(parse_formula(t), row) for t in texts)]
    desk = Desk(
        variables=(Variables(names=names, values=("1..4",), distinct=True),),
        premises=tuple(Recorded(label=str(n), formula=t) for n, t in enumerate(texts, 1)),
    )
    return desk, solutions


@pytest.mark.parametrize("seed", range(30))
def test_all_are_counted_and_each_one_shown_fulfils(seed: int) -> None:
    desk, solutions = assignment(Random(f"count {seed}"))
    text = find({"limit": 50}, desk).text
    if not solutions:
        assert text.startswith("none")
        return
    counted, _, shown = text.partition(": ")
    number = 1 if counted.startswith("unique") else int(counted.split()[0])
    assert number == len(solutions), text
    known = [", ".join(f"{name} = {row[name]}" for name in row) for row in solutions]
    assert sorted(shown.split("; ")) == sorted(known)


@pytest.mark.parametrize("seed", range(30))
def test_the_best_is_the_best_of_all(seed: int) -> None:
    random = Random(f"best {seed}")
    desk, solutions = assignment(random)
    factors = [random.randint(-3, 3) for _ in range(3)]
    objective = " + ".join(f"({f})*{name}" for f, name in zip(factors, "abc", strict=True))
    goal = random.choice(["smallest", "largest"])
    found = optimise({"objective": objective, "goal": goal, "constraints": []}, desk)
    if not solutions:
        assert "contradict" in found.text or found.text.startswith("none")
        return
    pick = max if goal == "largest" else min
    best = pick(sum(f * row[n] for f, n in zip(factors, "abc", strict=True)) for row in solutions)
    assert found.certificate is not None
    assert str(best) in (str(found.certificate.get("value")), found.text.split()[0].strip(":,"))


@pytest.mark.parametrize("seed", range(20))
def test_whole_solutions_are_those_of_every_pair(seed: int) -> None:
    random = Random(f"whole {seed}")
    a, b = (random.choice([-3, -2, -1, 1, 2, 3]) for _ in range(2))
    c, low = random.randint(-6, 6), random.randint(-6, 0)
    texts = [f"{a}*x + {b}*y = {c}", f"{low} <= x", "x <= 6", "-6 <= y", "y <= 6"]
    expected = {(x, y) for x in range(low, 7) for y in VALUES if a * x + b * y == c}
    text = solve({"equations": texts, "unknowns": ["x", "y"], "domain": "integer"}, Desk()).text
    if not expected:
        assert text == "no whole solution"
        return
    rows, _, others = text.partition(" or others (at least ")
    found = {
        tuple(int(part.split("= ")[1]) for part in row.split(", ")) for row in rows.split(" or ")
    }
    assert found <= expected
    assert others or found == expected
    assert not others or int(others.split()[0]) <= len(expected)


@pytest.mark.parametrize(
    "seed", [*range(8), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(8, 200))]
)
def test_ranges_by_sympy_are_those_that_z3_allows(seed: int) -> None:
    """At and beside every bound: a number is in the set just where z3 lets the relations hold."""
    random = Random(f"range {seed}")
    a, b, c = (random.randint(-4, 4) for _ in range(3))
    sign = random.choice(["<", "<=", ">", ">="])
    left = random.choice([f"{a}*x^2 + {b}*x + {c}", f"({a}*x + {b})*(x - {c})", f"abs({a}*x + 1)"])
    texts = [f"{left} {sign} {b}", f"x {random.choice(['<', '>='])} {c}"]
    try:
        found = solution_set(read_question(texts, ["x"]))
    except ToolError:
        return
    bounds = (
        [end for end in found.boundary if end.is_Rational] if found.boundary.is_FiniteSet else []
    )
    near = [end + step for end in (*bounds, *map(sympy.Integer, (-7, 0, 7))) for step in (-1, 0, 1)]
    for place in near:
        assert bool(found.contains(place)) == allowed(texts, place), (texts, place, found)


def allowed(texts: list[str], place: Any) -> bool:
    reals = RealRelations()
    rows = [reals.row(parse_chain(text)) for text in (*texts, f"x = {place}")]
    verdict: str = reals.check(*rows)[0]
    assert verdict != "unknown"
    return verdict == "sat"
