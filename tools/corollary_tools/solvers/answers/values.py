"""Whether two values are the same answer: units, percentages, degrees, bases, infinity.

Guarantees exact conversion. A unit that one side leaves out counts as meant; a percentage may
stand for its number or for that part of one. Does not know lists or sets.
"""

from __future__ import annotations

import re

from corollary_tools.answers.shapes import Based, Form, Value
from corollary_tools.answers.units import Measure, read_measure
from corollary_tools.errors import ToolError
from corollary_tools.solvers.answers.comparison import Comparison, compare_values
from corollary_tools.solvers.answers.sets import is_infinite

SAME, OTHER = Comparison(True, "the same answer"), Comparison(False, "another answer")


def compare_based(known: Form, given: Form) -> Comparison:
    """1010_2 beside 10_10, or beside 1010, which leaves the base out."""
    if isinstance(known, Based) and isinstance(given, Based):
        return SAME if _in_base(known) == _in_base(given) else OTHER
    based, bare = (known, given) if isinstance(known, Based) else (given, known)
    assert isinstance(based, Based)
    if not isinstance(bare, Value) or bare.unit:
        return Comparison(None, "a number in a base and something else cannot be compared")
    if bare.text.strip() == based.digits:
        return Comparison(True, f"the same digits, meant in base {based.base}")
    same = compare_values(str(_in_base(based)), bare.text)
    return Comparison(None, "the same number in another base") if same.value else same


def _in_base(number: Based) -> int:
    try:
        return int(number.digits, number.base)
    except ValueError:
        raise ToolError(f"{number.digits} has digits that base {number.base} does not.") from None


def compare_measured(known: Value, given: Value) -> Comparison:
    """Two values, with their units where they have some."""
    if known.unit and given.unit:
        return _measured(known, given)
    unit = known.unit or given.unit
    if not unit and (is_infinite(known) or is_infinite(given)):
        signs = [value.text.replace(" ", "").lstrip("+") for value in (known, given)]
        return SAME if signs[0] == signs[1] else OTHER
    bare = given if known.unit else known
    if not unit or re.search(r"(?<!\\)\b(?!pi\b)[A-Za-z]+", bare.text):
        return compare_values(known.whole or known.text, given.whole or given.text)
    found = compare_values(known.text, given.text)
    other = _meant(read_measure(unit), (known, given))
    return other if other is not None and other.value and not found.value else found


def _meant(measure: Measure, values: tuple[Value, Value]) -> Comparison | None:
    """A percentage beside a fraction of one, degrees beside radians."""
    texts = [value.text for value in values]
    place = 0 if values[0].unit else 1
    kind = measure.dimension[0][0] if measure.dimension else "count"
    if kind == "count" and measure.known:
        texts[place] = f"({texts[place]})*{measure.scale}"
        return compare_values(*texts)
    if kind == "percent" and measure.known:
        texts[place] = f"({texts[place]})/100"
        return compare_values(*texts)
    if kind == "angle" and "pi" in texts[1 - place].replace("π", "pi"):
        texts[place] = f"({texts[place]})*pi/180"
        return compare_values(*texts)
    return None


def _measured(known: Value, given: Value) -> Comparison:
    one, other = read_measure(known.unit), read_measure(given.unit)
    if one.dimension != other.dimension:
        if one.known and other.known:
            return Comparison(False, f"{given.unit} do not measure what {known.unit} do")
        return Comparison(None, f"{given.unit} and {known.unit} cannot be compared")
    if one.scale == other.scale:
        return compare_values(known.text, given.text)
    ratio = one.scale / other.scale
    return compare_values(f"({known.text})*{ratio}", given.text)
