"""The engine: joining and leaving, shared beginnings, adapters, cancelled and failing calls."""

from __future__ import annotations

import time
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import pytest
import torch
from chains import tiny_model, tiny_tokenizer
from langchain_core.messages import HumanMessage
from peft import LoraConfig, get_peft_model
from test_local_decoder import MODEL, STOPS, by_generate, prompts
from transformers import LlamaForCausalLM

from corollary_agent.models.load import load_model
from corollary_agent.models.local import LocalChatModel
from corollary_agent.models.local.engine import Engine
from corollary_agent.models.local.requests import Request
from corollary_tools.errors import CorollaryError
from corollary_training.scratch import save_student

ASKED = [HumanMessage("1. The cow is blue.")]


def asked(prompt: list[int], count: int = 9, **given: Any) -> Request:
    return Request(tuple(prompt), max_tokens=count, **given)


def test_those_who_come_later_join_the_running_batch() -> None:
    engine = Engine(MODEL, frozenset())
    seen: list[int] = []

    def watch(token: int) -> bool:
        seen.append(token)
        if len(seen) == 5:
            late.append(engine.submit(asked(short, 3)))
        return False

    long, short = prompts(2)
    late: list[Any] = []
    first = engine.submit(asked(long, 400, watch=watch))
    while not late:
        time.sleep(0.001)
    late[0].result()
    assert not first.done()
    assert len(first.result().tokens) == 400


def test_more_than_fit_wait_their_turn() -> None:
    engine = Engine(MODEL, STOPS, size=3)
    chains = prompts(10)
    written = engine.decode([asked(chain) for chain in chains])
    assert [w.tokens for w in written] == [by_generate(chain, 9) for chain in chains]


def test_a_shared_beginning_is_computed_once() -> None:
    engine = Engine(MODEL, STOPS)
    head = prompts(1)[0] * 4
    chains = [head + tail for tail in prompts(6, seed=3)]
    written = engine.decode([asked(chain) for chain in chains])
    assert [w.tokens for w in written] == [by_generate(chain, 9) for chain in chains]
    assert sum(w.reused >= len(head) for w in written) == 5


def test_samples_share_one_reading_of_their_prompt() -> None:
    prompt = prompts(1)[0] * 3
    engine = Engine(MODEL, STOPS)
    drawn = engine.decode([asked(prompt, temperature=1.0, seed=s) for s in range(6)])
    assert sum(w.reused == len(prompt) - 1 for w in drawn) == 5
    alone = [Engine(MODEL, STOPS).decode([asked(prompt, temperature=1.0, seed=3)])[0]]
    assert drawn[3].tokens == alone[0].tokens


def test_memory_of_finished_messages_stays_within_its_bound() -> None:
    engine = Engine(MODEL, STOPS, megabytes=1)
    for seed in range(12):
        engine.decode([asked(chain * 6, 2) for chain in prompts(4, seed=seed)])
        cache = engine._holding._passes.cache
        assert cache.slots * cache.columns * cache.token_bytes <= 2**20 + 4 * 2**18
    written = engine.decode([asked(prompts(1)[0])])
    assert written[0].tokens == by_generate(prompts(1)[0], 9)


def test_a_cancelled_call_gives_its_place_back() -> None:
    engine = Engine(MODEL, frozenset(), size=1)
    first, second = prompts(2)
    begun: list[int] = []
    endless = engine.submit(asked(first, 100_000, watch=lambda token: begun.append(token)))  # type: ignore[func-returns-value]
    while not begun:
        time.sleep(0.001)
    assert endless.cancel()
    assert len(engine.submit(asked(second)).result().tokens) == 9
    with pytest.raises(CancelledError):
        endless.result()


def test_a_failing_watcher_fails_its_own_message_only() -> None:
    def fail(token: int) -> bool:
        raise RuntimeError("mine")

    engine = Engine(MODEL, STOPS)
    first, second = prompts(2)
    futures = [engine.submit(asked(first, watch=fail)), engine.submit(asked(second))]
    assert futures[1].result().tokens == by_generate(second, 9)
    with pytest.raises(RuntimeError, match="mine"):
        futures[0].result()


class Narrow(LlamaForCausalLM):
    """A model that has memory for a few rows only."""

    rows = 2

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        if len(kwargs["input_ids"]) > self.rows:
            raise torch.OutOfMemoryError("out of memory")
        return super().forward(*args, **kwargs)


def narrow(rows: int) -> Narrow:
    model = Narrow(MODEL.config)
    model.load_state_dict(MODEL.state_dict())
    model.rows = rows
    return model.eval()


def test_out_of_memory_halves_the_batch_and_says_so() -> None:
    engine = Engine(narrow(2), STOPS)
    chains = prompts(7)
    with pytest.warns(RuntimeWarning, match="out of memory"):
        written = engine.decode([asked(chain) for chain in chains])
    assert [w.tokens for w in written] == [by_generate(chain, 9) for chain in chains]


def test_no_memory_for_one_message_is_a_clear_error() -> None:
    future = Engine(narrow(0), STOPS).submit(asked(prompts(1)[0]))
    with pytest.raises(CorollaryError, match="no memory"):
        future.result()


def test_the_thread_of_an_idle_engine_ends_and_another_begins() -> None:
    engine = Engine(MODEL, STOPS)
    prompt = prompts(1)[0]
    engine.decode([asked(prompt)])
    thread = engine._thread
    assert thread is not None
    thread.join(timeout=60)
    assert engine._thread is None
    assert engine.decode([asked(prompt)])[0].tokens == by_generate(prompt, 9)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    tokenizer = tiny_tokenizer()
    save_student(tiny_model(tokenizer), tokenizer, folder, {"prompt": {"style": "brief"}})
    for seed, name in enumerate(("planner", "solver")):
        model = tiny_model(tokenizer)
        torch.manual_seed(seed)
        settings = LoraConfig(r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=False)
        get_peft_model(model, settings).save_pretrained(folder / name)
    return folder


def test_adapters_share_the_base_and_are_batched_apart(base: Path) -> None:
    model = LocalChatModel(base, max_tokens=12)
    adapters = ["base", str(base / "planner"), str(base / "solver")] * 2
    futures = [
        model._engine.submit(model._ask(list(ASKED), None, {"adapter": a}).requests()[0])
        for a in adapters
    ]
    together = [future.result().tokens for future in futures]
    assert together[:3] == together[3:]
    assert len(set(together)) == 3
    alone = [
        load_model(f"local:{base}@{base / name}", max_tokens=12).invoke(ASKED).content
        for name in ("planner", "solver")
    ]
    assert [model.bind(adapter=a).invoke(ASKED).content for a in adapters[1:3]] == alone
    assert model.invoke(ASKED).content not in alone


def test_a_model_with_another_adapter_has_its_own_name(base: Path) -> None:
    model = LocalChatModel(base, max_tokens=12)
    solver = model.with_adapter(base / "solver")
    assert solver.model_spec == f"local:{base}@{base / 'solver'}"
    assert solver._engine is model._engine
    assert solver.invoke(ASKED).response_metadata["model_name"] == solver.model_spec
    assert solver.invoke(ASKED, adapter="base").content == model.invoke(ASKED).content


def test_an_adapter_that_is_none_fails_its_own_call(base: Path, tmp_path: Path) -> None:
    model = LocalChatModel(base, max_tokens=12)
    with pytest.raises(CorollaryError, match=str(tmp_path)):
        model.invoke(ASKED, adapter=str(tmp_path))
    assert model.invoke(ASKED).content
