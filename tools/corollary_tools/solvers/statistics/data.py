"""Lists of numbers, as models write data: exact fractions, with counts or weights beside them."""

from __future__ import annotations

import re
from fractions import Fraction

from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import evaluate
from corollary_tools.expressions.syntax import parse_tree

_MOST = 5000
_PLAIN = re.compile(r"[-\d.\s]+")


def read_data(texts: list[str], name: str = "data", least: int = 1) -> list[Fraction]:
    """Read numbers; `3 5 7` in one text is three of them. ToolError for anything else."""
    parts = [part for text in texts for part in _parts(text)]
    if not least <= len(parts) <= _MOST:
        raise ToolError(f"{name} must have {least} to {_MOST} numbers; it has {len(parts)}.")
    return [read_exact(part, f"each of {name}") for part in parts]


def read_exact(text: str, name: str) -> Fraction:
    """Read one rational number."""
    value = evaluate(parse_tree(text))
    if value is None:
        raise ToolError(f"{name} must be a rational number, not {text[:40]!r}.")
    return value


def read_weights(texts: list[str], size: int, name: str = "weights") -> list[Fraction]:
    """Read one weight, not negative, for each of `size` values; 1 each where there are none."""
    if not texts:
        return [Fraction(1)] * size
    weights = read_data(texts, name)
    if len(weights) != size:
        raise ToolError(f"There are {size} values and {len(weights)} {name}; send as many of both.")
    if any(weight < 0 for weight in weights) or not any(weights):
        raise ToolError(f"{name} must not be negative, and not all 0.")
    return weights


def _parts(text: str) -> list[str]:
    return text.split() if _PLAIN.fullmatch(text) else [text]


def mean(values: list[Fraction], weights: list[Fraction]) -> Fraction:
    """The weighted mean."""
    return sum((v * w for v, w in zip(values, weights, strict=True)), Fraction(0)) / sum(weights)


def variance(values: list[Fraction], weights: list[Fraction]) -> Fraction:
    """The weighted mean of the squared distances from the mean."""
    middle = mean(values, weights)
    return mean([(value - middle) ** 2 for value in values], weights)
