"""What a solution in words states step by step, each statement held against those before it.

A side of an equation is computed exactly, with the names that earlier steps gave values; a decimal
may be rounded or cut off. Guarantees that a step is called wrong only where two sides that the text
sets equal are different numbers, or where a name is worked out from something other than what it
was said to be. Says nothing of steps that state no equation that can be computed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from corollary_datagen.steps.prose.equations import Equation, Side, find_equations
from corollary_tools.answer import Answer
from corollary_tools.equivalence import equivalent
from corollary_tools.expressions.rational import read_number
from corollary_tools.worker import Workers

_NAME = re.compile(r"(?<![A-Za-z\\])([A-Za-zα-ορ-ω])(?![A-Za-z(])")
_DECIMAL = re.compile(r"-?[\d,]+(?:\.(\d+))?(%?)|-?\.(\d+)%?")
_PLAIN = re.compile(r"[-−+]?[\d,]+(?:\.\d+)?%?")
_SUPPOSED = re.compile(
    r"\b(?:mod|modulo|false|incorrect|contradict\w*|not)\b|≠|≡|\\neq?\b|\\pmod", re.I
)
_CASES = re.compile(
    r"\b(?:if|let|suppose|assum\w+|when|choices?|options?|substitut\w+|plug\w*|try\w*|check\w*|where|for"
    r"|or|either|at|case|test\w*|set\w*)\b",
    re.I,
)
_CALLED = re.compile(r"(?<![A-Za-z])[A-Za-z]\s*\(|'|_|\|")
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one step. wrong: the first statement that does not hold, else empty.

    checked: how many statements of the step could be computed.
    """

    checked: int
    wrong: str = ""


def check_statements(steps: Sequence[str], workers: Workers | None = None) -> tuple[Finding, ...]:
    """Hold what each step states against arithmetic and against the steps before it.

    workers: decide roots and letters too, exactly; without them only rational numbers are.
    """
    reader = _Reader(workers)
    return tuple(reader.checked(step) for step in steps)


@dataclass(frozen=True, slots=True)
class _Statement:
    """One thing that was checked."""

    holds: bool
    told: str


@dataclass(slots=True)
class _Reader:
    """Reads steps in order. defined: what names stand for; known: the values they were given."""

    workers: Workers | None
    defined: dict[str, Side] = field(default_factory=dict)
    known: dict[str, Fraction] = field(default_factory=dict)

    def checked(self, step: str) -> Finding:
        """What was found of one step."""
        equations = find_equations(step)
        statements: list[_Statement] = []
        for equation in equations:
            statements += self._statements(equation)
            self._keep(equation)
        if not _CASES.search(step):
            statements += [s for pair in pairwise(equations) for s in _solution(*pair)]
        wrong = (statement.told for statement in statements if not statement.holds)
        return Finding(len(statements), next(wrong, ""))

    def _keep(self, equation: Equation) -> None:
        """Keep what a name is said to be; a value given later replaces an earlier one."""
        name, first, last = equation.sides[0].text, equation.sides[1], equation.sides[-1]
        if not _NAME.fullmatch(name):
            return
        if len(equation.sides) == 2:
            self.defined.setdefault(name, first)
        value = self._value(last.text)
        if value is not None:
            self.known[name] = value

    def _value(self, text: str) -> Fraction | None:
        """The number that an expression is, with the names in it; None where it has none."""
        return _with_values(text, self.known)

    def _statements(self, equation: Equation) -> Iterator[_Statement]:
        """Whether each two neighbouring sides are the same number, where both are numbers."""
        if _SUPPOSED.search(equation.after):
            return
        yield from self._copy(equation)
        signs = zip(pairwise(equation.sides), equation.rounded, strict=True)
        for (left, right), rounded in signs:
            if not _is_claim(left, right, equation):
                continue
            one, other = self._value(left.text), read_number(right.text)
            if one is None or other is None:
                yield from self._by_solver(left, right)
            else:
                holds = _same(left, right, one, other) or (rounded and _about(one, other))
                value = "" if _PLAIN.fullmatch(left.text) else f"{_number(one)}, "
                yield _Statement(holds, f"{left.text} is {value}not {right.text}")

    def _by_solver(self, left: Side, right: Side) -> Iterator[_Statement]:
        """Roots and letters: are both sides the same in every case?"""
        names = set(_NAME.findall(left.text))
        if self.workers is None or names != set(_NAME.findall(right.text)):
            return
        if _CALLED.search(left.text + right.text) or "." in left.text + right.text:
            return  # A function of the text's own, or a decimal that may be rounded.
        one, other = (Answer(kind="expression", value=side.text) for side in (left, right))
        same = equivalent(one, other, self.workers).value
        if same is not None:
            yield _Statement(same, f"{left.text} is not {right.text}")

    def _copy(self, equation: Equation) -> Iterator[_Statement]:
        """A name that is worked out: from the expression that it was defined as?"""
        name, first = equation.sides[0].text, equation.sides[1]
        defined = self.defined.get(name)
        if defined is None or len(equation.sides) < 3 or _PLAIN.fullmatch(defined.text):
            return
        told, meant = read_number(first.text), read_number(defined.text)
        if told is not None and meant is not None:
            yield _Statement(told == meant, f"{name} is {defined.text}, not {first.text}")


