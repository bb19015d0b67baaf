"""Quantities as text: in the unit that was asked for, or in those that the question used.

Guarantees exact text. Several units of one kind, such as hours and minutes, give a compound
result (3 h 15 min) where the smallest part has an exact decimal.
"""

from __future__ import annotations

from fractions import Fraction

from corollary_tools.errors import ToolError
from corollary_tools.expressions.rational import decimal_places, evaluate, render_number
from corollary_tools.expressions.syntax import parse_tree
from corollary_tools.expressions.tree import Apply, Name, Tree, names_in
from corollary_tools.solvers.arithmetic.quantities import Quantity, measure, require_alike
from corollary_tools.solvers.arithmetic.units import Dimension, Unit, find_unit, multiplied
from corollary_tools.solvers.number_text import about, checked_length, render_rational

_COMPOUND = (
    frozenset(("wk", "d", "h", "min", "s")),
    frozenset(("mi", "yd", "ft", "in")),
    frozenset(("lb", "oz")),
    frozenset(("gal", "qt", "pt", "cup")),
    frozenset(("yr", "mo")),
)


def render_quantity(quantity: Quantity, words: tuple[str, ...], left: str | None) -> str:
    """In the units among `words` that fit it; a plain number as it is.

    left: the unit word that is left where the others cancel, as hours in 5 days * 8 hours/day.
    """
    if not quantity.dimension:
        return render_value(quantity.number)
    fitting = _fitting(quantity.dimension, (left,) if left else words)
    if len(fitting) > 1 and _is_compound(fitting):
        text = render_compound(quantity, fitting)
        if text is not None:
            return text
    if fitting:
        unit = find_unit(fitting[0])
        assert unit is not None
        return render_in(quantity, unit.scale, fitting[0])
    scale, text = _composed(quantity.dimension, words)
    return render_in(quantity, scale, text)


def convert_quantity(quantity: Quantity, target: tuple[str, ...], plain_money: bool) -> str:
    """In the units asked for: one, one product such as km/h, or several, largest first."""
    measured = [measure(parse_tree(text), plain_money) for text in target]
    for part in measured:
        require_alike(quantity.dimension, part.dimension, "be turned into")
    if len(target) > 1:
        text = render_compound(quantity, list(target), whole=False)
        if text is not None:
            return text
    scale = evaluate(measured[0].number)
    if not scale:
        raise ToolError(f"{target[0]!r} is no unit to convert to.")
    return render_in(quantity, scale, target[0])


def render_in(quantity: Quantity, scale: Fraction, unit: str) -> str:
    """As a number of a unit: `72 hours`, `1/3 h (about 0.333333 h)`."""
    number = quantity.per(scale)
    value = evaluate(number)
    sign = "%" if unit in ("%", "percent") else f" {_shown(unit, value)}"
    text = render_value(number)
    if " (about " not in text:
        return f"{text}{sign}"
    exact, _, decimal = text.partition(" (about ")
    return f"{exact}{sign} (about {decimal[:-1]}{sign})"


def render_compound(quantity: Quantity, words: list[str], whole: bool = True) -> str | None:
    """As a sum of units, largest first.

    None where the value is not rational, or the last part has no exact decimal and `whole` asks
    for one; else such a part is a fraction with a decimal beside it.
    """
    value = evaluate(quantity.number)
    if value is None:
        return None
    units = sorted(((_known(word), word) for word in set(words)), key=lambda row: -row[0].scale)
    parts = _parts(abs(value), units)
    last = parts[-1][0] if parts else Fraction(0)
    if decimal_places(last) is None and whole:
        return None
    texts = [
        f"{render_number(count)} {unit.shown(word, count == 1)}" for count, (unit, word) in parts
    ]
    sign = "-" if value < 0 else ""
    exact = sign + " ".join(texts)
    if decimal_places(last) is not None:
        return checked_length(exact)
    texts[-1] = f"{about(last)} {parts[-1][1][1]}"
    return checked_length(f"{exact} (about {sign}{' '.join(texts)})")


