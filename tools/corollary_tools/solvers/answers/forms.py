"""Whether two texts are the same answer, by their forms: values, tuples, sets, matrices, words.

Guarantees that False is said only of answers that were both read, and that undecided is None. The
left text is the known answer: its decimal may be rounded. Rules where usage is loose: a unit or a
percent sign that one side leaves out counts as meant; 50% is 50 and 0.5; a list without brackets
has no order; x = 5 is 5.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from corollary_tools.answers.forms import read_form
from corollary_tools.answers.shapes import (
    Based,
    Condition,
    Form,
    Listed,
    Logic,
    Matrix,
    Named,
    Union,
    Value,
    Words,
)
from corollary_tools.answers.text import plain_text
from corollary_tools.errors import ToolError
from corollary_tools.operations import find_operation
from corollary_tools.solvers.answers.comparison import Comparison
from corollary_tools.solvers.answers.sets import compare_sets, is_interval
from corollary_tools.solvers.answers.values import compare_based, compare_measured
from corollary_tools.solvers.answers.written_alike import written_alike
from corollary_tools.solvers.library_limits import library_limits

_SHORT = 300  # characters of a text that math-verify is asked about
_ORDERED = ("()", "[]", "[)", "(]")
_TRUE = Comparison(True, "the same values")


def equivalent(request: dict[str, Any]) -> dict[str, Any]:
    """Compare the texts `left` (the known one) and `right`: the service behind `equivalence`."""
    left, right = request["left"], request["right"]
    try:
        with library_limits("compare these"):
            found = compare_answers(left, right)
    except ToolError as error:
        short = max(len(left), len(right)) <= _SHORT
        alike = written_alike(left, right) if short else None
        found = Comparison(alike, "math-verify reads them alike" if alike else str(error))
    return {"value": found.value, "reason": found.reason}


def compare_answers(left: str, right: str) -> Comparison:
    """Compare two answers as people write them. Raises ToolError where one cannot be read."""
    if plain_text(left) == plain_text(right):
        return Comparison(True, "the same text")
    return _compared(read_form(left), read_form(right))


def _compared(known: Form, given: Form) -> Comparison:
    kinds = (type(known), type(given))
    if any(isinstance(form, Words) or _word(form) for form in (known, given)):
        return _words(known, given)
    for kind, compared in _BY_KIND:
        if kind in kinds:
            return compared(known, given)
    assert isinstance(known, Value)
    assert isinstance(given, Value)
    return compare_measured(known, given)


def _word(form: Form) -> str:
    """The text of a form that is one word or is no mathematics; empty for all others."""
    if isinstance(form, Words):
        return form.text
    single = isinstance(form, Value) and re.fullmatch(r"[A-Za-z]{3,}", form.whole)
    return form.whole if isinstance(form, Value) and single else ""


def _words(known: Form, given: Form) -> Comparison:
    left, right = (_bare_word(form) for form in (known, given))
    left, right = (re.sub(r"^(?:the|an?) ", "", side) for side in (left, right))
    if left and left == right:
        return Comparison(True, "the same words")
    if left.isalpha() and right.isalpha():
        return Comparison(False, f"{right} is not {left}")
    return Comparison(None, "words that cannot be compared")


def _bare_word(form: Form) -> str:
    """The words of a form without case, brackets and signs; also a single letter's."""
    letter = isinstance(form, Value) and form.whole.isalpha()
    text = form.whole if isinstance(form, Value) and letter else _word(form)
    return re.sub(r"[\W_]+", " ", text).strip().casefold()


def _formulas(known: Form, given: Form) -> Comparison:
    texts = [re.sub(r"[‹›]", " ", form.text) for form in (known, given) if isinstance(form, Logic)]
    texts += [form.whole for form in (known, given) if isinstance(form, Value)]
    if len(texts) < 2:
        return Comparison(None, "a formula and something else cannot be compared")
    found = find_operation("formulas_equivalent")({"left": texts[0], "right": texts[1]})
    return Comparison(found["value"], found["reason"])


def _matrices(known: Form, given: Form) -> Comparison:
    one, other = _rows(known), _rows(given)
    if one is None or other is None:
        return Comparison(None, "a matrix and something else cannot be compared")
    if isinstance(known, Listed) or isinstance(given, Listed):  # a vector may lie or stand
        one, other = (_lying(rows) for rows in (one, other))
    if [len(row) for row in one] != [len(row) for row in other]:
        return Comparison(False, "matrices of another shape")
    pairs = [pair for rows in zip(one, other, strict=True) for pair in zip(*rows, strict=True)]
    return _all([_compared(*pair) for pair in pairs])


