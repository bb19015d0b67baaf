"""The starter behind the server: what a client sees is what the model says in process."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from langchain_core.language_models import BaseChatModel
from langchain_openai import ChatOpenAI
from serving import served

from corollary_agent.graph import build_agent
from corollary_agent.models.load import load_model
from corollary_agent.problem_text import read_problem
from corollary_agent.prompt import default_prompt
from corollary_agent.solve import solve_many
from corollary_agent.trace import Trace
from corollary_tools.toolkit import Toolkit

THEORY = "Bob is kind. If someone is kind then they are nice. Nice people are not cold. "
PROBLEMS = [read_problem(THEORY + f"Is Bob {word}?") for word in ("nice", "cold")]
ASK: dict[str, Any] = {
    "model": "starter",
    "messages": [{"role": "user", "content": "1. The cow is blue."}],
}


@pytest.fixture(scope="module")
def starter() -> BaseChatModel:
    return load_model("starter")


@pytest.fixture(scope="module")
def url(starter: BaseChatModel) -> Iterator[str]:
    with served(starter, "starter") as base:
        yield base


@pytest.fixture(scope="module")
def tools(toolkit: Toolkit) -> list[dict[str, Any]]:
    return list(toolkit.schemas())


def create(url: str, **change: Any) -> Any:
    client = openai.OpenAI(base_url=url, api_key="none", max_retries=0, timeout=600)
    return client.chat.completions.create(**(ASK | change))


def calls(trace: Trace) -> list[Any]:
    return [[(call.name, call.arguments) for call in step.calls] for step in trace.steps]


def test_the_same_answers_as_in_process(url: str, starter: BaseChatModel, toolkit: Toolkit) -> None:
    def traces(model: Any) -> list[Trace]:
        agent = build_agent(model, toolkit, prompt=default_prompt(starter))
        return asyncio.run(solve_many(agent, PROBLEMS))

    here = traces(starter)
    there = traces(ChatOpenAI(model="starter", base_url=url, api_key="none", temperature=0))
    assert any(trace.stop == "answered" for trace in here)
    assert [trace.answer for trace in there] == [trace.answer for trace in here]
    assert [calls(trace) for trace in there] == [calls(trace) for trace in here]
    tokens = [trace.usage.output_tokens for trace in here]
    assert [trace.usage.output_tokens for trace in there] == tokens


def test_a_stream_adds_up_to_the_whole(url: str, tools: list[Any]) -> None:
    whole = create(url, tools=tools).choices[0]
    chunks = [c.choices[0] for c in create(url, tools=tools, stream=True)]
    pieces = [call for c in chunks for call in c.delta.tool_calls or []]
    function = whole.message.tool_calls[0].function
    assert "".join(piece.function.arguments or "" for piece in pieces) == function.arguments
    assert [p.function.name for p in pieces if p.function.name] == [function.name]
    assert chunks[-1].finish_reason == whole.finish_reason == "tool_calls"


def test_a_cut_call_is_a_normal_answer(url: str, tools: list[Any]) -> None:
    whole = create(url, tools=tools, max_tokens=6).choices[0]
    assert whole.finish_reason == "length"
    assert whole.message.tool_calls or whole.message.content
    chunks = [c.choices[0] for c in create(url, tools=tools, max_tokens=6, stream=True)]
    assert chunks[-1].finish_reason == "length"


def test_choices_are_drawn_by_their_seed(url: str, tools: list[Any]) -> None:
    drawn = {"tools": tools, "n": 4, "temperature": 2.0, "seed": 5, "max_tokens": 12}

    def texts(**change: Any) -> list[str]:
        choices = create(url, **(drawn | change), logprobs=True).choices
        return ["".join(t.token for t in c.logprobs.content) for c in choices]

    first = texts()
    assert first == texts()
    assert len(set(first)) > 1
    assert texts(seed=6)[:3] == first[1:]


def test_logprobs_have_openais_form(url: str, tools: list[Any]) -> None:
    answer = create(url, tools=tools, logprobs=True, top_logprobs=2)
    rows = answer.choices[0].logprobs.content
    assert len(rows) == answer.usage.completion_tokens
    assert all(row.logprob <= 0 and len(row.top_logprobs) == 2 for row in rows)
    assert rows[0].top_logprobs[0].token == rows[0].token


def test_choice_of_tools_format_and_stops(url: str, tools: list[Any]) -> None:
    named = {"type": "function", "function": {"name": "calculate"}}
    made = create(url, tools=tools, tool_choice=named).choices[0].message.tool_calls
    assert [call.function.name for call in made] == ["calculate"]
    assert create(url, tools=tools, tool_choice="none").choices[0].message.tool_calls is None
    schema = {
        "type": "object",
        "properties": {"x": {"type": "integer", "minimum": 0, "maximum": 9}},
        "required": ["x"],
        "additionalProperties": False,
    }
    form = {"type": "json_schema", "json_schema": {"name": "digit", "schema": schema}}
    text = create(url, response_format=form).choices[0].message.content
    assert text.replace(" ", "").removeprefix('{"x":')[:-1].isdigit()
    assert "blue" not in str(create(url, tools=tools, stop="blue").choices[0].message)


def test_too_long_a_prompt_is_the_clients_error(url: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        create(url, messages=[{"role": "user", "content": "blue cow " * 9000}])
    assert caught.value.code == "context_length_exceeded"


def test_samples_of_one_request_share_one_reading_of_its_prompt(
    url: str, starter: BaseChatModel
) -> None:
    read: list[int] = []
    network: Any = starter._engine.model  # type: ignore[attr-defined]
    hook = network.register_forward_pre_hook(
        lambda module, args, kwargs: read.append(kwargs["input_ids"].numel()), with_kwargs=True
    )
    try:
        said = [{"role": "user", "content": "7. The cow is blue. " * 30}]
        reply = create(url, messages=said, n=6, temperature=1.0, seed=5, max_tokens=1)
    finally:
        hook.remove()
    assert len(reply.choices) == 6
    assert reply.usage.prompt_tokens > 150
    assert sum(read) <= reply.usage.prompt_tokens + 5
