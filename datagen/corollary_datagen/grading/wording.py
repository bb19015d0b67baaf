"""How formulas fit the words that they were read from, by the names that both have.

A name of a formula is looked for in the text by its stem. Guarantees a comparison of readings of
one text with each other, and never a judgement of one alone: a text may say a thing in other words,
which then is the same for all of them. Calls no solver.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from corollary_datagen.grading.formula_words import counted_names
from corollary_datagen.grading.grounding import times_in


def misfits(readings: Sequence[Iterable[str]], text: str) -> list[int]:
    """For each reading, how many names of the text it lacks, and brings that the text has not.

    readings: the formulas that mean the same in each; the one that fits best counts. A name that
    the text has twice is to be there twice; more often does not count, for what is written out
    (either, if and only if) repeats names. All 0 where the text is empty.
    """
    counted = [[counted_names(formula) for formula in formulas] for formulas in readings]
    stated = {name: times_in(name, text) for row in counted for found in row for name in found}
    return [min((_misfit(found, stated) for found in row), default=0) for row in counted]


def _misfit(found: Counter[str], stated: dict[str, int]) -> int:
    if not any(stated.values()):
        return 0
    lacking = sum(max(0, count - found[name]) for name, count in stated.items())
    return lacking + sum(not stated[name] for name in found)
