"""Which of the possible pairs are kept: no twins, a cap a problem, a balance between step kinds.

Guarantees the same choice for the same pairs and seed, whatever came before in the run: a pair's
rank is a hash of what it says. The kept pairs stay in their order.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from corollary_datagen.chains import message_calls
from corollary_datagen.pair import PairKind, PreferencePair


def step_kind(pair: PreferencePair) -> str:
    """What the chosen message of a pair does: the tool it calls first, or `answer`."""
    calls = message_calls(pair.chosen[0])
    return calls[0][0] if calls else "answer"


def without_twins(pairs: Iterable[PreferencePair]) -> list[PreferencePair]:
    """Leave out pairs that say the same, and any that is contradicted by its own mirror image."""
    kept: dict[tuple[str, str, str], PreferencePair] = {}
    for pair in pairs:
        kept.setdefault(_content(pair), pair)
    return [pair for key, pair in kept.items() if (key[0], key[2], key[1]) not in kept]


def capped(
    pairs: Sequence[PreferencePair], caps: Mapping[PairKind, int], seed: int
) -> list[PreferencePair]:
    """Keep at most caps[kind] pairs of each kind; a kind without a cap is kept whole."""
    groups: dict[PairKind, list[PreferencePair]] = defaultdict(list)
    for pair in pairs:
        groups[pair.kind].append(pair)
    kept = {
        id(pair)
        for kind, group in groups.items()
        for pair in _ranked(group, seed)[: caps.get(kind, len(group))]
    }
    return [pair for pair in pairs if id(pair) in kept]


def balanced(pairs: Sequence[PreferencePair], factor: float, seed: int) -> list[PreferencePair]:
    """Keep of each step kind at most `factor` times the mean number of all kinds.

    Only pairs of kind `step` are weighed against each other; the others pass.
    """
    counts = Counter(step_kind(pair) for pair in pairs if pair.kind == "step")
    if not counts:
        return list(pairs)
    most = max(1, int(factor * counts.total() / len(counts)))
    left: Counter[str] = Counter()
    dropped = set()
    for pair in _ranked([pair for pair in pairs if pair.kind == "step"], seed):
        left[step_kind(pair)] += 1
        if left[step_kind(pair)] > most:
            dropped.add(id(pair))
    return [pair for pair in pairs if id(pair) not in dropped]


def _ranked(pairs: Iterable[PreferencePair], seed: int) -> list[PreferencePair]:
    return sorted(pairs, key=lambda pair: _hash([seed, *_content(pair)]))


def _content(pair: PreferencePair) -> tuple[str, str, str]:
    return _hash(pair.prompt), _hash(pair.chosen), _hash(pair.rejected)


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
