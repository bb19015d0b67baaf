"""Near-duplicates: signatures estimate likeness, bands find it, the staging keeps one of each."""

from __future__ import annotations

import random
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_pairs import step_pair

from corollary_datagen.pair import PreferencePair
from corollary_datagen.pairs.near_duplicates import (
    HASHES,
    band_count,
    bands,
    pair_shingles,
    signature,
    similarity,
)
from corollary_datagen.pairs.selection import pair_rank, staged_pair
from corollary_datagen.pairs.settings import PairSettings
from corollary_datagen.pairs.staging import Staging

WORDS = [f"{a}{b}" for a in "bcdfghk" for b in "aeiou"]


def wordy(words: list[str], **fields: object) -> PreferencePair:
    prompt = ({"role": "user", "content": " ".join(words)},)
    return step_pair("prove", 1, prompt=prompt, **fields)


def jaccard(one: PreferencePair, other: PreferencePair) -> float:
    left, right = set(pair_shingles(one)), set(pair_shingles(other))
    return len(left & right) / len(left | right)


def varied(words: list[str], changes: int, chance: random.Random) -> list[str]:
    changed = list(words)
    for place in chance.sample(range(len(words)), changes):
        changed[place] = chance.choice(WORDS)
    return changed


def kept(pairs: list[PreferencePair], threshold: float = 0.9) -> list[PreferencePair]:
    wanted = PairSettings(near_duplicates=threshold)
    with closing(Staging()) as staging:
        staging.add(staged_pair(p, wanted, pair_rank(p, 0)) for p in pairs)
        staging.drop_alike(threshold)
        return [PreferencePair.model_validate_json(body) for body in staging.bodies()]


@pytest.mark.parametrize("changes", [0, 1, 3, 8, 40])
def test_signatures_estimate_the_share_of_shingles(changes: int) -> None:
    chance = random.Random(changes)
    words = [chance.choice(WORDS) for _ in range(60)]
    for _ in range(10):
        one, other = wordy(words), wordy(varied(words, changes, chance))
        estimate = similarity(signature(one), signature(other))
        assert estimate == pytest.approx(jaccard(one, other), abs=4.5 * 0.5 / HASHES**0.5)


@given(st.lists(st.sampled_from(WORDS), max_size=30))
@settings(max_examples=30)
def test_the_same_pair_has_the_same_signature_and_bands(words: list[str]) -> None:
    signed = signature(wordy(words))
    assert signed == signature(wordy(list(words)))
    assert similarity(signed, signed) == 1.0
    assert list(bands(signed, 0.9)) == list(bands(signed, 0.9))
    assert len(set(bands(signed, 0.9))) == band_count(0.9)


def test_bands_are_as_few_as_find_what_is_alike() -> None:
    assert [band_count(t) for t in (0.95, 0.9, 0.8, 0.5)] == [8, 16, 32, 64]
    for threshold in (0.95, 0.9, 0.8):
        count = band_count(threshold)
        assert 1 - (1 - threshold ** (HASHES // count)) ** count >= 0.95


def test_one_of_each_group_of_alike_pairs_is_kept_whatever_the_order() -> None:
    chance = random.Random(7)
    groups = [[chance.choice(WORDS) for _ in range(300)] for _ in range(20)]
    pairs = [wordy(varied(words, 1, chance)) for words in groups for _ in range(5)]
    first = kept(pairs)
    chance.shuffle(pairs)
    again = kept(pairs)
    assert {p.prompt[0]["content"] for p in first} == {p.prompt[0]["content"] for p in again}
    likeness = [[jaccard(wordy(words), pair) for pair in first] for words in groups]
    assert all(sum(value > 0.8 for value in row) >= 1 for row in likeness), "each group is there"
    assert len(first) <= 24


def test_what_differs_is_kept() -> None:
    chance = random.Random(3)
    pairs = [wordy([chance.choice(WORDS) for _ in range(40)]) for _ in range(60)]
    assert kept(pairs) == pairs


def test_a_mirrored_pair_is_not_alike() -> None:
    chosen = ({"role": "assistant", "content": "the cow is nice and big and round and blue"},)
    rejected = ({"role": "assistant", "content": "the lion is cold but green and square too"},)
    one = step_pair("prove", 1, chosen=chosen, rejected=rejected)
    mirrored = step_pair("prove", 1, chosen=rejected, rejected=chosen)
    assert jaccard(one, mirrored) < 0.5


def test_numbers_count_as_one_where_they_should() -> None:
    one, other = wordy(["12", "apples", "and", "7"]), wordy(["48", "apples", "and", "5"])
    assert signature(one) != signature(other)
    assert signature(one, same_numbers=True) == signature(other, same_numbers=True)
