"""Units of measure: what each word measures, and exactly how much.

Guarantees exact scales to one base per dimension (metre, kilogram, second, month, dollar). A month
has no fixed number of days, so years and months do not turn into days. Counting words such as
dozen are plain numbers. Temperatures are not here (`temperature`): they have no common zero.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

Dimension = tuple[tuple[str, int], ...]  # (("length", 1), ("time", -1)), in the order of names


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit. scale: how many base units it is. forms: symbol, one, many, then other spellings.

    parts: the units that a result is shown in where this one does not fit, with their exponents.
    """

    forms: tuple[str, ...]
    dimension: Dimension
    scale: Fraction
    parts: tuple[tuple[str, int], ...] = ()

    def shown(self, form: str, single: bool) -> str:
        """The unit as it was written, in the singular or plural."""
        if form not in self.forms[1:3]:
            return form
        return self.forms[1] if single else self.forms[2]


_TABLE = {  # scale, then forms
    "length": (
        "1 m metre metres meter meters",
        "1000 km kilometre kilometres kilometer kilometers",
        "0.01 cm centimetre centimetres centimeter centimeters",
        "0.001 mm millimetre millimetres millimeter millimeters",
        "0.3048 ft foot feet",
        "0.0254 in inch inches",
        "0.9144 yd yard yards",
        "1609.344 mi mile miles",
    ),
    "mass": (
        "1 kg kilogram kilograms kilo kilos",
        "0.001 g gram grams",
        "0.000001 mg milligram milligrams",
        "1000 t tonne tonnes",
        "0.45359237 lb pound pounds lbs",
        "0.45359237/16 oz ounce ounces",
        "907.18474 ton_us ton tons",
    ),
    "time": (
        "1 s second seconds sec secs",
        "60 min minute minutes mins",
        "3600 h hour hours hr hrs",
        "86400 d day days",
        "604800 wk week weeks wks",
        "0.001 ms millisecond milliseconds",
    ),
    "month": ("1 mo month months", "12 yr year years yrs", "120 decade decade decades",
              "1200 century century centuries"),
    "money": (
        "1 USD dollar dollars buck bucks",
        "0.01 ¢ cent cents",
        "0.01 penny penny pennies",
        "0.05 nickel nickel nickels",
        "0.1 dime dime dimes",
        "0.25 quarter quarter quarters",
    ),
    "volume": (
        "0.001 L litre litres liter liters l",
        "0.000001 mL millilitre millilitres milliliter milliliters ml",
        "0.003785411784 gal gallon gallons",
        "0.003785411784/4 qt quart quarts",
        "0.003785411784/8 pt pint pints",
        "0.003785411784/16 cup cup cups",
        "0.003785411784/128 floz fluid_ounce fluid_ounces",
        "0.003785411784/256 tbsp tablespoon tablespoons",
        "0.003785411784/768 tsp teaspoon teaspoons",
    ),
    "area": ("10000 ha hectare hectares", "4046.8564224 ac acre acres"),
    "count": (
        "12 doz dozen dozen dozens", "2 pair pair pairs", "20 score score scores",
        "0.01 % percent percent",
    ),
    "speed": ("1609.344/3600 mph mph mph", "1000/3600 kph kph kph kmh"),
}  # fmt: skip
_KINDS: dict[str, Dimension] = {
    "volume": (("length", 3),),
    "area": (("length", 2),),
    "count": (),
    "speed": (("length", 1), ("time", -1)),
}
_PARTS = {"mph": (("mi", 1), ("h", -1)), "kph": (("km", 1), ("h", -1))}


@cache
def known_units() -> dict[str, Unit]:
    """Every spelling of every unit."""
    return {form: unit for unit in _units() for form in unit.forms}


def _units() -> Iterator[Unit]:
    for kind, rows in _TABLE.items():
        for row in rows:
            scale, *forms = row.split()
            above, _, below = scale.partition("/")
            size = Fraction(above) / Fraction(below or 1)
            dimension = _KINDS.get(kind, ((kind, 1),))
            yield Unit(tuple(forms), dimension, size, _PARTS.get(forms[0], ()))


def find_unit(word: str) -> Unit | None:
    """The unit that a word names: symbols in their own case, words in any."""
    table = known_units()
    return table.get(word) or (table.get(word.lower()) if len(word) > 2 else None)


def nearest_unit(word: str) -> str | None:
    """The known spelling that is nearest to a word, where one is near."""
    near = difflib.get_close_matches(word.lower(), known_units(), n=1, cutoff=0.75)
    return near[0] if near else None


def multiplied(left: Dimension, right: Dimension, times: int = 1) -> Dimension:
    """The dimension of left * right^times."""
    powers = dict(left)
    for name, power in right:
        powers[name] = powers.get(name, 0) + times * power
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def dimension_name(dimension: Dimension) -> str:
    """A dimension in words: a length, a plain number, money."""
    for kind, known in _KINDS.items():
        if known == dimension:
            return "a plain number" if kind == "count" else f"{_article(kind)} {kind}"
    if len(dimension) == 1 and dimension[0][1] == 1:
        return {"money": "money", "month": "months", "time": "a time"}.get(
            dimension[0][0], f"a {dimension[0][0]}"
        )
    return " * ".join(f"{name}^{power}" if power != 1 else name for name, power in dimension)


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"
