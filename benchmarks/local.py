"""The local chat model against `generate` and continuous batching: throughput, latency, grammar.

The same starter, the same problems, the same graph, in one run. The other side renders the same
prompts and calls transformers' `generate` for one message after another, each from its first token.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Any

import torch
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import BaseMessage, HumanMessage
from langchain_core.outputs import ChatResult
from transformers import ContinuousBatchingConfig, GenerationConfig

from benchmarks.figure import Figure, median_figure, milliseconds
from corollary_agent.graph import build_agent
from corollary_agent.limits import Limits
from corollary_agent.models.load import student_path
from corollary_agent.models.local.engine import Engine
from corollary_agent.models.local.model import LocalChatModel
from corollary_agent.models.local.requests import Completion, Request
from corollary_agent.problem import Problem
from corollary_agent.solve import solve, solve_many
from corollary_agent.trace import Trace
from corollary_datagen.sources import load_problems
from corollary_tools.toolkit import Toolkit, load_toolkit

PROBLEMS = 64
_PROMPT, _STEPS, _CHAINS = 1200, 6, 5
_DRAWS, _WRITTEN = 23, 300
_ROUNDS, _SHORT = 5, 48


class OneAtATime(LocalChatModel):
    """The same model, decoded by `generate`: no batch, nothing kept from one call to the next.

    cached: keep keys and values within a message, as `generate` does unless told otherwise.
    """

    cached: bool = True

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        asked = self._ask(messages, stop, kwargs)
        written = generated(self.network, asked.requests()[0], cached=self.cached)
        return self._asker.result(asked, [written])

    @property
    def network(self) -> Any:
        """The transformers model."""
        return self._engine.model


def generated(network: Any, request: Request, *, cached: bool = True) -> Completion:
    """What `generate` writes for one request."""
    prompt = torch.tensor([request.tokens], device=network.device)
    written = network.generate(
        prompt,
        attention_mask=torch.ones_like(prompt),
        max_new_tokens=request.max_tokens,
        do_sample=False,
        use_cache=cached,
    )[0, len(request.tokens) :].tolist()
    ended = written[-1] == network.generation_config.eos_token_id
    return Completion(tuple(written[:-1] if ended else written), ended)


def run() -> Iterator[Figure]:
    """Yield throughput and equality on problems, latency of a chain, the cost of a grammar."""
    torch.set_num_threads(1)
    path = student_path("starter")
    plain, ours = OneAtATime(path), LocalChatModel(path)
    with load_toolkit("all") as toolkit:
        yield from _throughput([OneAtATime(path, cached=False), plain, ours], toolkit)
    yield from _latency(plain)
    yield from _grammar(ours)
    yield from _continuous(ours)


def _throughput(models: Sequence[LocalChatModel], toolkit: Toolkit) -> Iterator[Figure]:
    """The problems one at a time without and with `generate`'s own cache, then all together."""
    problems = load_problems("generated", split="bench", limit=PROBLEMS, seed=1)
    limits = Limits(steps=60, seconds=3600)
    solved, seconds = [], []
    for model in models:
        agent = build_agent(model, toolkit, limits)
        solve(agent, problems[0])
        began = perf_counter()
        solved.append(_solved(agent, problems, together=model is models[-1]))
        seconds.append(perf_counter() - began)
    names = ("generate without cache", "generate", "local chat model")
    for name, spent in zip(names, seconds, strict=True):
        yield _once(f"problems, {name}", len(problems) / spent, "/s")
    bare, cached, ours = seconds
    yield _once("throughput over generate without cache", bare / ours, "times", goal=8.0)
    yield _once("throughput over generate", cached / ours, "times")
    yield _once("equal answers", min(_equal(s, solved[-1]) for s in solved[:-1]), "%", goal=100.0)


def _solved(agent: Any, problems: Sequence[Problem], *, together: bool) -> list[Trace]:
    if together:
        return asyncio.run(solve_many(agent, problems, concurrency=len(problems)))
    return [solve(agent, problem) for problem in problems]


def _latency(plain: OneAtATime) -> Iterator[Figure]:
    """The steps of chains whose prompt has more than a thousand tokens when they begin."""
    times: dict[str, list[float]] = {"generate": [], "prefix reuse": []}
    for seed in range(_CHAINS):
        chance = random.Random(seed)
        engine = Engine(plain.network, frozenset())
        prompt = _tokens(chance, _PROMPT)
        engine.decode([Request(prompt, max_tokens=1)])
        for _ in range(_STEPS):
            request = Request(prompt, max_tokens=16)
            reused = partial(engine.decode, [request])
            times["prefix reuse"].append(milliseconds(reused))
            fresh = partial(generated, plain.network, request)
            times["generate"].append(milliseconds(fresh))
            prompt = (*prompt, *_tokens(chance, 40))
    for name, values in times.items():
        yield median_figure(f"a step of 16 tokens on {_PROMPT}, {name}", values, "ms")
    pairs = zip(times["generate"], times["prefix reuse"], strict=True)
    ratios = [slow / fast for slow, fast in pairs]
    yield _median("latency over generate", ratios, "times", goal=2.0)