def _parts(
    rest: Fraction, units: list[tuple[Unit, str]]
) -> list[tuple[Fraction, tuple[Unit, str]]]:
    """How many of each unit, without those of which there are none."""
    parts: list[tuple[Fraction, tuple[Unit, str]]] = []
    for row in units:
        count = rest / row[0].scale
        if row is not units[-1]:
            count = Fraction(count // 1)
        rest -= count * row[0].scale
        if count or (not parts and row is units[-1]):
            parts.append((count, row))
    return parts


def render_value(number: Tree) -> str:
    """A number without a unit: exact, with a decimal beside it where it is not one."""
    value = evaluate(number)
    if value is not None:
        return render_rational(value)
    from corollary_tools.solvers.constants import render_constant  # sympy, where it is needed

    return render_constant(number)


def left_over(tree: Tree) -> str | None:
    """The one word of a product that does not cancel; None where it is no product, or more are."""
    left = [(word, power) for word, power in (_powers(tree) or {}).items() if power]
    if len(left) != 1 or left[0][1] != 1:
        return None
    return next(name for name in names_in(tree) if _symbol(name) == left[0][0])


def _symbol(word: str) -> str:
    unit = find_unit(word)
    return word if unit is None else unit.forms[0]


def _powers(tree: Tree) -> dict[str, int] | None:
    """The exponents of the units in a product; None where a tree with units is no product."""
    if isinstance(tree, Name):
        return {_symbol(tree.name): 1}
    if not names_in(tree):
        return {}
    assert isinstance(tree, Apply)
    if tree.function not in ("mul", "div", "inverse", "neg"):
        return None
    powers: dict[str, int] = {}
    for place, argument in enumerate(tree.arguments):
        sign = -1 if tree.function == "inverse" or (tree.function == "div" and place) else 1
        part = _powers(argument)
        if part is None:
            return None
        for name, power in part.items():
            powers[name] = powers.get(name, 0) + sign * power
    return powers


def _fitting(dimension: Dimension, words: tuple[str, ...]) -> list[str]:
    """The words that measure this very dimension, one for each unit, in order."""
    found: dict[str, str] = {}
    for word in words:
        unit = find_unit(word)
        if unit is not None and unit.dimension == dimension:
            found.setdefault(unit.forms[0], word)
    return list(found.values())


def _is_compound(words: list[str]) -> bool:
    symbols = {_known(word).forms[0] for word in words}
    return any(symbols <= family for family in _COMPOUND)


def _composed(dimension: Dimension, words: tuple[str, ...]) -> tuple[Fraction, str]:
    """A product of the units that were used: miles/hour, ft^2."""
    scale, above, below = Fraction(1), list[str](), list[str]()
    for name, power in dimension:
        word = _base_word(name, words)
        unit = _known(word)
        scale *= unit.scale**power
        shown = unit.shown(word, single=power < 0)
        raised = f"{shown}^{abs(power)}" if abs(power) > 1 else shown
        (above if power > 0 else below).append(raised)
    text = "*".join(above) or "1"
    return scale, "/".join([text, *below]) if below else text


def _base_word(name: str, words: tuple[str, ...]) -> str:
    """The first word used that measures one base dimension, or the part of one."""
    for word in words:
        unit = find_unit(word)
        if unit is None:
            continue
        for candidate in (word, *(part for part, _ in unit.parts)):
            if multiplied(_known(candidate).dimension, ()) == ((name, 1),):
                return candidate
    return {"length": "m", "mass": "kg", "time": "s", "month": "mo", "money": "USD"}[name]


def _known(word: str) -> Unit:
    unit = find_unit(word)
    assert unit is not None
    return unit


def _shown(unit: str, value: Fraction | None) -> str:
    known = find_unit(unit)
    return unit if known is None else known.shown(unit, value in (1, -1))
