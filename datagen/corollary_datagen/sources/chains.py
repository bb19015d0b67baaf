"""Chains of calculations in GSM8K's form, `<<48/2=24>>`, and whether they are exact.

Guarantees that a chain returned here is right: every left side, computed with fractions, is its
right side, and the last value is the answer. Does not repair a chain.
"""

from __future__ import annotations

import re
from fractions import Fraction

from corollary_datagen.sources.linear import NotLinear, read_linear

_ANNOTATION = re.compile(r"<<([^<>]*)>>")
_TRIVIAL = re.compile(r"^[\d.,]+=")
_SIGNED = re.compile(r"(?:^|[-+*/(])\s*[-+]")


def read_chain(solution: str, answer: str) -> list[str] | None:
    """The chain of a solution as texts such as "48/2=24"; None where it is not whole and exact.

    Whole: every line with an equals sign has its annotation. Steps that calculate nothing, such
    as "12=12", are left out where the others still end in the answer.
    """
    lines = [line for line in solution.split("\n") if "=" in line]
    if not all("<<" in line for line in lines):
        return None
    steps = [step.replace(" ", "") for step in _ANNOTATION.findall(solution)]
    if not all(is_exact(step) for step in steps):
        return None
    if not _ends_in(steps, answer):
        return None
    kept = [step for step in steps if not _TRIVIAL.match(step)]
    return kept if _ends_in(kept, answer) else steps


def _ends_in(steps: list[str], answer: str) -> bool:
    return bool(steps) and number(steps[-1].rpartition("=")[2]) == number(answer)


def is_exact(step: str) -> bool:
    """Whether "expression=value" holds exactly."""
    left, equals, right = step.rpartition("=")
    value, claimed = number(left), number(right)
    return bool(equals) and value is not None and value == claimed


def number(expression: str) -> Fraction | None:
    """The exact value of a sum, product or quotient of unsigned numbers, else None."""
    text = expression.replace(",", "")
    if _SIGNED.search(text):
        return None
    try:
        value = read_linear(text)
    except NotLinear:
        return None
    return value.get("", Fraction(0)) if set(value) <= {""} else None
