"""Near-duplicates: MinHash signatures of pairs, and the bands by which alike ones are found.

What is compared is what a pair teaches: the last message of the prompt, the chosen and the rejected
side. Signatures estimate the Jaccard similarity of two sets of shingles (Broder 1997); bands of a
signature meet where two texts are alike (Leskovec, Rajaraman, Ullman, Mining of Massive Datasets,
3.4). Linear in the number of pairs. Decides nothing: `staging` keeps the first of those alike.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

from corollary_agent.trace import Message
from corollary_datagen.chains.chain import message_calls
from corollary_datagen.pair import PreferencePair

HASHES = 128
"""Numbers in a signature: the estimate is off by about 0.03 at a similarity of 0.9."""

_LENGTH = 3
_TOKEN = re.compile(r"[^\W\d]\w*|\d+|[^\w\s]")
_SURE = 0.95


def signature(pair: PreferencePair, *, same_numbers: bool = False) -> bytes:
    """The MinHash signature of a pair. same_numbers: all numbers count as one."""
    shingles = {_hash(shingle) for shingle in pair_shingles(pair, same_numbers=same_numbers)}
    multipliers, offsets = _permutations()
    values = np.fromiter(shingles, dtype=np.uint64)[:, None]
    mixed = (values * multipliers + offsets) >> np.uint64(32)
    least: NDArray[np.uint32] = mixed.min(axis=0).astype(np.uint32)
    return least.tobytes()


def pair_shingles(pair: PreferencePair, *, same_numbers: bool = False) -> Iterator[str]:
    """Every run of three words or signs in what a pair teaches, and which part it stands in."""
    parts = {"prompt": pair.prompt[-1:], "chosen": pair.chosen, "rejected": pair.rejected}
    for name, messages in parts.items():
        tokens = [name, *_tokens(messages, same_numbers), name]
        for start in range(max(1, len(tokens) - _LENGTH + 1)):
            yield f"{name}:{' '.join(tokens[start : start + _LENGTH])}"


def similarity(left: bytes, right: bytes) -> float:
    """The estimated share of shingles that two signatures have in common, from 0 to 1."""
    return float((_numbers(left) == _numbers(right)).mean())


def bands(signed: bytes, threshold: float) -> Iterator[int]:
    """Keys of 63 bits, of which two texts at `threshold` share one with 95 % probability."""
    width = len(signed) // band_count(threshold)
    for start in range(0, len(signed), width):
        place = start.to_bytes(4, "little")
        yield _hash(place + signed[start : start + width]) >> 1


@cache
def band_count(threshold: float) -> int:
    """The fewest bands that find two texts at `threshold` with 95 % probability."""
    for count in (4, 8, 16, 32, 64):
        if 1 - (1 - threshold ** (HASHES // count)) ** count >= _SURE:
            return count
    return HASHES


def _tokens(messages: Iterable[Message], same_numbers: bool) -> Iterator[str]:
    for message in messages:
        yield str(message["role"])
        calls = [f"{name} {json.dumps(arguments)}" for name, arguments in message_calls(message)]
        for token in _TOKEN.findall(" ".join([str(message.get("content") or ""), *calls])):
            yield "0" if same_numbers and token.isdecimal() else token


def _numbers(signed: bytes) -> NDArray[np.uint32]:
    return np.frombuffer(signed, dtype=np.uint32)


@cache
def _permutations() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Odd multipliers and offsets modulo 2**64, always the same."""
    drawn = np.random.default_rng(20_240_817).integers(0, 2**63, (2, HASHES), dtype=np.uint64)
    return drawn[0] * np.uint64(2) + np.uint64(1), drawn[1]


def _hash(value: str | bytes) -> int:
    data = value.encode() if isinstance(value, str) else value
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")
