"""Problems from reasoning-gym (the extra `gym`), by the names of its data sets.

Only families of algebra, arithmetic and logic whose answers one of our answer kinds holds exactly
are offered: not those that round, that answer in words, dates or hexadecimal, that have many right
answers, or (syllogism) that take "all" to say that there are some. A problem belongs to one split
by its text. reasoning-gym's own scorer has accepted the answer of every problem returned.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import count, cycle, islice
from typing import Any

from corollary_agent.problem import Domain, Problem
from corollary_datagen.generators.draft import belongs
from corollary_datagen.sources.families import digest
from corollary_datagen.sources.numbers import number_text, read_number
from corollary_tools.answer import Answer, AnswerKind
from corollary_tools.errors import CorollaryError

GYM_FAMILIES: dict[str, tuple[Domain, AnswerKind]] = {
    "simple_equations": ("math", "number"),
    "polynomial_multiplication": ("math", "expression"),
    "basic_arithmetic": ("math", "number"),
    "chain_sum": ("math", "number"),
    "count_bits": ("math", "number"),
    "decimal_chain_sum": ("math", "number"),
    "dice": ("math", "number"),
    "gcd": ("math", "number"),
    "gsm_symbolic": ("math", "number"),
    "lcm": ("math", "number"),
    "leg_counting": ("math", "number"),
    "number_format": ("math", "number"),
    "products": ("math", "number"),
    "aiw": ("logic", "number"),
    "circuit_logic": ("logic", "number"),
    "self_reference": ("logic", "number"),
}
_SEEDS = 2**31
# Entries are made when they are looked at, but some families draw their order for all at once.
_BATCH = 10_000


def load_gym(
    families: Sequence[str], *, split: str, limit: int | None = None, seed: int = 0
) -> list[Problem]:
    """Make `limit` problems (1000 unless told), the families in turn.

    Raises CorollaryError for an unknown family, and with exit code 3 without the extra.
    """
    gym = _gym()
    sets = [_problems(gym, _known(family), (split, seed)) for family in families]
    return [next(problems) for problems in islice(cycle(sets), 1000 if limit is None else limit)]


def _gym() -> Any:
    try:
        import reasoning_gym
    except ImportError as error:
        raise CorollaryError(
            "no problems from reasoning-gym",
            because="the package reasoning_gym is not installed",
            remedy="pip install 'corollary[gym]'",
            exit_code=3,
        ) from error
    return reasoning_gym


def _known(family: str) -> str:
    if family in GYM_FAMILIES:
        return family
    near = get_close_matches(family, GYM_FAMILIES, n=3) or ["simple_equations"]
    raise CorollaryError(
        f'no family "{family}" from reasoning-gym',
        because=f"those with exact answers are {', '.join(GYM_FAMILIES)}",
        remedy=f"--source gym:{' or gym:'.join(near)}",
    )


def _problems(gym: Any, family: str, key: tuple[str, int]) -> Iterator[Problem]:
    """The family's problems that belong to the split, without end."""
    split, seed = key
    start = random.Random(f"{family}/{split}/{seed}").randrange(_SEEDS)
    number = 0
    for batch in count():
        made = gym.create_dataset(family, size=_BATCH, seed=start + batch * _BATCH)
        for index in range(_BATCH):
            entry = made[index]
            problem = _problem(entry, (family, split, number))
            if problem and belongs(problem.family, split) and _accepted(made, entry):
                number += 1
                yield problem


def _problem(entry: dict[str, Any], key: tuple[str, str, int]) -> Problem | None:
    family, split, number = key
    domain, kind = GYM_FAMILIES[family]
    value = _value(str(entry["answer"]), kind)
    if value is None:
        return None
    return Problem(
        id=f"gym/{family}/{split}/{number}",
        source=f"gym:{family}",
        split=split,
        family=f"gym:{digest(entry['question'])}",
        domain=domain,
        question=entry["question"].strip(),
        asks=kind,
        answer=Answer(kind=kind, value=value),
        licence="Apache-2.0",
    )


def _value(answer: str, kind: AnswerKind) -> str | None:
    """The answer as its kind writes it; None where it does not fit."""
    if kind == "expression":
        return answer.replace("**", "^")
    top, _, bottom = answer.partition("/")
    numbers = [read_number(part) for part in (top, bottom or "1")]
    if numbers[0] is None or not numbers[1]:
        return None
    return number_text(numbers[0] / numbers[1])


def _accepted(made: Any, entry: dict[str, Any]) -> bool:
    return bool(made.score_answer(answer=entry["answer"], entry=entry) == 1.0)