def _rows(form: Form) -> tuple[tuple[Form, ...], ...] | None:
    if isinstance(form, Listed):
        return (form.items,) if form.brackets in _ORDERED or not form.brackets else None
    return form.rows if isinstance(form, Matrix) else None


def _lying(rows: tuple[tuple[Form, ...], ...]) -> tuple[tuple[Form, ...], ...]:
    return (tuple(row[0] for row in rows),) if all(len(row) == 1 for row in rows) else rows


def _named(known: Form, given: Form) -> Comparison:
    """`x = 5` beside `5`, or beside another named value."""
    if isinstance(known, Named) and isinstance(given, Named):
        found = _compared(known.value, given.value)
        if known.name == given.name:
            return found
        if found.value:
            return Comparison(None, f"{given.name} is named, and not {known.name}")
        return compare_sets(known, given)
    if isinstance(known, Named):
        return _compared(known.value, given)
    assert isinstance(given, Named)
    return _compared(known, given.value)


def _lists(known: Form, given: Form) -> Comparison:
    one, other = _listed(known), _listed(given)
    if is_interval(one) or is_interval(other):
        return compare_sets(one, other)
    if one.brackets in _ORDERED and other.brackets in _ORDERED:
        return _tuples(one, other)
    names = [_names(side) for side in (one, other)]
    if all(names):
        return _by_name(one, other)
    loose = names[0] or names[1] or one.brackets in _ORDERED or other.brackets in _ORDERED
    left, right = _bare(one), _bare(other)
    if loose and {one.brackets, other.brackets}.isdisjoint(("⦃⦄", "±")):
        in_order = _in_order(left, right)
        if in_order.value:
            return in_order
    found = _unordered(left, right)
    if loose and found.value:
        return Comparison(None, "the same values, but their order may count")
    return found


def _listed(form: Form) -> Listed:
    return form if isinstance(form, Listed) else Listed("", (form,))


def _names(listed: Listed) -> list[str]:
    """The names of `x = 2, y = 3`; empty where one value has none or they are all one name."""
    names = [item.name for item in listed.items if isinstance(item, Named)]
    different = len(set(names)) == len(names) == len(listed.items)
    return names if different and len(names) > 1 else []


def _bare(listed: Listed) -> list[Form]:
    return [item.value if isinstance(item, Named) else item for item in listed.items]


def _by_name(known: Listed, given: Listed) -> Comparison:
    one = {item.name: item.value for item in known.items if isinstance(item, Named)}
    other = {item.name: item.value for item in given.items if isinstance(item, Named)}
    if one.keys() != other.keys():
        return Comparison(None, "other names")
    return _all([_compared(value, other[name]) for name, value in one.items()])


def _tuples(known: Listed, given: Listed) -> Comparison:
    found = _in_order(list(known.items), list(given.items))
    if known.brackets != given.brackets and found.value and len(known.items) == 2:
        return Comparison(None, "the same ends, but the brackets may tell intervals apart")
    return found


def _in_order(known: Sequence[Form], given: Sequence[Form]) -> Comparison:
    if len(known) != len(given):
        return Comparison(False, f"{len(given)} values, and not {len(known)}")
    return _all([_compared(*pair) for pair in zip(known, given, strict=True)])


def _unordered(known: Sequence[Form], given: Sequence[Form]) -> Comparison:
    """Pair the values one to one; a value that stands twice counts once."""
    one, other = _distinct(known), _distinct(given)
    if len(one) != len(other):
        return Comparison(False, f"{len(other)} values, and not {len(one)}")
    undecided = False
    for value in one:
        verdicts = [_compared(value, candidate).value for candidate in other]
        if True not in verdicts and None not in verdicts:
            return Comparison(False, "a value is not among them")
        undecided |= True not in verdicts
        other.pop(verdicts.index(True if True in verdicts else None))
    return Comparison(None, "values that cannot be compared") if undecided else _TRUE


def _distinct(forms: Sequence[Form]) -> list[Form]:
    kept: list[Form] = []
    for form in forms:
        if not any(_compared(form, other).value for other in kept):
            kept.append(form)
    return kept


def _all(found: list[Comparison]) -> Comparison:
    """True where all are, False where one is."""
    for value in (False, None):
        for comparison in found:
            if comparison.value is value:
                return comparison
    return _TRUE


_BY_KIND: tuple[tuple[type, Callable[[Any, Any], Comparison]], ...] = (
    (Logic, _formulas),
    (Union, compare_sets),
    (Condition, compare_sets),
    (Named, _named),
    (Matrix, _matrices),
    (Listed, _lists),
    (Based, compare_based),
)
