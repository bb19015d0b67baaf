"""Chains of calculations in GSM8K's form, `<<48/2=24>>`, and whether they are exact.

Guarantees that a chain returned here is right: every left side, computed with fractions, is its
right side, and the last value is the answer. Does not repair a chain.
"""

from __future__ import annotations

import re
from fractions import Fraction

_ANNOTATION = re.compile(r"<<([^<>]*)>>")
_TRIVIAL = re.compile(r"^[\d.,]+=")
_TOKEN = re.compile(r"\s*(\d+\.?\d*|\.\d+|[-+*/()])")


def read_chain(solution: str, answer: str) -> list[str] | None:
    """The chain of a solution as texts such as "48/2=24"; None where it is not whole and exact.

    Whole: every line with an equals sign has its annotation. Steps that calculate nothing, such
    as "12=12", are left out where others are there.
    """
    lines = [line for line in solution.split("\n") if "=" in line]
    if not all("<<" in line for line in lines):
        return None
    steps = [step.replace(" ", "") for step in _ANNOTATION.findall(solution)]
    if not all(is_exact(step) for step in steps):
        return None
    if not steps or number(steps[-1].split("=")[-1]) != number(answer):
        return None
    return [step for step in steps if not _TRIVIAL.match(step)] or steps


def is_exact(step: str) -> bool:
    """Whether "expression=value" holds exactly."""
    left, equals, right = step.rpartition("=")
    value, claimed = number(left), number(right)
    return bool(equals) and value is not None and value == claimed


def number(expression: str) -> Fraction | None:
    """The exact value of a sum, product or quotient of unsigned numbers, else None."""
    tokens = _tokens(expression.replace(",", ""))
    if not tokens:
        return None
    try:
        value, rest = _sum(tokens)
    except (ValueError, ZeroDivisionError, IndexError):
        return None
    return value if not rest else None


def _tokens(text: str) -> list[str]:
    tokens = _TOKEN.findall(text)
    return tokens if "".join(tokens) == text.replace(" ", "") else []


def _sum(tokens: list[str]) -> tuple[Fraction, list[str]]:
    value, rest = _product(tokens)
    while rest and rest[0] in "+-":
        right, after = _product(rest[1:])
        value, rest = (value + right if rest[0] == "+" else value - right), after
    return value, rest


def _product(tokens: list[str]) -> tuple[Fraction, list[str]]:
    value, rest = _factor(tokens)
    while rest and rest[0] in "*/":
        right, after = _factor(rest[1:])
        value, rest = (value * right if rest[0] == "*" else value / right), after
    return value, rest


def _factor(tokens: list[str]) -> tuple[Fraction, list[str]]:
    head, rest = tokens[0], tokens[1:]
    if head != "(":
        return Fraction(head), rest
    value, rest = _sum(rest)
    if rest[0] != ")":
        raise ValueError("a bracket is open")
    return value, rest[1:]
