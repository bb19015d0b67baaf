"""What each trainer's loader reads from a row, told again from its documentation.

Each reader fails where the loader would fail, skip or misread the row, and otherwise gives back the
histories it would train on as (role, words, calls), so that a test can compare them with the pair.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from corollary_agent.trace import Message

Said = tuple[str, str, tuple[tuple[str, str], ...]]
History = list[Said]


def said(messages: Sequence[Message]) -> History:
    """Messages as they must come back: calls as names and JSON, results in the order of calls."""
    return [
        (
            str(m["role"]),
            str(m.get("content") or ""),
            tuple(map(_called, m.get("tool_calls") or ())),
        )  # type: ignore[arg-type]
        for m in messages
    ]


def _called(call: dict[str, Any]) -> tuple[str, str]:
    function = call["function"]
    assert isinstance(function["arguments"], dict)
    return function["name"], json.dumps(function["arguments"])


def read_trl(row: dict[str, Any]) -> tuple[History, History]:
    """TRL: lists of messages, tools as JSON text; `is_conversational` must say yes."""
    from trl.data_utils import is_conversational

    assert is_conversational(row)
    assert isinstance(json.loads(row["tools"]), list)
    return said([*row["prompt"], *row["chosen"]]), said([*row["prompt"], *row["rejected"]])


def read_swift(row: dict[str, Any]) -> tuple[History, History]:
    """ms-swift: roles system, user, assistant, tool_call, tool_response; every content a text."""
    assert ("tools" in row) == ("rejected_tools" in row), "rejected_messages go without tools"
    if "tools" in row:
        assert all(tool["type"] == "function" for tool in json.loads(row["tools"]))
    return _swift(row["messages"]), _swift(row["rejected_messages"])


def _swift(messages: list[dict[str, Any]]) -> History:
    told: History = []
    for index, message in enumerate(messages):
        assert set(message) == {"role", "content"}
        role, content = message["role"], message["content"]
        assert isinstance(content, str)
        assert not re.search("<(image|video|audio)>", content)
        if role == "tool_call":
            call = json.loads(content)
            assert set(call) == {"name", "arguments"}
            if index and messages[index - 1]["role"] in ("tool_call", "assistant"):
                before = told.pop()
            else:
                before = ("assistant", "", ())
            shown = (call["name"], json.dumps(call["arguments"]))
            told.append(("assistant", before[1], (*before[2], shown)))
        else:
            assert role in ("system", "user", "assistant", "tool_response")
            assert index or role in ("system", "user")
            told.append(("tool" if role == "tool_response" else role, content, ()))
    assert told[-1][0] == "assistant"
    return told


def read_llama_factory(row: dict[str, Any], settings: dict[str, Any]) -> tuple[History, History]:
    """LLaMA-Factory's sharegpt ranking converter, with the entry of dataset_info.json."""
    assert settings["formatting"] == "sharegpt"
    assert settings["ranking"] is True
    columns, tags = settings["columns"], settings["tags"]
    role, content = tags["role_tag"], tags["content_tag"]
    turns = row[columns["messages"]]
    system: History = []
    if turns and turns[0][role] == tags["system_tag"]:
        system, turns = [("system", turns[0][content], ())], turns[1:]
    odd = (tags["user_tag"], tags["observation_tag"])
    even = (tags["assistant_tag"], tags["function_tag"])
    for index, turn in enumerate(turns):
        assert turn[role] in (odd, even)[index % 2], "Skipping this abnormal example"
    assert len(turns) % 2 == 1, "Invalid message count"
    prompt = [*system, *(_turn(turn, tags) for turn in turns)]
    sides = []
    for name in ("chosen", "rejected"):
        side = row[columns[name]]
        assert isinstance(side, dict)
        assert side[role] in even
        sides.append([*prompt, _turn(side, tags)])
    if row[columns["tools"]]:
        assert all({"name", "parameters"} <= set(t) for t in json.loads(row[columns["tools"]]))
    return sides[0], sides[1]


def _turn(turn: dict[str, str], tags: dict[str, str]) -> Said:
    roles = {"user_tag": "user", "assistant_tag": "assistant", "observation_tag": "tool"}
    kind, words = turn[tags["role_tag"]], turn[tags["content_tag"]]
    assert not re.search("<(image|video|audio)>", words)
    if kind != tags["function_tag"]:
        return {tags[tag]: role for tag, role in roles.items()}[kind], words, ()
    calls = json.loads(words)
    listed = calls if isinstance(calls, list) else [calls]
    return "assistant", "", tuple((c["name"], json.dumps(c["arguments"])) for c in listed)


def read_axolotl(
    row: dict[str, Any], template: Callable[[list[dict[str, str]], bool], str]
) -> tuple[str, str]:
    """Axolotl's chat_template.default: the two whole texts that it would train on."""
    plain = [{"role": m["role"], "content": m["content"]} for m in row["messages"]]
    assert all(m["role"] in ("user", "assistant", "system", "tool") for m in plain)
    prompt = template(plain, True)
    texts = []
    for name in ("chosen", "rejected"):
        side = {"role": row[name]["role"], "content": row[name]["content"]}
        text = template([{"role": "user", "content": "[[dummy_message]]"}, side], False)
        texts.append(prompt + text[text.find(side["content"]) :].rstrip())
    return texts[0], texts[1]


def read_openai(row: dict[str, Any]) -> tuple[History, History]:
    """OpenAI: the objects of FineTunePreferenceRequestInput, one assistant message a side."""
    assert set(row) == {"input", "preferred_output", "non_preferred_output"}
    assert set(row["input"]) <= {"messages", "tools", "parallel_tool_calls"}
    assert row["input"]["messages"][-1]["role"] in ("user", "tool")
    assert len(row["input"].get("tools", [])) <= 128
    for tool in row["input"].get("tools", []):
        assert tool["type"] == "function"
        assert re.fullmatch("[a-zA-Z0-9_-]{1,64}", tool["function"]["name"])
    prompt = [_openai(message) for message in row["input"]["messages"]]
    _answered(row["input"]["messages"])
    sides = []
    for name in ("preferred_output", "non_preferred_output"):
        assert len(row[name]) == 1
        assert row[name][0]["role"] == "assistant"
        sides.append([*prompt, _openai(row[name][0])])
    return sides[0], sides[1]


def _openai(message: dict[str, Any]) -> Said:
    calls = message.get("tool_calls", [])
    assert message["content"] is not None or calls
    assert message["role"] != "tool" or isinstance(message["tool_call_id"], str)
    told = []
    for call in calls:
        assert call["type"] == "function"
        assert isinstance(call["function"]["arguments"], str), "arguments are a JSON text"
        told.append(
            (call["function"]["name"], json.dumps(json.loads(call["function"]["arguments"])))
        )
    return message["role"], message["content"] or "", tuple(told)


def _answered(messages: list[dict[str, Any]]) -> None:
    open_calls: list[str] = []
    for message in messages:
        if message["role"] == "tool":
            open_calls.remove(message["tool_call_id"])
            continue
        assert not open_calls, "an assistant message with tool_calls must be followed by results"
        open_calls = [call["id"] for call in message.get("tool_calls", [])]
    assert not open_calls
