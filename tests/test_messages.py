"""LangChain messages and their OpenAI form: nothing of the canonical form is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    ChatMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)

from corollary_agent.messages import from_openai, to_openai

TEXT = st.text(max_size=10)
CALL = st.fixed_dictionaries(
    {
        "name": st.text(min_size=1, max_size=5),
        "args": st.dictionaries(TEXT, TEXT | st.integers() | st.lists(TEXT)),
        "id": st.text(min_size=1, max_size=5),
        "type": st.just("tool_call"),
    }
)
MESSAGE = st.one_of(
    st.builds(SystemMessage, TEXT),
    st.builds(HumanMessage, TEXT, name=st.none() | st.just("ann")),
    st.builds(AIMessage, TEXT, tool_calls=st.lists(CALL, max_size=2)),
    st.builds(ToolMessage, TEXT, tool_call_id=TEXT, name=st.none() | st.just("solve")),
)


@given(MESSAGE)
def test_survives_both_ways(message: BaseMessage) -> None:
    row = to_openai(message)
    back = from_openai(row)
    assert type(back) is type(message)
    assert to_openai(back) == row
    assert back.text == message.text
    assert back.name == message.name
    if isinstance(message, AIMessage):
        assert isinstance(back, AIMessage)
        assert back.tool_calls == message.tool_calls


def test_arguments_are_dicts_even_where_json_text_came_in() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"a": [1]}'}}
    message = from_openai({"role": "assistant", "content": None, "tool_calls": [call]})
    row = to_openai(message)
    assert row["tool_calls"][0]["function"]["arguments"] == {"a": [1]}  # type: ignore[index,call-overload]


def test_blocks_become_their_text() -> None:
    message = AIMessage([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}])
    assert to_openai(message) == {"role": "assistant", "content": "ab"}
    assert to_openai(AIMessageChunk("a"))["role"] == "assistant"


def test_what_has_no_form_is_refused() -> None:
    with pytest.raises(ValueError, match="no OpenAI form"):
        to_openai(ChatMessage("x", role="critic"))
    with pytest.raises(ValueError, match="role"):
        from_openai({"role": "critic", "content": "x"})
    with pytest.raises(ValueError, match="arguments"):
        from_openai(
            {"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "[1]"}}]}
        )
