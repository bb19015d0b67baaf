"""The local chat model against one-at-a-time `generate`: throughput, latency, grammar, memory.

The same starter, the same problems, the same graph, in one run. The other side renders the same
prompts and calls transformers' `generate` for one message after another, each from its first token.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Sequence
from functools import partial
from time import perf_counter
from typing import Any

import torch
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import BaseMessage, HumanMessage
from langchain_core.outputs import ChatResult

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
    ratio = median_figure("latency over generate", ratios, "times")
    yield Figure(ratio.figure, ratio.value, "times", 2.0, "higher", ratio.n, ratio.low, ratio.high)


def _grammar(model: LocalChatModel) -> Iterator[Figure]:
    """Milliseconds a token of one message, free and held to a grammar, in turn."""
    properties = {"text": {"type": "string", "maxLength": 4000}}
    parameters = {"type": "object", "properties": properties, "required": ["text"]}
    tool = {"type": "function", "function": {"name": "note", "parameters": parameters}}
    engine = Engine(model._engine.model, frozenset())
    times: dict[str, list[float]] = {"auto": [], "required": []}
    for seed in range(_DRAWS):
        for choice, values in times.items():
            given = {"tools": [tool], "tool_choice": choice, "temperature": 3.0, "seed": seed}
            asked = model._ask([HumanMessage("Note it.")], None, {**given, "max_tokens": _WRITTEN})
            began = perf_counter()
            (written,) = engine.decode(asked.requests())
            values.append((perf_counter() - began) * 1000 / max(1, len(written.tokens)))
    warm = {choice: values[3:] for choice, values in times.items()}
    free = median_figure("a token, free", warm["auto"], "ms")
    held = median_figure("a token, held to a grammar", warm["required"], "ms")
    yield free
    yield held
    cost = 100 * (held.value / free.value - 1)
    yield _once("grammar over free, a token", cost, "%", goal=15.0, lower=True)


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
