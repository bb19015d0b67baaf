"""Copy drills: random words, numbers and lists to be written down again.

The first thing that a student learns. Reading a statement means copying its words and numbers into
a formula, ones never seen before included. A model learns that from random ones in a minute,
because nothing but copying helps there; from sentences of a known vocabulary it first learns the
words by heart. Guarantees the same drills for the same seed. Teaches no language.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from corollary_training.render import Rendered

LONGEST = 12
"""Words of a drill; a drill has at least two."""
DRILL_TOKENS = 60
"""What a row of drills has, about."""
OPERATORS = "+-*/=<,"


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The tokens that drills are made of: marks and frames by their text, pieces of words."""

    ids: dict[str, int]
    words: tuple[int, ...]

    def word(self, chance: random.Random) -> list[int]:
        """One to three pieces of words."""
        return [chance.choice(self.words) for _ in range(chance.choice((1, 1, 2, 3)))]

    def number(self, chance: random.Random) -> list[int]:
        """A number of one to four digits, often with a digit twice."""
        digits = str(chance.choice((chance.randint(1, 99), chance.randint(1, 9999))))
        return [self.ids[digit] for digit in digits]

    def item(self, chance: random.Random) -> list[int]:
        """A word, or now and then a number."""
        return self.number(chance) if chance.random() < 0.3 else self.word(chance)


Drill = Callable[[Alphabet, random.Random], tuple[list[int], list[int]]]
"""What is read and what is to be written, as tokens."""


def build_drills(tokenizer: Any, count: int, *, seed: int = 0) -> list[Rendered]:
    """Return `count` rows of one to three drills each, as a user's words and their repetition."""
    chance = random.Random(seed)
    alphabet = read_alphabet(tokenizer)
    return [_row(alphabet, chance) for _ in range(count)]


def read_alphabet(tokenizer: Any) -> Alphabet:
    """Find the tokens of drills in a tokenizer of ours."""
    marks = ["<|user|>", "<|assistant|>", "<|end|>", '": ["', '", "', '"], "']
    signs = ["Ġ", *"0123456789", *OPERATORS]
    known = [*marks, *signs]
    ids = dict(zip(known, tokenizer.convert_tokens_to_ids(known), strict=True))
    words = tuple(i for i in range(len(tokenizer)) if tokenizer.decode([i]).isalpha())
    return Alphabet(ids, words)


def _row(alphabet: Alphabet, chance: random.Random) -> Rendered:
    user, assistant, end = (alphabet.ids[m] for m in ("<|user|>", "<|assistant|>", "<|end|>"))
    ids: list[int] = []
    mask: list[int] = []
    for _ in range(chance.randint(1, 3)):
        read, said = chance.choice(DRILLS)(alphabet, chance)
        ids += [user, *read, end, assistant, *said, end]
        mask += [0] * (len(read) + 3) + [1] * (len(said) + 1)
    return Rendered(tuple(ids), tuple(mask))


def echo(alphabet: Alphabet, chance: random.Random) -> tuple[list[int], list[int]]:
    """Words with spaces here and there, to be written without them."""
    space = alphabet.ids["Ġ"]
    said = [chance.choice(alphabet.words) for _ in range(chance.randint(2, LONGEST))]
    return [t for w in said for t in ((w, space) if chance.random() < 0.5 else (w,))], said


def terms(alphabet: Alphabet, chance: random.Random) -> tuple[list[int], list[int]]:
    """Numbers and letters with operators between them, to be written as they stand."""
    said: list[int] = []
    for _ in range(chance.randint(2, 6)):
        said += [*alphabet.item(chance), alphabet.ids[chance.choice(OPERATORS)]]
    return said, said[:-1]


def items(alphabet: Alphabet, chance: random.Random) -> tuple[list[int], list[int]]:
    """Items with commas between them, to be written as the list of a call's argument."""
    listed = [alphabet.item(chance) for _ in range(chance.randint(2, 8))]
    comma, space = alphabet.ids[","], alphabet.ids["Ġ"]
    read = [t for item in listed for t in (*item, comma, space)][:-2]
    between = alphabet.ids['", "']
    written = [t for item in listed for t in (*item, between)][:-1]
    return read, [alphabet.ids['": ["'], *written, alphabet.ids['"], "']]


def figures(alphabet: Alphabet, chance: random.Random) -> tuple[list[int], list[int]]:
    """Two or three numbers among words, to be written with an operator between them."""
    space, sign = alphabet.ids["Ġ"], alphabet.ids[chance.choice(OPERATORS)]
    read: list[int] = [sign, space]
    said: list[int] = []
    for _ in range(chance.choice((2, 2, 3))):
        number = alphabet.number(chance)
        for word in (alphabet.word(chance) for _ in range(chance.randint(0, 3))):
            read += [*word, space]
        read += [*number, space]
        said += [*number, sign]
    return read, said[:-1]


DRILLS: Sequence[Drill] = (echo, terms, items, figures)