def _with_values(text: str, known: Mapping[str, Fraction]) -> Fraction | None:
    found = set(_NAME.findall(text))
    if not found:
        return read_number(text)
    if not found <= known.keys():
        return None
    return read_number(_NAME.sub(lambda m: f"({known[m[1]]})", text))


def _solution(condition: Equation, found: Equation) -> Iterator[_Statement]:
    """A condition on one unknown with the value found for it right after: put back, it must fit."""
    if len(condition.sides) != 2 or len(found.sides) != 2:
        return
    name, value = found.sides[0].text, read_number(found.sides[1].text)
    left, right = (side.text for side in condition.sides)
    if value is None or set(_NAME.findall(left + right)) != {name} or _NAME.fullmatch(left):
        return
    one, other = (_with_values(side, {name: value}) for side in (left, right))
    if one is not None and other is not None:
        near = _last_place(found.sides[1].text) > 0
        yield _Statement(one == other or near, f"{name} = {value} does not fit {left} = {right}")


def _is_claim(left: Side, right: Side, equation: Equation) -> bool:
    """Whether two sides next to each other say that a calculation has a result.

    No claim: a name given a value, a condition such as x + 1 = 0, two plain numbers (1 hour = 60
    minutes, 0 = 5 as a contradiction), a number that belongs to the word before it.
    """
    if _NAME.fullmatch(left.text):
        return False
    names, others = set(_NAME.findall(left.text)), set(_NAME.findall(right.text))
    if others:
        return names == others and len(equation.sides) > 2
    if names:
        return len(equation.sides) > 2 and not _PLAIN.fullmatch(right.text)
    if _PLAIN.fullmatch(left.text):
        return not left.after_word and not _PLAIN.fullmatch(right.text)
    return True


def _same(left: Side, right: Side, one: Fraction, other: Fraction) -> bool:
    """Equal, or as near as the last place of a decimal; 28 may be written as 28 %.

    A whole number may stand for a fraction that is within 0.2 % of it: 41/0.14 = 293.
    """
    near = max(_last_place(side.text) for side in (left, right))
    if "%" in right.text:
        return abs(one - other) <= near or abs(one - 100 * other) <= 100 * near
    if one == other or abs(one - other) < near:
        return True
    return other.denominator == 1 != one.denominator and abs(one - other) * 500 < abs(one)


def _about(one: Fraction, other: Fraction) -> bool:
    """What the text itself calls about: within a hundredth."""
    return abs(one - other) * 100 <= max(abs(one), abs(other))


def _last_place(text: str) -> Fraction:
    """One unit of the last place of a decimal or a percentage, by which it may be cut off."""
    found = _DECIMAL.fullmatch(text)
    if not found or not (found[1] or found[2]):
        return Fraction(0)
    return Fraction(1, 10 ** len(found[1] or "")) / (100 if found[2] else 1)


def _number(value: Fraction) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else f"a number of {len(text)} digits"
