"""What a solution in words states step by step, each statement held against those before it.

A side of an equation is computed exactly, with the names that earlier steps gave values; a decimal
may be rounded or cut off. Guarantees that a step is called wrong only where two sides that the text
sets equal are different numbers, or where a name is worked out from something other than what it
was said to be. Says nothing of steps that state no equation that can be computed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from corollary_datagen.prose.equations import Equation, Side, find_equations
from corollary_tools.expressions.rational import read_number

_NAME = re.compile(r"(?<![A-Za-z\\\d])([A-Za-z])(?![A-Za-z(])")
_DECIMAL = re.compile(r"-?[\d,]*\.(\d+)")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one step. wrong: the first statement that does not hold, else empty.

    checked: how many statements of the step could be computed.
    """

    checked: int
    wrong: str = ""


def check_statements(steps: Sequence[str]) -> tuple[Finding, ...]:
    """Hold what each step states against arithmetic and against the steps before it."""
    names = _Names()
    return tuple(_checked(step, names) for step in steps)


@dataclass(slots=True)
class _Names:
    """What the text said of names so far: what each is defined as, and the value it was given."""

    defined: dict[str, Side] = field(default_factory=dict)
    known: dict[str, Fraction] = field(default_factory=dict)

    def value(self, text: str) -> Fraction | None:
        """The number that an expression is, with the names in it; None where it has none."""
        found = set(_NAME.findall(text))
        if not found:
            return read_number(text)
        if not found <= self.known.keys():
            return None
        return read_number(_NAME.sub(lambda m: f"({self.known[m[1]]})", text))

    def state(self, name: str, sides: Sequence[Side]) -> None:
        """Keep what a name is said to be; a value given later replaces an earlier one."""
        self.defined.setdefault(name, sides[0])
        value = self.value(sides[-1].text)
        if value is not None:
            self.known[name] = value


def _checked(step: str, names: _Names) -> Finding:
    checked, wrong = 0, ""
    for equation in find_equations(step):
        for holds, told in _statements(equation, names):
            checked += 1
            wrong = wrong or ("" if holds else told)
        name = equation.sides[0].text
        if _NAME.fullmatch(name):
            names.state(name, equation.sides[1:])
    return Finding(checked, wrong)


def _statements(equation: Equation, names: _Names) -> Iterator[tuple[bool, str]]:
    """Whether each two neighbouring sides are the same number, where both are numbers."""
    yield from _copy(equation, names)
    first, *others = equation.sides
    sides = others if _NAME.fullmatch(first.text) else equation.sides
    values = [names.value(side.text) for side in sides]
    for left, right, one, other in zip(sides, sides[1:], values, values[1:], strict=False):
        if one is not None and other is not None and _comparable(left, right):
            yield _same(left, right, one, other), f"{left.text} is {_number(one)}, not {right.text}"


def _copy(equation: Equation, names: _Names) -> Iterator[tuple[bool, str]]:
    """A name that is worked out: from the expression that it was defined as?"""
    name, first = equation.sides[0].text, equation.sides[1]
    defined = names.defined.get(name)
    if defined is None or len(equation.sides) < 3:
        return
    told, meant = names.value(first.text), names.value(defined.text)
    if told is not None and meant is not None:
        yield told == meant, f"{name} is {defined.text}, not {first.text}"


def _comparable(left: Side, right: Side) -> bool:
    """Whether units let two sides be compared: 2 hours = 120 minutes says nothing of 2 and 120."""
    bare = [read_number(side.text) is not None and side.text.strip("$").replace(",", "").replace(".", "").isdigit() for side in (left, right)]
    return left.unit == right.unit or not all(bare)


def _same(left: Side, right: Side, one: Fraction, other: Fraction) -> bool:
    if one == other or 100 * one == other and "%" in right.text:
        return True
    return any(abs(one - other) < _last_place(side.text) for side in (left, right))


def _last_place(text: str) -> Fraction:
    """One unit of the last place of a decimal, by which it may be rounded or cut off; 0 for others."""
    found = _DECIMAL.fullmatch(text.strip().strip("$"))
    return Fraction(1, 10 ** len(found[1])) if found else Fraction(0)


def _number(value: Fraction) -> str:
    return str(value)
