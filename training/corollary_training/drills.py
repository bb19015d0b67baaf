"""Copy drills: random words to be written down again, the first thing that a student learns.

Reading a statement means copying its words into a formula, words never seen before included. A
model learns that from random words in a minute, because nothing but copying helps there; from
sentences of a known vocabulary it first learns the words by heart. Guarantees the same drills for
the same seed. Teaches no language.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from corollary_training.render import Rendered

LONGEST = 12
"""Words of a drill; a drill has at least two."""
DRILL_TOKENS = 45
"""What a row of drills has, about."""


def build_drills(tokenizer: Any, count: int, *, seed: int = 0) -> list[Rendered]:
    """Return `count` rows of one to three drills each, as a user's words and their repetition."""
    chance = random.Random(seed)
    words = _words(tokenizer)
    return [_row(tokenizer, words, chance) for _ in range(count)]


def _row(tokenizer: Any, words: Sequence[int], chance: random.Random) -> Rendered:
    user, assistant, end, space = tokenizer.convert_tokens_to_ids(
        ["<|user|>", "<|assistant|>", "<|end|>", "Ġ"]
    )
    ids: list[int] = []
    mask: list[int] = []
    for _ in range(chance.randint(1, 3)):
        said = [chance.choice(words) for _ in range(chance.randint(2, LONGEST))]
        read = [t for word in said for t in ((word, space) if chance.random() < 0.5 else (word,))]
        ids += [user, *read, end, assistant, *said, end]
        mask += [0] * (len(read) + 3) + [1] * (len(said) + 1)
    return Rendered(tuple(ids), tuple(mask))


def _words(tokenizer: Any) -> list[int]:
    """The tokens that are pieces of words."""
    return [i for i in range(len(tokenizer)) if tokenizer.decode([i]).isalpha()]
