"""Equations in prose: `9 eggs x $2 per egg = $18` is read as 9*2, stated to be 18.

Words for units, signs for money and remarks in brackets are passed over; what holds an unknown, a
number in words (dozen, half) or no operator on its left is no equation. Guarantees that the numbers
are those that were written, right or wrong. Calculates nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corollary_agent.trace import Step
from corollary_datagen.imports.left_sides import (
    AMOUNTS,
    WORDS,
    Token,
    left_side,
    plain_number,
    read_tokens,
    sign_of,
)
from corollary_datagen.imports.spelling import spelled_plainly

_CENTS = re.compile(r"\bcents?\b.*?[=≈]\s*-?\$")
_SHARE = re.compile(r"(\d{1,9})/(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Equation:
    """An equation in a text. start, end: where it stands, from its first number to its value."""

    expression: str
    stated: str
    start: int
    end: int


def read_equations(text: str) -> Iterator[Equation]:
    """Yield the equations of a text in order, each with the value that it is said to have."""
    tokens = read_tokens(spelled_plainly(text))
    for index, token in enumerate(tokens):
        if token.kind == "equals":
            value, left = _value(tokens[index + 1 :]), left_side(tokens[:index])
            if value and left:
                expression, stated = _in_percent(left[0], value[0])
                converts = _CENTS.search(text, left[1], value[1])
                if not (converts or _is_share(expression, stated)):
                    yield Equation(expression, stated, left[1], value[1])


def _in_percent(expression: str, stated: str) -> tuple[str, str]:
    """`12/20*100% = 60%` and `12/20*100 = 60%` mean 12/20*100, which is 60."""
    if stated.endswith("%") and expression.endswith(("*100%", "*100")):
        return expression.removesuffix("%"), stated[:-1]
    return expression, stated


def _is_share(expression: str, stated: str) -> bool:
    """Whether `1/4 = 25` says what a quarter of something is, and not what 1/4 is."""
    found = _SHARE.fullmatch(expression)
    return bool(found and int(found[1]) <= int(found[2]) and float(stated.rstrip("%")) > 1)


def stated_result(step: Step) -> str | None:
    """What the words of a `calculate` step say that its call comes to; None where they do not.

    The tool's own result is the step's observation: where the two differ, the model was wrong.
    """
    if len(step.calls) != 1 or step.calls[0].name != "calculate":
        return None
    asked = step.calls[0].arguments.get("expression")
    said = [e.stated for e in read_equations(step.content) if e.expression == asked]
    return said[-1] if said else None


def _value(tokens: Sequence[Token]) -> tuple[str, int] | None:
    """The number at the start of `tokens` and where it ends; None where it is part of a sum."""
    sign = ""
    if tokens and sign_of(tokens[0]) == "-":
        sign, tokens = "-", tokens[1:]
    if not tokens or tokens[0].kind != "number":
        return None
    following = tokens[1 : WORDS + 3]
    for place, token in enumerate(following):
        after = following[place + 1].kind if place + 1 < len(following) else ""
        if token.kind == "operator" or token.text in ("x", "X"):
            unknown = place == 0 and len(following) > 1 and len(following[1].text) == 1
            goes_on = after in ("number", "bracket") or unknown
            return None if goes_on else (sign + plain_number(tokens[0].text), tokens[0].end)
        if token.kind != "word":
            break
        if token.text in AMOUNTS:
            return None
    return sign + plain_number(tokens[0].text), tokens[0].end
