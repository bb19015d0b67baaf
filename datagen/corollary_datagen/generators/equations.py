"""Linear equations, systems and a few quadratics, asked for directly or in words.

Guarantees exact solutions by construction: the solution is drawn first. Two problems with the same
equations are of one family, however they are worded. meta["equations"] holds what to send to
`solve`, meta["asked"] the unknown that is asked for where it is one of several.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import JsonValue

from corollary_datagen.generators.draft import Attempt, Draft
from corollary_datagen.sources.families import digest
from corollary_tools.answer import Answer

_LETTERS = "xyzabckmnpqrstuvw"

# Kinds of problem, by level; more of some than of others.
_KINDS = (
    ("linear", "linear", "linear", "story", "pair", "system", "pair", "system", "quadratic"),
    ("linear", "linear", "story"),
    ("pair", "system"),
    ("three", "quadratic"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Equations, the question, and its answers; asked: the one unknown that is asked for."""

    equations: tuple[str, ...]
    question: str
    values: tuple[int, ...]
    asked: str | None = None


def make(attempt: Attempt) -> Draft | None:
    """Draft one problem; None where its family does not belong to the split."""
    made = _MAKERS[attempt.plan.choice(_KINDS[attempt.level])](attempt.rng)
    structure = "; ".join(made.equations)
    if not attempt.belongs(structure):
        return None
    meta: dict[str, JsonValue] = {"equations": list(made.equations)}
    if made.asked:
        meta["asked"] = made.asked
    return Draft(
        family=f"equations:{digest(structure)}",
        domain="math",
        question=made.question,
        answer=_answer(made.values),
        meta=meta,
    )


def _answer(values: tuple[int, ...]) -> Answer:
    texts = [str(value) for value in values]
    if len(texts) == 1:
        return Answer(kind="number", value=texts[0])
    return Answer(kind="set", value=texts)


