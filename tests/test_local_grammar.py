"""What a grammar lets through without a mask is what its mask lets through."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import torch
from chains import tiny_model, tiny_tokenizer
from test_local_calls import ASKED, PROMPT, look, survey, wait

from corollary_agent.models.local import LocalChatModel
from corollary_agent.models.local.draw import draw
from corollary_agent.models.local.engine import Engine
from corollary_agent.models.local.grammar import Matcher
from corollary_agent.models.local.options import schema_of
from corollary_agent.models.local.requests import Request, new_row
from corollary_training.scratch import save_student

TOOLS = [schema_of(tool) for tool in (look, wait, survey)]
REQUIRED, HELD = {"tool_choice": "required"}, {"constrained": True}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> LocalChatModel:
    """A randomly initialised model."""
    folder: Path = tmp_path_factory.mktemp("random")
    tokenizer = tiny_tokenizer()
    save_student(tiny_model(tokenizer), tokenizer, folder, {"prompt": PROMPT})
    return LocalChatModel(folder)


def request(model: LocalChatModel, given: dict[str, Any]) -> Request:
    return model._ask(ASKED, None, {"tools": TOOLS, "max_tokens": 300, **given}).requests()[0]


@pytest.mark.parametrize("given", [REQUIRED, HELD])
@pytest.mark.parametrize("seed", range(5))
def test_one_token_is_judged_as_its_mask_says(
    model: LocalChatModel, given: dict[str, Any], seed: int
) -> None:
    chance = random.Random(seed)
    matcher = request(model, given).constraint
    assert isinstance(matcher, Matcher)
    for left in range(260, 0, -1):
        mask = matcher.allowed(left)
        allowed = mask.nonzero()[:, 0].tolist()
        asked = [*chance.sample(range(len(mask)), 60), *allowed[:60]]
        assert [matcher.allows(t, left) for t in asked] == [bool(mask[t]) for t in asked]
        if forced := matcher.forced():
            assert allowed == [forced[0]]
        go_on = [token for token in allowed if token not in model._engine._stops]
        if not go_on:
            break
        matcher.take(chance.choice(go_on))
        if matcher.finished:
            break


def by_mask(network: Any, asked: Request, stops: frozenset[int]) -> tuple[int, ...]:
    """Greedy decoding from scratch, with the whole mask at each token."""
    assert asked.constraint is not None
    written: list[int] = []
    while len(written) < asked.max_tokens and not asked.constraint.finished:
        ids = torch.tensor([[*asked.tokens, *written]])
        with torch.inference_mode():
            logits = network(input_ids=ids).logits[0, -1]
        mask = asked.constraint.allowed(asked.max_tokens - len(written))
        token = int(logits.masked_fill(~mask, -torch.inf).argmax())
        if token in stops:
            break
        written.append(token)
        asked.constraint.take(token)
    return tuple(written)


@pytest.mark.parametrize("given", [REQUIRED, {"tool_choice": "survey"}, HELD])
def test_greedy_tokens_are_those_of_masks_alone_and_in_a_batch(
    model: LocalChatModel, given: dict[str, Any]
) -> None:
    engine = model._engine
    expected = by_mask(engine.model, request(model, given), engine._stops)
    alone = engine.decode([request(model, given)])
    together = engine.decode([request(model, given) for _ in range(7)])
    assert [written.tokens for written in (*alone, *together)] == [expected] * 8
    for written in (*alone, *together):
        assert len(written.logprobs) in (len(expected), len(expected) + 1)
        assert written.logprob == pytest.approx(alone[0].logprob, abs=1e-3)


def test_what_is_known_ahead_is_read_with_one_pass(model: LocalChatModel) -> None:
    passes: list[int] = []
    network = model._engine.model
    hook = network.register_forward_pre_hook(
        lambda module, args, kwargs: passes.append(kwargs["input_ids"].shape[1]), with_kwargs=True
    )
    try:
        written = Engine(network, model._engine._stops).decode([request(model, REQUIRED)])
    finally:
        hook.remove()
    assert len(passes) < len(written[0].tokens)
    assert max(passes[1:]) > 1


def test_a_seeded_draw_is_the_same_alone_and_among_others(model: LocalChatModel) -> None:
    def asked(seed: int) -> Request:
        return request(model, {**REQUIRED, "temperature": 1.3, "seed": seed})

    alone = [model._engine.decode([asked(seed)])[0].tokens for seed in range(6)]
    together = model._engine.decode([asked(seed) for seed in range(6)])
    assert [written.tokens for written in together] == alone


def test_draws_keep_the_distribution_of_what_is_allowed() -> None:
    """Freely drawn, refused and drawn again: each allowed token as often as a mask would give."""

    class Even:
        finished = False

        def forced(self) -> list[int]:
            return []

        def allows(self, token: int, left: int) -> bool:
            return token % 2 == 0

        def allowed(self, left: int) -> torch.Tensor:
            return torch.arange(6) % 2 == 0

        def take(self, token: int) -> None:
            pass

    weights = torch.tensor([1.0, 5.0, 2.0, 3.0, 1.0, 0.5])
    asked = Request((1,), max_tokens=4000, temperature=1.0, seed=7, constraint=Even())
    row = new_row(asked)
    for _ in range(4000):
        draw([row], weights.log()[None, None], frozenset())
    shares = [row.written.count(token) / 4000 for token in range(6)]
    assert shares == pytest.approx([0.25, 0, 0.5, 0, 0.25, 0], abs=0.03)
