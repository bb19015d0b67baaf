"""Copy drills: what is to be written stands in what was read."""

from __future__ import annotations

import random

import pytest

from corollary_training.drills import DRILLS, build_drills, read_alphabet
from corollary_training.tokenizer import build_tokenizer

TEXTS = ["the cow is round and the bear chases the squirrel, 12 + 34"] * 40


@pytest.fixture(scope="module")
def tokenizer():
    return build_tokenizer(TEXTS, size=400)


def test_the_same_seed_gives_the_same_drills(tokenizer):
    assert build_drills(tokenizer, 30, seed=4) == build_drills(tokenizer, 30, seed=4)
    assert build_drills(tokenizer, 30, seed=4) != build_drills(tokenizer, 30, seed=5)


@pytest.mark.parametrize("drill", DRILLS, ids=lambda d: d.__name__)
def test_every_word_and_number_written_was_read(tokenizer, drill):
    alphabet = read_alphabet(tokenizer)
    frames = {alphabet.ids[frame] for frame in ('": ["', '", "', '"], "')}
    for seed in range(100):
        read, said = drill(alphabet, random.Random(seed))
        assert set(said) - frames <= set(read)


def test_only_what_is_to_be_written_is_trained(tokenizer):
    end, assistant = tokenizer.convert_tokens_to_ids(["<|end|>", "<|assistant|>"])
    for row in build_drills(tokenizer, 50):
        assert row.mask[0] == 0
        assert row.ids[-1] == end
        for index, trained in enumerate(row.mask):
            if trained and not row.mask[index - 1]:
                assert row.ids[index - 1] == assistant


def test_numbers_and_lists_are_among_the_drills(tokenizer):
    texts = [tokenizer.decode(row.ids) for row in build_drills(tokenizer, 200)]
    assert any('"], "' in text for text in texts)
    assert any(any(sign.isdigit() for sign in text) for text in texts)