def _grammar(model: LocalChatModel) -> Iterator[Figure]:
    """Milliseconds a token of one message, free and held to a grammar, in turn; as many tokens."""
    text = {"text": {"type": "string", "minLength": 3 * _WRITTEN, "maxLength": 4000}}
    row = {"count": {"type": "integer"}, "kind": {"enum": ["good", "bad"]}}
    rows = {"rows": {"type": "array", "minItems": _WRITTEN, "items": _object(row)}}
    for name, properties in (("a long text", text), ("rows of a table", rows)):
        times: dict[str, list[float]] = {"auto": [], "required": []}
        for seed in range(_DRAWS):
            for choice, values in times.items():
                values.append(_written(model, _object(properties), choice, seed))
        warm = {choice: values[3:] for choice, values in times.items()}
        yield median_figure(f"a token of {name}, free", warm["auto"], "ms")
        yield median_figure(f"a token of {name}, held to a grammar", warm["required"], "ms")
        costs = [100 * (h / f - 1) for f, h in zip(warm["auto"], warm["required"], strict=True)]
        yield median_figure(f"grammar over free, {name}", costs, "%", goal=15.0)


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _written(model: LocalChatModel, parameters: dict[str, Any], choice: str, seed: int) -> float:
    """Milliseconds a token of a message that is ended after so many, far from any bound."""
    tool = {"type": "function", "function": {"name": "note", "parameters": parameters}}
    given = {"tools": [tool], "tool_choice": choice, "temperature": 3.0, "seed": seed}
    request = model._ask([HumanMessage("Note it.")], None, given).requests()[0]
    count = iter(range(1, _WRITTEN))
    ended = replace(request, max_tokens=60_000, watch=lambda _: next(count, None) is None)
    engine = Engine(model._engine.model, frozenset())
    began = perf_counter()
    (written,) = engine.decode([ended])
    return (perf_counter() - began) * 1000 / len(written.tokens)


def _continuous(model: LocalChatModel) -> Iterator[Figure]:
    """Tokens a second of free greedy messages against transformers' continuous batching, in turn.

    Its manager is running and warm, with room for all messages at once, as ours has.
    """
    chance = random.Random(0)
    prompts = [_tokens(chance, chance.randrange(100, 300)) for _ in range(PROBLEMS)]
    network = model._engine.model
    stop = min(model._engine._stops)
    settings = GenerationConfig(
        max_new_tokens=_SHORT, do_sample=False, eos_token_id=stop, pad_token_id=stop
    )
    room = ContinuousBatchingConfig(num_blocks=1024, max_batch_tokens=4096, page_size=32)
    manager = network.init_continuous_batching(
        generation_config=settings, continuous_batching_config=room
    )
    manager.start()
    rates: dict[str, list[float]] = {"ours": [], "transformers": []}
    same: list[bool] = []
    try:
        for _ in range(_ROUNDS + 1):
            began = perf_counter()
            engine = Engine(network, model._engine._stops)
            ours = engine.decode([Request(prompt, max_tokens=_SHORT) for prompt in prompts])
            rates["ours"].append(sum(len(w.tokens) for w in ours) / (perf_counter() - began))
            began = perf_counter()
            theirs = _managed(manager, prompts)
            written = [tuple(t for t in tokens if t != stop) for tokens in theirs]
            rates["transformers"].append(sum(map(len, written)) / (perf_counter() - began))
            same += [a.tokens == b for a, b in zip(ours, written, strict=True)]
    finally:
        manager.stop(block=True)
    for name, values in rates.items():
        yield _median(f"tokens, continuous batching, {name}", values[1:], "/s")
    ratios = [a / b for a, b in zip(rates["ours"][1:], rates["transformers"][1:], strict=True)]
    yield _median("ours over transformers' continuous batching", ratios, "times")
    yield _once("equal messages, continuous batching", 100 * sum(same) / len(same), "%")


def _managed(manager: Any, prompts: Sequence[tuple[int, ...]]) -> list[list[int]]:
    """What a running manager writes for prompts that arrive together, in their order."""
    asked = [manager.add_request(list(p), max_new_tokens=_SHORT) for p in prompts]
    done: dict[str, list[int]] = {}
    while len(done) < len(asked):
        result = manager.get_result(timeout=60)
        if result is None:
            raise RuntimeError("transformers' continuous batching has stopped")
        if result.is_finished():
            done[result.request_id] = list(result.generated_tokens)
    return [done[name] for name in asked]


def _median(
    figure: str, values: Sequence[float], unit: str, *, goal: float | None = None
) -> Figure:
    return replace(median_figure(figure, values, unit, goal=goal), better="higher")


def _once(
    figure: str, value: float, unit: str, *, goal: float | None = None, lower: bool = False
) -> Figure:
    better = "lower" if lower else "higher"
    return Figure(figure, value, unit, goal, better, 1, value, value)


def _equal(left: Sequence[Trace], right: Sequence[Trace]) -> float:
    same = [a.answer == b.answer and a.stop == b.stop for a, b in zip(left, right, strict=True)]
    return 100 * sum(same) / len(same)


def _tokens(chance: random.Random, count: int) -> tuple[int, ...]:
    return tuple(chance.randrange(5, 1000) for _ in range(count))
