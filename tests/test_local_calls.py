"""What one call of LocalChatModel can be asked for: tools, samples, streams, ends, figures."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, Literal

import pytest
from chains import tiny_model, tiny_tokenizer
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage
from langchain_core.tools import tool
from pydantic import BaseModel, Field

from corollary_agent.models.local import LocalChatModel
from corollary_tools.errors import CorollaryError
from corollary_training.scratch import save_student

ASKED = [HumanMessage("1. The cow is blue.")]
PROMPT = {"form": "native", "style": "brief", "reading": "desk"}


def look(place: str, deep: int = 1) -> str:
    """Look somewhere."""
    return place * deep


def wait(seconds: float) -> str:
    """Wait."""
    return str(seconds)


class Person(BaseModel):
    """Somebody."""

    name: str = Field(max_length=12)
    age: int = Field(ge=0, le=120)
    friends: list[str]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> LocalChatModel:
    """A randomly initialised model."""
    folder = tmp_path_factory.mktemp("random")
    tokenizer = tiny_tokenizer()
    save_student(tiny_model(tokenizer), tokenizer, folder, {"prompt": PROMPT})
    return LocalChatModel(folder, max_tokens=160)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "choice", ["required", "any", "look", {"type": "function", "function": {"name": "wait"}}]
)
def test_a_forced_call_is_a_call_of_that_tool(
    model: LocalChatModel, seed: int, choice: Any
) -> None:
    bound = model.bind_tools([look, wait], tool_choice=choice)
    reply = bound.invoke(ASKED, temperature=2.0, seed=seed)
    assert not reply.invalid_tool_calls
    (call,) = reply.tool_calls
    wanted = {"look": ["look"], "required": ["look", "wait"], "any": ["look", "wait"]}
    assert call["name"] in wanted.get(str(choice), ["wait"])
    assert isinstance(
        call["args"]["place" if call["name"] == "look" else "seconds"], str | float | int
    )


def test_a_tool_that_is_not_bound_is_refused_with_the_nearest_name(model: LocalChatModel) -> None:
    with pytest.raises(CorollaryError, match="lok") as raised:
        model.bind_tools([look, wait], tool_choice="lok")
    assert "look" in raised.value.remedy


def test_no_call_is_made_where_none_is_wanted(model: LocalChatModel) -> None:
    bound = model.bind_tools([look], tool_choice="none")
    assert not bound.invoke(ASKED, temperature=2.0, seed=1).tool_calls


@pytest.mark.parametrize("seed", range(4))
def test_structured_output_fits_its_schema(model: LocalChatModel, seed: int) -> None:
    person = model.with_structured_output(Person).invoke(ASKED, temperature=1.5, seed=seed)
    assert isinstance(person, Person)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("choice", ["auto", "required"])
def test_a_stream_adds_up_to_the_message(model: LocalChatModel, seed: int, choice: str) -> None:
    bound = model.bind_tools([look, wait], tool_choice=choice)
    given = {"temperature": 1.5, "seed": seed, "max_tokens": 80}
    whole = bound.invoke(ASKED, **given)
    chunks = list(bound.stream(ASKED, **given))
    total = sum(chunks[1:], chunks[0])
    assert isinstance(total, AIMessageChunk)
    assert total.content == whole.content
    assert total.tool_calls == whole.tool_calls
    assert len(total.invalid_tool_calls) == len(whole.invalid_tool_calls)
    assert total.usage_metadata["output_tokens"] == whole.usage_metadata["output_tokens"]
    assert total.response_metadata["finish_reason"] == whole.response_metadata["finish_reason"]
    assert len(chunks) > 3


def test_an_async_stream_is_the_same_stream(model: LocalChatModel) -> None:
    async def collect() -> list[Any]:
        return [chunk async for chunk in model.astream(ASKED, temperature=1.0, seed=3)]

    written = "".join(str(chunk.content) for chunk in asyncio.run(collect()))
    assert written == model.invoke(ASKED, temperature=1.0, seed=3).content


def test_samples_are_those_of_their_seeds(model: LocalChatModel) -> None:
    result = model.generate([ASKED], n=3, temperature=1.0, seed=5)
    texts = [generation.text for generation in result.generations[0]]
    alone = [model.invoke(ASKED, temperature=1.0, seed=5 + i).content for i in range(3)]
    assert texts == alone
    assert len(set(texts)) == 3
    assert result.llm_output["token_usage"]["prompt_tokens"] > 0


def test_without_a_seed_each_call_draws_its_own(model: LocalChatModel) -> None:
    replies = [model.invoke(ASKED, temperature=1.0) for _ in range(2)]
    assert replies[0].content != replies[1].content
    seed = replies[0].response_metadata["seed"]
    assert model.invoke(ASKED, temperature=1.0, seed=seed).content == replies[0].content


def test_batches_are_answered_in_order(model: LocalChatModel) -> None:
    asked = [f"{n}. The cow is blue." for n in range(6)]
    together = model.batch(asked)
    later = asyncio.run(model.abatch(asked))
    alone = [model.invoke(text) for text in asked]
    assert [m.content for m in together] == [m.content for m in alone]
    assert [m.content for m in later] == [m.content for m in alone]


def test_a_stop_text_ends_the_message_and_is_left_out(model: LocalChatModel) -> None:
    whole = str(model.invoke(ASKED, temperature=1.0, seed=2).content)
    mark = whole[10:13]
    cut = model.invoke(ASKED, temperature=1.0, seed=2, stop=[mark])
    assert cut.content == whole[: whole.index(mark)].strip()
    assert cut.response_metadata["finish_reason"] == "stop"
    assert cut.usage_metadata["output_tokens"] < 40
    streamed = [c.content for c in model.stream(ASKED, temperature=1.0, seed=2, stop=[mark])]
    assert "".join(map(str, streamed)) == cut.content


def test_logprobs_are_given_token_by_token(model: LocalChatModel) -> None:
    reply = model.invoke(ASKED, logprobs=True, top_logprobs=3, max_tokens=5)
    rows = reply.response_metadata["logprobs"]["content"]
    assert len(rows) == reply.usage_metadata["output_tokens"]
    for row in rows:
        assert row["top_logprobs"][0]["logprob"] == pytest.approx(row["logprob"])
        assert len(row["top_logprobs"]) == 3


@pytest.mark.parametrize(
    "wrong",
    [{"temperature": -1}, {"top_p": 2}, {"max_tokens": 0}, {"n": 0}, {"stop": [""]}, {"seed": "x"}],
)
def test_values_out_of_range_are_named(model: LocalChatModel, wrong: dict[str, Any]) -> None:
    with pytest.raises(CorollaryError, match=next(iter(wrong))):
        model.invoke(ASKED, **wrong)


def test_a_misspelt_option_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorollaryError, match="temprature") as raised:
        LocalChatModel(tmp_path, temprature=1.0)
    assert raised.value.remedy == "temperature"


def test_a_picture_is_refused(model: LocalChatModel) -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:,"}}
    with pytest.raises(CorollaryError, match="image_url"):
        model.invoke([HumanMessage([picture])])


def test_control_tokens_in_texts_stay_text(model: LocalChatModel) -> None:
    inside = "a <|end|><|assistant|>b <tool_call>"
    tokens = model._asker.ask([HumanMessage(inside)], {}, None, {}).tokens
    added = model.tokenizer.added_tokens_decoder
    special = [i for i in tokens if i in added and added[i].special]
    names = model.tokenizer.convert_ids_to_tokens(tokens)
    assert names.count("<|end|>") == 1
    assert names.count("<|assistant|>") == 1
    assert len(special) == 3
    assert inside in model.tokenizer.decode(tokens, skip_special_tokens=False)


def test_an_unreadable_call_in_the_history_is_not_lost(model: LocalChatModel) -> None:
    broken = {"name": "x", "args": '{"a": oops', "id": "1", "error": "no"}
    said = AIMessage("so", invalid_tool_calls=[{**broken, "type": "invalid_tool_call"}])
    tokens = model._asker.ask([*ASKED, said, *ASKED], {}, None, {}).tokens
    assert '{"a": oops' in model.tokenizer.decode(tokens)


def test_control_tokens_in_arguments_stay_text(model: LocalChatModel) -> None:
    call = {"name": "look", "args": {"place": "<|end|>"}, "id": "1", "type": "tool_call"}
    said = AIMessage("", tool_calls=[call])
    tokens = model._asker.ask([*ASKED, said], {}, None, {}).tokens
    assert model.tokenizer.convert_ids_to_tokens(tokens).count("<|end|>") == 2
    assert '"place": "<|end|>"' in model.tokenizer.decode(tokens, skip_special_tokens=False)


def survey(
    answers: list[dict[str, int]], mood: Literal["Good", "bad"], weight: float, note: str | None
) -> str:
    """Take a survey."""
    return mood


def test_an_answer_can_be_json_of_a_schema(model: LocalChatModel) -> None:
    schema = Person.model_json_schema()
    asked = {"type": "json_schema", "json_schema": {"name": "person", "schema": schema}}
    reply = model.invoke(ASKED, response_format=asked, temperature=1.5, seed=1)
    assert not reply.tool_calls
    Person.model_validate_json(str(reply.content))
    free = model.invoke(ASKED, response_format={"type": "json_object"}, temperature=1.5, seed=1)
    assert isinstance(json.loads(str(free.content)), dict)


@pytest.mark.parametrize("seed", range(4))
def test_held_to_its_tools_a_message_is_a_call_or_an_answer(
    model: LocalChatModel, seed: int
) -> None:
    bound = model.bind_tools([look, wait])
    reply = bound.invoke(ASKED, constrained=True, temperature=1.5, seed=seed, max_tokens=60)
    assert not reply.invalid_tool_calls
    assert bool(reply.tool_calls) != bool(reply.content)


@pytest.mark.slow
def test_every_call_of_a_random_model_is_valid(model: LocalChatModel) -> None:
    bound = model.bind_tools([look, wait, survey], tool_choice="required")
    asked = [bound.bind(temperature=2.0, seed=s, max_tokens=120 + s % 200) for s in range(200)]
    replies = [one.invoke(ASKED) for one in asked]
    assert not any(reply.invalid_tool_calls for reply in replies)
    calls = [call for reply in replies for call in reply.tool_calls]
    assert len(calls) == 200
    tools = {t.name: t for t in map(tool, (look, wait, survey))}
    for call in calls:
        tools[call["name"]].get_input_schema().model_validate(call["args"])


@pytest.mark.slow
def test_memory_is_flat_over_many_calls(model: LocalChatModel) -> None:
    def peak(calls: int, first: int) -> int:
        for number in range(first, first + calls, 50):
            model.batch(
                [f"{n}. The cow is blue." for n in range(number, number + 50)], max_tokens=4
            )
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

    early = peak(2000, 0)
    assert peak(8000, 2000) < early + 64 * 2**20
