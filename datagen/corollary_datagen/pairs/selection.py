"""Which of the possible pairs are kept: no twins, caps a problem, then rules over all pairs.

Guarantees the same choice for the same pairs and seed, whatever their order: a pair's rank is a
hash of what it says. The kept pairs stay in their order. The rules over all pairs (near-duplicates,
quotas) run in the staging file.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from corollary_datagen.chains.chain import message_calls
from corollary_datagen.pair import PairKind, PreferencePair
from corollary_datagen.pairs.near_duplicates import signature
from corollary_datagen.pairs.settings import PairSettings
from corollary_datagen.pairs.staging import StagedRow, Staging

Skip = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible pair. closeness: how near its rejected side came, from 0 to 1 (`closeness`)."""

    pair: PreferencePair
    closeness: float = 0.0


def step_kind(pair: PreferencePair) -> str:
    """What the chosen message of a pair does: the tool it calls first, or `answer`."""
    calls = message_calls(pair.chosen[0])
    return calls[0][0] if calls else "answer"


def without_twins(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Leave out pairs that say the same, and any that is contradicted by its own mirror image."""
    kept: dict[tuple[str, str, str], Candidate] = {}
    for candidate in candidates:
        kept.setdefault(_content(candidate.pair), candidate)
    return [one for key, one in kept.items() if (key[0], key[2], key[1]) not in kept]


def capped(
    candidates: Sequence[Candidate],
    caps: Mapping[PairKind, int],
    seed: int,
    *,
    closest: bool = True,
) -> list[Candidate]:
    """Keep at most caps[kind] of each kind; a kind without a cap stays whole.

    closest: by closeness, and by lot among equals; else by lot alone.
    """
    groups: dict[PairKind, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        groups[candidate.pair.kind].append(candidate)
    kept = {
        id(candidate)
        for kind, group in groups.items()
        for candidate in _ranked(group, seed, closest)[: caps.get(kind, len(group))]
    }
    return [candidate for candidate in candidates if id(candidate) in kept]


def staged_pair(pair: PreferencePair, settings: PairSettings, rank: str) -> StagedRow:
    """A pair as a row that the rules over all pairs can be applied to."""
    wanted = settings.near_duplicates is not None
    return StagedRow(
        kind=pair.kind,
        rank=rank,
        body=pair.model_dump_json(),
        step_kind=step_kind(pair),
        error_kind=pair.error_kind,
        signature=signature(pair, same_numbers=settings.same_numbers) if wanted else b"",
    )


def select(staging: Staging, settings: PairSettings, skip: Skip) -> None:
    """Apply the rules over all pairs: first near-duplicates, then the quotas, each if wanted."""
    if settings.near_duplicates is not None:
        for _ in range(staging.drop_alike(settings.near_duplicates)):
            skip("nearly the same as another pair")
    if settings.error_balance is not None:
        for kind in staging.kinds():
            dropped = staging.limit("error_kind", settings.error_balance, kind)
            _tell(dropped, f"over the quota of an error kind in {kind} pairs", skip)
    if settings.balance is not None:
        dropped = staging.limit("step_kind", settings.balance, "step")
        _tell(dropped, "over the quota of a step kind", skip)


def pair_rank(pair: PreferencePair, seed: int) -> str:
    """The hash that decides between pairs."""
    return _hash([seed, *_content(pair)])


def _tell(dropped: Mapping[str, int], reason: str, skip: Skip) -> None:
    for value, count in dropped.items():
        for _ in range(count):
            skip(f"{reason}: {value}")


def _ranked(candidates: Iterable[Candidate], seed: int, closest: bool) -> list[Candidate]:
    def order(one: Candidate) -> tuple[float, str]:
        return (-one.closeness if closest else 0.0, pair_rank(one.pair, seed))

    return sorted(candidates, key=order)


def _content(pair: PreferencePair) -> tuple[str, str, str]:
    return _hash(pair.prompt), _hash(pair.chosen), _hash(pair.rejected)


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
