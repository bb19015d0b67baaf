"""Another number in a word problem, in its text and in the calculations or equations behind it.

Only a number that stands once in the text, and whose place in the calculations is beyond doubt, is
changed: none that is also the value of a step. Guarantees that what was a whole number, or
positive, stays so. Does not judge whether a story stays plausible.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from corollary_agent.problem import Problem
from corollary_tools.answer import Answer

Calculate = Callable[[str], str | None]
"""The exact value of an expression as text; None where it has none."""

_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w])")
_TRIES = 4
_CONSTANTS = frozenset(map(Fraction, (2, 7, 10, 12, 24, 52, 60, 100, 365, 1000)))
"""What may stand in a calculation without standing in the text: months, minutes, percents."""


def with_other_numbers(
    problem: Problem, calculate: Calculate, rng: random.Random
) -> Iterator[Problem]:
    """Yield the problem with one other number in text and meta; the answer is not set."""
    found = [(match, _value(match[0])) for match in _NUMBER.finditer(problem.question)]
    counts = Counter(value for _, value in found)
    single = [(match, value) for match, value in found if counts[value] == 1 and value]
    for match, value in rng.sample(single, len(single)):
        for new in _near(value, rng):
            meta = _changed_meta(problem, (value, new, frozenset(counts)), calculate)
            if meta is not None:
                text = (
                    problem.question[: match.start()] + str(new) + problem.question[match.end() :]
                )
                yield problem.model_copy(update={"question": text, "meta": meta})


def _near(value: Fraction, rng: random.Random) -> Iterator[Fraction]:
    """Numbers of about the same size; whole where the old one is."""
    if value.denominator != 1:
        return
    span = max(3, int(value) // 3)
    low = max(2, int(value) - span)
    others = [n for n in range(low, int(value) + span + 1) if n != value]
    yield from (Fraction(n) for n in rng.sample(others, min(_TRIES, len(others))))


def _changed_meta(
    problem: Problem, change: tuple[Fraction, Fraction, frozenset[Fraction]], calculate: Calculate
) -> dict[str, Any] | None:
    if problem.meta.get("chain"):
        chain = [str(step) for step in _listed(problem.meta["chain"])]
        made = _changed_chain(chain, change, calculate)
        return None if made is None else {**problem.meta, "chain": made}
    equations = [str(equation) for equation in _listed(problem.meta.get("equations"))]
    return _changed_equations(problem, equations, change)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _changed_chain(
    chain: list[str], change: tuple[Fraction, Fraction, frozenset[Fraction]], calculate: Calculate
) -> list[str] | None:
    """The steps with the number changed and every later value that follows from it."""
    old, new, stated = change
    if old in _CONSTANTS and sum(_count(step.partition("=")[0], old) for step in chain) > 1:
        return None
    values: dict[Fraction, Fraction] = {old: new}
    made = []
    for step in chain:
        expression, _, result = step.partition("=")
        fresh = _substituted(expression, values)
        was, now = _parsed(result), _parsed(calculate(fresh) or "")
        if was is None or now is None or not _alike(was, now):
            return None
        if was in stated or values.get(was, now) != now:
            return None  # Nobody could say which of the two a later step means.
        values[was] = now
        made.append(f"{fresh}={_written(now)}")
    return made


def _changed_equations(
    problem: Problem, equations: list[str], change: tuple[Fraction, Fraction, frozenset[Fraction]]
) -> dict[str, Any] | None:
    old, new, _ = change
    if sum(_count(equation, old) for equation in equations) != 1:
        return None
    made = [_substituted(equation, {old: new}) for equation in equations]
    return {**problem.meta, "equations": made}


def _count(expression: str, value: Fraction) -> int:
    return sum(_value(match[0]) == value for match in _NUMBER.finditer(expression))


def _substituted(expression: str, values: Mapping[Fraction, Fraction]) -> str:
    def fresh(match: re.Match[str]) -> str:
        value = _value(match[0])
        new = values.get(value, value)
        return match[0] if new == value else _written(new)

    return _NUMBER.sub(fresh, expression)


def _written(value: Fraction) -> str:
    """A decimal where it ends, else a fraction in brackets."""
    if value.denominator == 1:
        return str(value)
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return f"({value})" if rest != 1 else str(Decimal(value.numerator) / value.denominator)


def _alike(was: Fraction, now: Fraction) -> bool:
    """Whether a value may stand for another: positive, and whole where that was."""
    return now > 0 and (was.denominator != 1 or now.denominator == 1)


def is_plausible(known: Answer, other: Answer) -> bool:
    """Whether the values are whole and positive where the known ones are."""
    old, new = _values(known), _values(other)
    if None in old or None in new or not old:
        return known.kind not in ("number", "set")
    whole = all(value.denominator == 1 for value in old if value)
    positive = all(value > 0 for value in old if value)
    return all((not whole or v.denominator == 1) and (not positive or v > 0) for v in new if v)


def _values(answer: Answer) -> list[Fraction | None]:
    texts = answer.value if isinstance(answer.value, list) else [answer.text]
    return [_parsed(text) for text in texts]


def _value(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))


def _parsed(text: str) -> Fraction | None:
    try:
        return Fraction(text.replace(",", "").replace("$", "").strip())
    except (ValueError, ZeroDivisionError):
        return None
