"""The arithmetic tools in a worker: exact calculation, by sympy only where it is not rational.

Guarantees that the text is exact; `about` marks what is rounded. A text that is a plain
calculation is read as one; only what is not may have units, times of day or a comparison in it.
Does not work with unknowns.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Any

from corollary_tools.desk import Desk
from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import evaluate
from corollary_tools.expressions.syntax import parse_chain, parse_tree
from corollary_tools.expressions.tree import Relation, Tree, names_in
from corollary_tools.notation import FUNCTIONS, LONGEST
from corollary_tools.solvers.arithmetic.clock import calculate_time, has_clock
from corollary_tools.solvers.arithmetic.quantities import Quantity, measure
from corollary_tools.solvers.arithmetic.quantity_text import (
    convert_quantity,
    left_over,
    render_quantity,
)
from corollary_tools.solvers.arithmetic.spoken import Spoken, has_units, read_spoken
from corollary_tools.solvers.arithmetic.temperature import convert_temperature, is_scale
from corollary_tools.solvers.arithmetic.units import find_unit, known_units, nearest_unit
from corollary_tools.solvers.number_text import render_rational
from corollary_tools.solvers.result import Result

_TIMES = re.compile(r"(?<=[\d)%])(\s*)[xX](?=\s*[\d(])")  # 3 x 4, as people write it
_RELATION = re.compile(r"[<>≤≥≠=]|\\(?:lt|gt|leq?|geq?|neq?)(?![a-z])")
_FRACTION = re.compile(r"\s+(?:as|in|to)\s+(?:an?\s+)?(?:common\s+)?fraction$", re.IGNORECASE)
_CONSTANTS = ("pi", "e")
_NO_NUMBERS = frozenset(("nan", "inf", "infinity", "infty", "oo", "none", "null", "undefined"))
_HEXADECIMAL = re.compile(r"(?<![\w.])0[xX][0-9a-fA-F]")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says: a quantity, the unit words in it, and how it was spoken.

    left: the unit word that does not cancel, where there is just one in a product.
    """

    quantity: Quantity
    words: tuple[str, ...]
    left: str | None
    spoken: Spoken


def calculate(arguments: dict[str, Any], desk: Desk) -> Result:
    """Calculate the number, quantity, time of day or truth value that `expression` stands for."""
    if _HEXADECIMAL.search(arguments["expression"]):
        raise ToolError("0x can mean two things. Write 0*10 for a product, or decimal digits.")
    text = cleaned(arguments["expression"])
    try:
        tree = parse_tree(text)
        unknown = _unknown(tree)
    except ToolError:
        if len(text) > LONGEST or not _is_spoken(text):
            raise
        return Result(_calculate_spoken(text))
    return Result(_calculate_spoken(text) if unknown else render_plain(tree))


def convert(arguments: dict[str, Any], desk: Desk) -> Result:
    """Give `quantity` in the unit `to`."""
    text, unit = arguments["quantity"].strip(), arguments["to"].strip()
    if not is_scale(unit) and not has_units(unit):
        near = nearest_unit(unit)
        hint = f"Did you mean {near}?" if near else "Send a unit such as km, lb, hours or km/h."
        raise ToolError(f"{unit!r} is no known unit. {hint}")
    return Result(_calculate_spoken(f"{text} to {unit}"))


def cleaned(text: str) -> str:
    """The text without what people put around a calculation: `= ?`, an x for times."""
    text = text.strip().removesuffix("?").rstrip().removesuffix("=")
    return _TIMES.sub(r"\1*", text)


def render_plain(tree: Tree) -> str:
    """The value of a tree without names."""
    value = evaluate(tree)
    if value is not None:
        return render_rational(value)
    from corollary_tools.solvers.constants import render_constant  # sympy, where it is needed

    return render_constant(tree)


def read_quantity(text: str) -> Reading:
    """Read a calculation that may have units in it. ToolError for a word that is no unit."""
    spoken = read_spoken(text)
    return _reading(parse_tree(spoken.text), spoken)


def require_number(text: str) -> Tree:
    """Read a calculation that must come to a plain number."""
    reading = read_quantity(cleaned(text))
    if reading.quantity.dimension:
        raise ToolError(f"{text!r} has a unit. Send a plain number.")
    return reading.quantity.number


def _is_spoken(text: str) -> bool:
    """Whether a text that the grammar does not read may be a comparison, a time or a quantity."""
    words = re.findall(r"[A-Za-z]+", text)
    if _RELATION.search(text) or has_clock(text) or any(map(find_unit, words)):
        return True
    return read_spoken(text).text != text


def _calculate_spoken(text: str) -> str:
    temperature = convert_temperature(text)
    if temperature is not None:
        return temperature
    if has_clock(text):
        return calculate_time(text, lambda part: read_quantity(part).quantity)
    if _RELATION.search(text):
        from corollary_tools.solvers.arithmetic.ordering import judge_relations

        return judge_relations(_relations(read_spoken(text)))
    if _FRACTION.search(text):
        return _as_fraction(_FRACTION.sub("", text))
    reading = read_quantity(text)
    if reading.spoken.target:
        return convert_quantity(reading.quantity, reading.spoken.target, reading.spoken.dollars)
    return render_quantity(reading.quantity, reading.words, reading.left)


def _as_fraction(text: str) -> str:
    value = evaluate(require_number(text))
    if value is None:
        raise ToolError("The value is not rational: it is no fraction of whole numbers.")
    return str(value)


def _relations(spoken: Spoken) -> list[tuple[str, Quantity, Quantity]]:
    rows: tuple[Relation, ...] = parse_chain(spoken.text)
    return [
        (
            row.operator,
            _reading(row.left, spoken).quantity,
            _reading(row.right, spoken).quantity,
        )
        for row in rows
    ]


def _reading(tree: Tree, spoken: Spoken) -> Reading:
    for name in _unknown(tree):
        if find_unit(name) is None:
            raise ToolError(_no_value(name))
    return Reading(measure(tree, spoken.dollars), names_in(tree), left_over(tree), spoken)


def _unknown(tree: Tree) -> list[str]:
    return [name for name in names_in(tree) if name not in _CONSTANTS]


def _no_value(name: str) -> str:
    if name.lower() in _NO_NUMBERS:
        return f"{name!r} is no number. Send numbers only, and leave out what has no value."
    near = difflib.get_close_matches(name.lower(), [*FUNCTIONS, *known_units()], n=1)
    if len(name) > 2 and near and near[0] in FUNCTIONS:
        return f"{name!r} has no value. Did you mean the function {near[0]}(...)?"
    if len(name) > 2 and nearest_unit(name):
        return f"{name!r} is no known unit. Did you mean {nearest_unit(name)}?"
    return (
        f"{name!r} has no value here. Send numbers, with units such as km, lb, hours or $ "
        "where they are needed: no unknowns and no other words."
    )
