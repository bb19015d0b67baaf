"""LocalChatModel: loading, tool calls, batches that arrive together, the graph, clear errors."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from chains import KNOWN, logic_chain, tiny_tokenizer
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from tokenizers import pre_tokenizers

from corollary_agent.graph import build_agent
from corollary_agent.models.load import load_model
from corollary_agent.models.local import LocalChatModel
from corollary_agent.models.local.replies import to_message
from corollary_agent.models.local.tokens import PromptTokens
from corollary_agent.models.local_text import parse, render
from corollary_agent.problem import Problem
from corollary_agent.solve import solve, solve_many
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit


def problem(animal: str) -> Problem:
    return Problem(
        id=animal,
        source="test",
        split="test",
        family=animal,
        domain="logic",
        statements=(f"The {animal} is blue.",),
        question=f"is it true? The {animal} is blue.",
        asks="truth",
    )


def test_it_calls_a_tool_and_reads_the_result(taught: Path) -> None:
    model = LocalChatModel(taught)
    asked = [HumanMessage("1. The cow is blue.")]
    reply = model.invoke(asked)
    assert isinstance(reply, AIMessage)
    assert reply.tool_calls[0]["name"] == "premise"
    assert reply.tool_calls[0]["args"] == {"n": 1, "formula": "blue(cow)"}
    assert reply.usage_metadata is not None
    assert reply.usage_metadata["output_tokens"] > 5
    question = ToolMessage("Question: is it true? The cow is blue.", tool_call_id="call_0")
    assert model.invoke([*asked, reply, question]).tool_calls[0]["name"] == "prove"


def test_the_student_drives_the_graph(taught: Path, toolkit: Toolkit) -> None:
    model = load_model(f"local:{taught}")
    trace = solve(build_agent(model, toolkit), problem("lion"))
    assert trace.stop == "answered"
    assert trace.answer is not None
    assert trace.answer.value == "True"
    assert trace.model == f"local:{taught}"


def test_many_at_once_write_what_each_writes_alone(taught: Path, toolkit: Toolkit) -> None:
    agent = build_agent(load_model(f"local:{taught}"), toolkit)
    problems = [problem(animal) for animal in KNOWN]
    together = asyncio.run(solve_many(agent, problems, concurrency=3))
    alone = [solve(agent, one) for one in problems]
    assert [t.messages for t in together] == [t.messages for t in alone]


def test_max_tokens_cuts_and_says_so(taught: Path) -> None:
    reply = LocalChatModel(taught).invoke([HumanMessage("1. The cow is blue.")], max_tokens=4)
    assert reply.response_metadata["finish_reason"] == "length"
    assert reply.invalid_tool_calls
    assert not reply.tool_calls


def test_a_prompt_longer_than_the_context_is_refused_before_any_work(taught: Path) -> None:
    with pytest.raises(CorollaryError, match="too long"):
        LocalChatModel(taught).invoke([HumanMessage("cow " * 5000)])


def test_a_folder_that_is_no_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorollaryError, match="cannot load the model") as raised:
        LocalChatModel(tmp_path)
    assert str(tmp_path) in raised.value.what


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('<tool_call>\n{"name": "prove", "arguments": {"a": 1}', "not JSON"),
        ("<tool_call>\n[1, 2]\n</tool_call>", "expected"),
        ('<tool_call>{"name": "prove", "arguments": "x"}</tool_call>', "not a JSON object"),
    ],
)
def test_a_broken_call_is_kept_with_its_reason(text: str, reason: str) -> None:
    message = to_message(parse(text))
    assert not message.tool_calls
    assert reason in str(message.invalid_tool_calls[0]["error"])


def test_words_thoughts_and_calls_are_told_apart() -> None:
    parsed = parse('<think>so</think>Fine.<tool_call>{"name": "find", "arguments": {}}</tool_call>')
    assert parsed.content == "Fine."
    assert [call["name"] for call in parsed.calls] == ["find"]
    bare = parse('{"name": "find", "parameters": {"constraints": []}}')
    assert bare.calls[0]["args"] == {"constraints": []}


def test_prompts_that_grow_get_the_tokenizers_own_ids() -> None:
    tokenizer = tiny_tokenizer()
    tokens = PromptTokens(tokenizer)
    text = ""
    for animal in KNOWN:
        text += render(tokenizer, logic_chain(animal), reply=False)
        assert list(tokens(text)) == tokenizer(text, add_special_tokens=False)["input_ids"]


def test_a_tokenizer_whose_pieces_do_not_add_up_is_asked_for_the_whole() -> None:
    tokenizer = tiny_tokenizer()
    plain = tokenizer.backend_tokenizer.pre_tokenizer
    first = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence([first, plain])
    tokens = PromptTokens(tokenizer)
    for text in ("1. cow<|end|>2. lion", "3. lion<|end|>4. cow<|end|>"):
        assert list(tokens(text)) == tokenizer(text, add_special_tokens=False)["input_ids"]
