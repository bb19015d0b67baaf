"""Call formats: texts of each family read whole, cut anywhere and streamed; forced calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, ToolMessage
from local_families import TEMPLATES, family_tokenizer, save_family

from corollary_agent.models.local import LocalChatModel
from corollary_agent.models.local.formats.detect import find_format
from corollary_agent.models.local.formats.gptoss import GptOss
from corollary_agent.models.local.formats.hermes import Hermes
from corollary_agent.models.local.formats.llama3 import Llama3
from corollary_agent.models.local.formats.mistral import Mistral
from corollary_agent.models.local.formats.segments import CallFormat
from corollary_agent.models.local.formats.text import TextCalls
from corollary_agent.models.local.options import schema_of
from corollary_agent.models.local.replies import ChunkWriter, Voice, to_message
from corollary_tools.errors import CorollaryError


def look(place: str, deep: int = 1) -> str:
    """Look somewhere."""
    return place * deep


TOOLS = [schema_of(look)]
HERE = ("look", {"place": 'a "b" {c}', "deep": 2})
JSON = '{"place": "a \\"b\\" {c}", "deep": 2}'
Sample = tuple[CallFormat, str, str, str, list[tuple[str, dict[str, Any]]]]
SAMPLES: list[Sample] = [
    (Hermes(), "plain words, x < 3", "plain words, x < 3", "", []),
    (
        Hermes(),
        f'<think>\nhm\n</think>\n\nI look.\n<tool_call>\n{{"name": "look", "arguments": {JSON}}}\n'
        f'</tool_call>\n<tool_call>{{"name": "look", "arguments": {{}}}}</tool_call>',
        "I look.",
        "hm",
        [HERE, ("look", {})],
    ),
    (Hermes(), f'{{"name": "look", "parameters": {JSON}}}', "", "", [HERE]),
    (Hermes(), '{"name": "Bob", "age": 3}', '{"name": "Bob", "age": 3}', "", []),
    (Llama3(), f'{{"name": "look", "parameters": {JSON}}}', "", "", [HERE]),
    (Llama3(), f'<|python_tag|>{{"name": "look", "parameters": {JSON}}}', "", "", [HERE]),
    (
        Llama3(),
        f'{{"name": "look", "parameters": {JSON}}}; {{"name": "look", "parameters": {{}}}}',
        "",
        "",
        [HERE, ("look", {})],
    ),
    (Llama3(), '<|python_tag|>look.call(place="x")', "", "", [("look", {"place": "x"})]),
    (Llama3(), "It is 3.", "It is 3.", "", []),
    (Mistral(), f'[TOOL_CALLS] [{{"name": "look", "arguments": {JSON}}}]', "", "", [HERE]),
    (
        Mistral(),
        f"[THINK]hm[/THINK]So.[TOOL_CALLS]look[ARGS]{JSON}[TOOL_CALLS]look[CALL_ID]1[ARGS]{{}}",
        "So.",
        "hm",
        [HERE, ("look", {})],
    ),
    (
        GptOss(),
        "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>commentary to="
        f"functions.look <|constrain|>json<|message|>{JSON}<|call|>",
        "",
        "hm",
        [HERE],
    ),
    (
        GptOss(),
        f" to=functions.look<|channel|>commentary json<|message|>{JSON}",
        "",
        "",
        [HERE],
    ),
    (GptOss(), "<|channel|>final<|message|>It is 3.", "It is 3.", "", []),
    (TextCalls(TOOLS), "It is 3.", "It is 3.", "", []),
    (TextCalls(TOOLS), 'look(place="x", deep=-1)', "", "", [("look", {"place": "x", "deep": -1})]),
    (TextCalls(TOOLS), 'Well: look("x")', "Well:", "", [("look", {"place": "x"})]),
    (TextCalls(TOOLS), 'answer("3")', "3", "", []),
    (TextCalls(TOOLS), 'look({"place": "x"})', "", "", [("look", {"place": "x"})]),
]
NAMES = [f"{format.name}-{number}" for number, (format, *_) in enumerate(SAMPLES)]


def streamed(voice: Voice, text: str) -> AIMessageChunk:
    """The sum of the chunks of a text that grows by one character at a time."""
    writer = ChunkWriter(voice)
    chunks = [AIMessageChunk(content="")]
    for end in range(len(text) + 1):
        chunks += writer.grow(text[:end])
    chunks += writer.finish(text)
    return sum(chunks[1:], chunks[0])  # type: ignore[return-value]


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_a_text_is_taken_apart(sample: Sample) -> None:
    format, text, words, thoughts, calls = sample
    message = to_message(Voice(format).read(text))
    assert message.content == words
    assert message.additional_kwargs.get("reasoning_content", "") == thoughts
    assert [(call["name"], call["args"]) for call in message.tool_calls] == calls
    assert not message.invalid_tool_calls


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_cut_anywhere_a_stream_is_the_message(sample: Sample) -> None:
    format, text, *_ = sample
    for end in {*range(0, len(text), 5), len(text) - 1, len(text)}:
        whole = to_message(Voice(format).read(text[:end]))
        total = streamed(Voice(format), text[:end])
        assert total.content == whole.content, text[:end]
        assert total.tool_calls == whole.tool_calls, text[:end]
        assert len(total.invalid_tool_calls) == len(whole.invalid_tool_calls), text[:end]
        assert total.additional_kwargs == whole.additional_kwargs, text[:end]


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_a_cut_call_never_passes_for_a_whole_one(sample: Sample) -> None:
    format, text, _, _, calls = sample
    for end in range(len(text)):
        message = to_message(Voice(format).read(text[:end]))
        for call, whole in zip(message.tool_calls, calls, strict=False):
            assert (call["name"], call["args"]) == whole, text[:end]
        for broken in message.invalid_tool_calls:
            assert broken["error"]


def test_thoughts_that_the_prompt_has_opened_end_at_their_mark() -> None:
    voice = Voice(Hermes(), thinking=True)
    message = to_message(voice.read("so it is\n</think>\n3"))
    assert message.content == "3"
    assert message.additional_kwargs["reasoning_content"] == "so it is"
    assert streamed(voice, "so it is\n</think>\n3").content == "3"


def test_where_one_call_is_wanted_the_first_counts() -> None:
    text = f'{{"name": "look", "parameters": {JSON}}}; {{"name": "look", "parameters": {{}}}}'
    voice = Voice(Llama3(), single=True)
    assert [call["args"] for call in voice.read(text).calls] == [HERE[1]]
    assert len(streamed(voice, text).tool_calls) == 1


@pytest.mark.parametrize("family", TEMPLATES)
def test_a_template_tells_its_family(family: str) -> None:
    assert find_format(family_tokenizer(family), "auto").name == family


def test_an_unknown_form_is_refused_with_the_known_ones() -> None:
    with pytest.raises(CorollaryError, match="hermess") as raised:
        find_format(family_tokenizer("hermes"), "hermess")
    assert raised.value.remedy.startswith("hermes, auto")


@pytest.mark.parametrize("family", TEMPLATES)
def test_a_random_model_of_any_family_makes_a_valid_call_when_forced(
    family: str, tmp_path: Path
) -> None:
    model = LocalChatModel(save_family(family, tmp_path), max_tokens=150)
    asked = [HumanMessage("Look around <|im_end|>[/INST]<|eot|>.")]
    bound = model.bind_tools([look], tool_choice="required")
    for seed in range(2):
        given = {"temperature": 1.5, "seed": seed}
        reply = bound.invoke(asked, **given)
        assert not reply.invalid_tool_calls
        assert set(reply.tool_calls[0]["args"]) <= {"place", "deep"}
        assert isinstance(reply.tool_calls[0]["args"]["place"], str)
        total = sum(bound.stream(asked, **given), AIMessageChunk(content=""))
        assert total.tool_calls == reply.tool_calls
    seen = ToolMessage("nothing", tool_call_id=str(reply.tool_calls[0]["id"]))
    later = bound.invoke([*asked, reply, seen], temperature=1.5, seed=1)
    assert later.tool_calls[0]["id"] == "call_1"


def test_a_response_template_is_read_by_transformers_and_made_tolerant() -> None:
    tokenizer = family_tokenizer("text")
    tokenizer.response_template = {
        "defaults": {"role": "assistant"},
        "start_anchor": "<|start|>assistant|",
        "fields": {
            "tool_calls": {
                "open": "<<",
                "close_pattern": ">>",
                "repeats": True,
                "content": "json",
                "transform": {"type": "function", "function": "{content}"},
            },
            "content": {"close_pattern": r"<\|eot\|>", "content": "text"},
        },
    }
    format = find_format(tokenizer, "auto").speaking(TOOLS)
    assert format.name == "template"
    good = to_message(Voice(format).read(f'So.<<{{"name": "look", "arguments": {JSON}}}>>'))
    assert isinstance(good, AIMessage)
    assert [(call["name"], call["args"]) for call in good.tool_calls] == [HERE]
    broken = to_message(Voice(format).read('So.<<{"name": "look", "argu'))
    assert not broken.tool_calls
    assert broken.invalid_tool_calls[0]["error"]
