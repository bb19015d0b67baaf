"""Arithmetic word problems of two to five calculations, with their chain in GSM8K's form.

Guarantees that every value on the way is a positive whole number below 100,000 and that
meta["chain"] ("48/2=24", ...) leads to the answer. The family is the opening and the sequence of
plots after it: numbers, names, things and the later wording vary within it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from corollary_datagen.generators import plots, vocabulary
from corollary_datagen.generators.draft import Attempt, Draft
from corollary_datagen.generators.plots import Plot
from corollary_datagen.sources.chains import number
from corollary_datagen.sources.families import digest
from corollary_tools.answer import Answer

# How many calculations, by level.
_STEPS = ((2, 3, 4, 5), (2,), (3,), (4, 5))


@dataclass(frozen=True, slots=True)
class Story:
    """A story so far: what its value counts, the value, the sentences and the calculations."""

    words: dict[str, str]
    unit: str = ""
    value: str = ""
    sentences: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()


def make(attempt: Attempt) -> Draft | None:
    """Draft one story; None where its numbers do not come out or it is of another split."""
    rng, wanted = attempt.rng, attempt.plan.choice(_STEPS[attempt.level])
    sequence = _sequence(rng, wanted)
    opening = rng.choice(sequence[0].wordings)
    structure = "; ".join((opening, *(plot.name for plot in sequence[1:])))
    if not attempt.belongs(structure):
        return None
    story: Story | None = Story(_cast(rng))
    for plot in (replace(sequence[0], wordings=(opening,)), *sequence[1:]):
        story = _told(rng, story, plot) if story else None
    return _worded(rng, story, structure) if story and len(story.chain) == wanted else None


def _sequence(rng: random.Random, wanted: int) -> list[Plot]:
    """A start and steps that follow from one another, of `wanted` calculations in all."""
    sequence = [rng.choice(plots.STARTS)]
    unit, count = sequence[0].after, _count(sequence[0])
    while count < wanted:
        plot = rng.choice([plot for plot in plots.STEPS if plot.before == unit])
        if plot != sequence[-1]:
            sequence.append(plot)
            unit, count = plot.after or unit, count + _count(plot)
    return sequence


def _count(plot: Plot) -> int:
    """How many calculations a plot has; a number that is merely given is none."""
    return sum(calculation != "{n}" for calculation in plot.calculations)


def _cast(rng: random.Random) -> dict[str, str]:
    people = [("he", "him", vocabulary.MEN), ("she", "her", vocabulary.WOMEN)]
    (he, him, names), (_, _, friends) = rng.sample(people, 2)
    thing, things = rng.choice(vocabulary.THINGS)
    who = {"name": rng.choice(names), "friend": rng.choice(friends), "he": he, "him": him}
    return {**who, "thing": thing, "things": things}


def _told(rng: random.Random, story: Story, plot: Plot) -> Story | None:
    """The story after one more plot; None where a value is not whole, positive and small."""
    drawn = {"n": rng.choice(plot.numbers), "m": rng.randint(2, 20)}
    value, chain = "", list(story.chain)
    for calculation in plot.calculations:
        expression = calculation.format(**drawn, v=story.value, r=value)
        result = number(expression)
        if result is None or result.denominator != 1 or not 0 < result < 100_000:
            return None
        value = str(result)
        chain += [f"{expression}={value}"] * (expression != value)
    sentence = rng.choice(plot.wordings).format(**story.words, **drawn, **_words(drawn["n"]))
    told = (*story.sentences, sentence[0].upper() + sentence[1:])
    return Story(story.words, plot.after or story.unit, value, told, tuple(chain))


def _words(n: int) -> dict[str, str]:
    return {"count": plots.COUNTS.get(n, ""), "part": plots.PARTS.get(n, "")}


def _worded(rng: random.Random, story: Story, structure: str) -> Draft:
    question = rng.choice(plots.QUESTIONS[story.unit]).format(**story.words)
    return Draft(
        family=f"stories:{digest(structure)}",
        domain="math",
        question=" ".join((*story.sentences, question)),
        answer=Answer(kind="number", value=story.value),
        meta={"chain": list(story.chain)},
    )