def _linear(rng: random.Random) -> Asked:
    """One unknown: a*x + b = c, brackets, the unknown on both sides, or a quotient."""
    x, value, a, b = rng.choice(_LETTERS), rng.randint(-20, 30), rng.randint(2, 12), _nonzero(rng)
    shape = rng.randrange(4)
    if shape == 0:
        left, right = _sum(f"{a}*{x}", b), str(a * value + b)
    elif shape == 1:
        left, right = f"{a}*({_sum(x, b)})", str(a * (value + b))
    elif shape == 2:
        c = a + rng.randint(1, 6)
        left, right = _sum(f"{a}*{x}", b), _sum(f"{c}*{x}", b + (a - c) * value)
    else:
        value = a * rng.randint(-9, 15)
        left, right = _sum(f"{x}/{a}", b), str(value // a + b)
    equation = f"{left} = {right}"
    shown = _shown(rng, equation)
    asks = (
        f"Solve {shown}.",
        f"Solve {shown} for {x}.",
        f"Solve the equation {shown}.",
        f"If {shown}, what is {x}?",
        f"Find the value of {x} if {shown}.",
        f"Find {x}, given that {shown}.",
        f"What value of {x} satisfies {shown}?",
    )
    return Asked((equation,), rng.choice(asks), (value,))


def _quadratic(rng: random.Random) -> Asked:
    """Two different whole roots."""
    x, (p, q) = rng.choice(_LETTERS), rng.sample([*range(-9, 0), *range(1, 10)], 2)
    equation = f"{_sum(_term(-(p + q), x, f'{x}^2'), p * q)} = 0"
    shown = _shown(rng, equation)
    asks = (
        f"Solve {shown}.",
        f"Find all solutions of {shown}.",
        f"Find both roots of {shown}.",
        f"For which values of {x} is {shown}?",
    )
    return Asked((equation,), rng.choice(asks), tuple(sorted((p, q))))


def _system(rng: random.Random) -> Asked:
    """Two equations in two unknowns, sometimes three in three, with one solution."""
    return _solved(rng, rng.choice((2, 2, 2, 3)))


def _three(rng: random.Random) -> Asked:
    """Three equations in three unknowns, with one solution."""
    return _solved(rng, 3)


def _solved(rng: random.Random, size: int) -> Asked:
    start = rng.choice(("xyz", "abc", "pqr", "uvw"))[:size]
    values = rng.sample(range(-9, 16), size)
    rows = _matrix(rng, size)
    equations = tuple(
        f"{_combination(row, start)} = {sum(k * v for k, v in zip(row, values, strict=True))}"
        for row in rows
    )
    listed = _listed([_shown(rng, equation) for equation in equations])
    one = rng.randrange(size)
    if rng.random() < 0.4:
        question = f"If {listed}, what is {start[one]}?"
        return Asked(equations, question, (values[one],), start[one])
    asks = (
        f"Solve the system {listed}.",
        f"Solve {listed} for {_listed(list(start))}.",
        f"Find {_listed(list(start))} if {listed}.",
    )
    return Asked(equations, rng.choice(asks), tuple(values))


def _matrix(rng: random.Random, size: int) -> list[list[int]]:
    """Small coefficients, not all of one equation zero, with a determinant that is not zero."""
    while True:
        rows = [
            [rng.choice((-3, -2, -1, 1, 1, 2, 3, 4, 5)) for _ in range(size)] for _ in range(size)
        ]
        if _determinant(rows):
            return rows


def _determinant(rows: list[list[int]]) -> int:
    if len(rows) == 1:
        return rows[0][0]
    total = 0
    for column, coefficient in enumerate(rows[0]):
        minor = [row[:column] + row[column + 1 :] for row in rows[1:]]
        sign = -1 if column % 2 else 1
        total += sign * coefficient * _determinant(minor)
    return total


def _pair(rng: random.Random) -> Asked:
    """Two numbers in words: sum and difference, sum and multiple, or the larger of two."""
    small, step = rng.randint(1, 60), rng.randint(2, 40)
    large, factor = small + step, rng.randint(2, 6)
    shape = rng.randrange(4)
    if shape == 0:
        equations = (f"x + y = {large + small}", f"x - y = {step}")
        words = rng.choice(
            (
                f"Two numbers have sum {large + small} and difference {step}. Find both.",
                f"The sum of two numbers is {large + small} and their difference is {step}. "
                "What are the numbers?",
            )
        )
        return Asked(equations, words, (large, small))
    if shape == 1:
        total, b = small * (factor + 1) + step, small * factor + step
        equations = (f"x + y = {total}", f"x = {factor}*y + {step}")
        words = (
            f"One number is {step} more than {factor} times another. Their sum is {total}. "
            "What are the two numbers?"
        )
        return Asked(equations, words, (b, small))
    asked = rng.choice("xy")
    equations = (f"x + y = {large + small}", f"x - y = {step}")
    which = "larger" if asked == "x" else "smaller"
    words = (
        f"Two numbers add up to {large + small}, and one is {step} more than the other. "
        f"What is the {which} number?"
    )
    return Asked(equations, words, (large if asked == "x" else small,), asked)


def _story(rng: random.Random) -> Asked:
    """One number in words."""
    value, a, b = rng.randint(1, 40), rng.randint(2, 9), rng.randint(1, 50)
    shape = rng.randrange(4)
    if shape == 0:
        return Asked(
            (f"{a}*x + {b} = {a * value + b}",),
            f"When a number is multiplied by {a} and {b} is added, the result is {a * value + b}. "
            "What is the number?",
            (value,),
        )
    if shape == 1:
        return Asked(
            (f"{a}*x - {b} = {a * value - b}",),
            f"{b} less than {a} times a number is {a * value - b}. Find the number.",
            (value,),
        )
    if shape == 2:
        total = 3 * value + 3
        return Asked(
            (f"x + (x + 1) + (x + 2) = {total}",),
            f"The sum of three consecutive whole numbers is {total}. What is the smallest of them?",
            (value,),
        )
    return Asked(
        (f"{a}*(x + {b}) = {a * (value + b)}",),
        f"{a} times the sum of a number and {b} is {a * (value + b)}. What is the number?",
        (value,),
    )


def _nonzero(rng: random.Random) -> int:
    return rng.randint(1, 30) * rng.choice((-1, 1))


def _sum(left: str, right: int) -> str:
    return left if right == 0 else f"{left} {'+' if right > 0 else '-'} {abs(right)}"


def _term(coefficient: int, unknown: str, before: str) -> str:
    if coefficient == 0:
        return before
    size = "" if abs(coefficient) == 1 else f"{abs(coefficient)}*"
    return f"{before} {'+' if coefficient > 0 else '-'} {size}{unknown}"


def _combination(row: list[int], unknowns: str) -> str:
    first = {1: "", -1: "-"}.get(row[0], f"{row[0]}*") + unknowns[0]
    for coefficient, unknown in zip(row[1:], unknowns[1:], strict=True):
        first = _term(coefficient, unknown, first)
    return first


def _shown(rng: random.Random, equation: str) -> str:
    """The equation as people write it: mostly without the sign of multiplication."""
    return equation.replace("*", "") if rng.random() < 0.7 else equation


def _listed(parts: list[str]) -> str:
    return " and ".join((", ".join(parts[:-1]), parts[-1]))


_MAKERS: dict[str, Callable[[random.Random], Asked]] = {
    "linear": _linear,
    "quadratic": _quadratic,
    "system": _system,
    "three": _three,
    "pair": _pair,
    "story": _story,
}
