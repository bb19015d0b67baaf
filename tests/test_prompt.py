"""The prompt: one rendering, stable, with nothing of the problem interpreted."""

from __future__ import annotations

import re

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from corollary_agent.calls import parse_text_call
from corollary_agent.models.scripted import ScriptedChatModel
from corollary_agent.problem import Problem
from corollary_agent.prompt import (
    PromptSettings,
    build_messages,
    default_prompt,
    parameter_names,
    render_tool,
    to_form,
)
from corollary_tools.kits import KITS
from corollary_tools.toolkit import Toolkit, load_toolkit

THEORY = Problem(
    id="t", source="test", split="test", family="f", domain="logic", asks="truth",
    statements=("The cow is {blue}.", "Blue things are %s."), question="Is the cow cold?",
)  # fmt: skip
CHOICE = Problem(
    id="c", source="test", split="test", family="f", domain="logic", asks="choice",
    question="Which?", options=("this", "that"),
)  # fmt: skip


def test_brief_is_the_problem_and_nothing_else(toolkit: Toolkit) -> None:
    brief = PromptSettings(style="brief", reading="desk")
    assert build_messages(THEORY, toolkit, brief) == [HumanMessage("1. The cow is {blue}.")]
    whole = PromptSettings(style="brief", reading="whole")
    assert build_messages(THEORY, toolkit, whole) == [HumanMessage(THEORY.text)]
    assert build_messages(CHOICE, toolkit, brief) == [HumanMessage("Which?\nA) this\nB) that")]


def test_full_says_how_to_answer_and_how_the_desk_works(toolkit: Toolkit) -> None:
    system, user = build_messages(THEORY, toolkit, PromptSettings(reading="desk"))
    assert isinstance(system, SystemMessage)
    assert "one at a time" in str(system.text)
    assert "True, False or Unknown" in str(system.text)
    assert user.text == "1. The cow is {blue}."
    whole, _ = build_messages(THEORY, toolkit, PromptSettings(reading="whole"))
    assert "one at a time" not in str(whole.text)


def test_text_form_shows_every_tool_with_examples_that_can_be_read(toolkit: Toolkit) -> None:
    system, _ = build_messages(THEORY, toolkit, PromptSettings(form="text"))
    text = str(system.text)
    names = parameter_names(toolkit)
    for tool in toolkit.tools:
        assert f"{tool.name}(" in text
        assert tool.description in text
    shown = [line for line in text.split("\n") if "  # " in line]
    assert len(toolkit.tools) < len(shown) <= 2 * len(toolkit.tools)
    for line in shown:
        assert parse_text_call(line.partition("  # ")[0], names).name in names
    assert "calculate(expression)\n" in text
    assert "choose(mode='must'|'could'|" in text


def test_text_form_of_a_history(toolkit: Toolkit) -> None:
    call = {"name": "premise", "args": {"n": 1, "formula": "blue(cow)"}, "id": "1"}
    history = [
        HumanMessage("1. The cow is blue."),
        AIMessage("", tool_calls=[call]),
        ToolMessage("Question: ...", tool_call_id="1"),
        AIMessage('Say "True"'),
    ]
    assert [m.text for m in to_form(history, PromptSettings(form="text"))] == [
        "1. The cow is blue.",
        'premise(n=1, formula="blue(cow)")',
        "Question: ...",
        'answer("Say \\"True\\"")',
    ]
    assert to_form(history, PromptSettings()) == history


def test_the_hash_follows_the_settings() -> None:
    settings = [
        PromptSettings(form=form, style=style, reading=reading)
        for form in ("native", "text")
        for style in ("full", "brief")
        for reading in ("desk", "whole")
    ]
    assert len({s.hash for s in settings}) == len(settings)
    assert PromptSettings().hash == PromptSettings().hash


def test_each_model_is_spoken_to_as_it_was_made_for() -> None:
    brief = PromptSettings(style="brief")
    assert default_prompt(ScriptedChatModel([], prompt_settings=brief)) == brief
    assert default_prompt(object()) == PromptSettings()


# How GPT-2 cuts a text before it looks words up. It has no vocabulary on this machine: a BPE of the
# same size, trained on source code and on the problem sets, makes 1.06 tokens of a piece in the
# texts of our toolkits, and 1.11 in the one where it makes most.
PIECE = re.compile(r"'(?:[sdmt]|ll|ve|re)| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")
TOKENS_PER_PIECE = 1.11


@pytest.mark.parametrize("name", [*KITS, "all"])
def test_eight_tools_of_a_toolkit_take_less_than_600_tokens(name: str) -> None:
    toolkit = load_toolkit(name)
    pairs = zip(toolkit.tools, toolkit.schemas(), strict=True)
    assert name != "all" or len(toolkit.tools) > 50
    texts = (render_tool(tool, schema) + "\n\n" for tool, schema in pairs)
    pieces = sorted(len(PIECE.findall(text)) for text in texts)
    assert sum(pieces[-8:]) * TOKENS_PER_PIECE < 600
