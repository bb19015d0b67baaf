"""A student from nothing: excerpts are whole steps, the curriculum grows, and a tiny one learns."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import torch
from chains import TINY, logic_chain, tiny_tokenizer
from transformers import AutoModelForCausalLM, AutoTokenizer

from corollary_training.progress import Progress
from corollary_training.render import Rendered, render_chain
from corollary_training.scratch import (
    IGNORED,
    build_model,
    collate,
    excerpt,
    save_student,
    train_from_scratch,
)

TOKENIZER = tiny_tokenizer()
CHAINS = [render_chain(TOKENIZER, logic_chain(animal)) for animal in ("cow", "lion")]


def test_an_excerpt_is_whole_steps_and_opens_as_a_users_turn() -> None:
    chain, opening = CHAINS[0], CHAINS[0].ids[0]
    seen = set()
    for seed in range(30):
        cut = excerpt(chain, 30, opening, random.Random(seed))
        text = TOKENIZER.decode(cut.ids)
        seen.add(text)
        assert text.startswith("<|user|>")
        assert text.endswith("<|end|>")
        assert cut.mask[-1] == 1
        assert len(cut.ids) == len(cut.mask)
        assert not any(
            m for i, m in zip(cut.ids, cut.mask, strict=True) if TOKENIZER.decode([i])[:2] == "<|u"
        )
    assert len(seen) >= 2


def test_a_chain_that_fits_is_not_cut() -> None:
    chain = CHAINS[0]
    assert excerpt(chain, len(chain.ids), 0, random.Random(0)) is chain


def test_collated_labels_are_the_written_tokens_alone() -> None:
    ids, labels, attention = collate(CHAINS, pad=0)
    for row, chain in enumerate(CHAINS):
        written = [i for i, m in zip(chain.ids, chain.mask, strict=True) if m]
        assert labels[row][labels[row] != IGNORED].tolist() == written
        assert int(attention[row].sum()) == len(chain.ids)
        assert ids[row, : len(chain.ids)].tolist() == list(chain.ids)


def test_training_learns_and_the_same_seed_gives_the_same_weights() -> None:
    told: list[Progress] = []
    models = []
    for _ in range(2):
        model = build_model(TOKENIZER, TINY)
        train_from_scratch(model, CHAINS, TINY, on_progress=told.append)
        models.append(model.state_dict())
    assert told[-1].loss < 0.5 * told[0].loss
    assert told[-1].done >= TINY.tokens
    assert all(torch.equal(models[0][name], models[1][name]) for name in models[0])


def test_a_plan_can_be_stopped_before_its_end() -> None:
    """Up to the stop, the steps are those of the whole plan."""
    runs = []
    for settings in (TINY, TINY.model_copy(update={"stop": TINY.tokens // 2})):
        told: list[Progress] = []
        train_from_scratch(
            build_model(TOKENIZER, settings), CHAINS, settings, on_progress=told.append
        )
        runs.append(told)
    whole, stopped = runs
    assert stopped[-1].done < whole[-1].done
    assert stopped[-1].done >= TINY.tokens // 2
    common = len(stopped) - 1
    assert common > 0
    assert [t.loss for t in stopped[:common]] == [t.loss for t in whole[:common]]


def test_a_saved_student_is_loaded_with_its_template_and_card(tmp_path: Path) -> None:
    model = build_model(TOKENIZER, TINY)
    save_student(model, TOKENIZER, tmp_path, {"prompt": {"style": "brief"}})
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    assert loaded.chat_template == TOKENIZER.chat_template
    assert render_chain(loaded, logic_chain()) == CHAINS[0]
    weights = AutoModelForCausalLM.from_pretrained(tmp_path, use_safetensors=True)
    assert weights.num_parameters() == model.num_parameters()
    assert json.loads((tmp_path / "corollary.json").read_text()) == {"prompt": {"style": "brief"}}


@pytest.mark.parametrize("limit", [1, 20, 45, 60])
def test_an_excerpt_is_never_longer_than_asked_but_for_one_step(limit: int) -> None:
    chain = CHAINS[0]
    cut = excerpt(chain, limit, chain.ids[0], random.Random(limit))
    turns = sum(TOKENIZER.decode([i]) == "<|assistant|>" for i in cut.ids)
    assert len(cut.ids) <= limit or turns == 1
    assert isinstance(cut, Rendered)
