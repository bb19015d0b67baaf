"""Message logs, LangSmith runs and OpenTelemetry spans as recorded outputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from recorded_logs import MESSAGES, QUESTION, as_langchain, langsmith_runs, otel_rows, write_lines

from corollary_datagen.imports.index import detect_format, read_recorded
from corollary_datagen.imports.recorded import Recorded, Refused

CALLS = [("calculate", {"expression": "48/2"}, "24"), ("calculate", {"expression": "24-5"}, "19")]


def only(path: Path) -> Recorded:
    """The one output of a file."""
    [found] = read_recorded(path)
    assert isinstance(found, Recorded), found
    return found


def check(found: Recorded) -> None:
    """It is the run of `recorded_logs`, whatever it was written in."""
    assert [(m.name, m.arguments, m.result) for t in found.turns for m in t.moves] == CALLS
    assert [turn.content for turn in found.turns] == ["", "Then 5 more."]
    assert (found.answer, found.question) == ("19", QUESTION)


def refused(path: Path) -> str:
    """Why the one row of a file is refused."""
    [found] = read_recorded(path, "openai")
    assert isinstance(found, Refused), found
    return found.reason


def test_messages(tmp_path: Path) -> None:
    row = {"id": "a", "model": "gpt-4o", "messages": MESSAGES, "answer": 19}
    found = only(write_lines(tmp_path / "logs" / "run.jsonl", row))
    check(found)
    assert found.spec == "recorded:gpt-4o@logs"
    assert found.problem is not None
    assert found.problem.answer is not None
    assert found.problem.answer.value == "19"


def test_a_stored_completion_brings_its_answers(tmp_path: Path) -> None:
    choices = [{"message": {"role": "assistant", "content": text}} for text in ("19", "20")]
    row = {"request": {"model": "m", "messages": MESSAGES[:-1]}, "response": {"choices": choices}}
    found = list(read_recorded(write_lines(tmp_path / "a.jsonl", row)))
    assert [one.answer for one in found if isinstance(one, Recorded)] == ["19", "20"]


def test_older_calls_and_parts(tmp_path: Path) -> None:
    call = {"name": "calculate", "arguments": '{"expression": "1+1"}'}
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "1+1?"}, {"type": "image_url"}]},
        {"role": "assistant", "content": None, "function_call": call},
        {"role": "function", "name": "calculate", "content": "2"},
        {"role": "assistant", "content": "2"},
    ]
    found = only(write_lines(tmp_path / "a.jsonl", {"messages": messages}))
    assert found.question == "1+1?"
    assert found.turns[0].moves[0].result == "2"


def test_calls_that_are_no_json_are_kept_as_what_they_were(tmp_path: Path) -> None:
    broken = {"id": "x", "function": {"name": "calculate", "arguments": '{"expression": '}}
    messages = [
        MESSAGES[1],
        {"role": "assistant", "content": "", "tool_calls": [broken]},
        {"role": "tool", "tool_call_id": "x", "content": "bad JSON"},
        *MESSAGES[2:],
    ]
    found = only(write_lines(tmp_path / "a.jsonl", {"messages": messages}))
    assert found.turns[0].broken == (("calculate", '{"expression": '),)
    assert found.turns[0].moves == ()
    assert len(found.turns) == 3


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([], "no user message"),
        ([MESSAGES[1]], "no tool call"),
        (MESSAGES[:4], "ends without an answer"),
        ([MESSAGES[1], {"role": "assistant", "content": "19"}], "no tool call"),
        ([*MESSAGES, MESSAGES[1]], "more than one user message"),
        ([{"role": "narrator", "content": "x"}], "unknown role"),
        (["hello"], "not an object"),
        ([MESSAGES[1], MESSAGES[3]], "tool result without its call"),
        ([MESSAGES[1], {"role": "assistant", "tool_calls": [{"function": {}}]}], "without a name"),
        ([MESSAGES[1], {"role": "assistant", "tool_calls": {"a": 1}}], "not a list"),
        ("hello", 'field "messages" is not a list'),
        (None, 'field "messages" is not a list'),
    ],
)
def test_what_is_no_whole_run_is_refused(tmp_path: Path, messages: Any, reason: str) -> None:
    path = write_lines(tmp_path / "a.jsonl", {"messages": messages})
    assert reason in refused(path)


def test_langsmith_runs_of_a_trace_are_one_output(tmp_path: Path) -> None:
    runs = langsmith_runs()
    for content in (runs, runs[:-1], runs[::-1]):
        path = write_lines(tmp_path / "runs.jsonl", *content)
        assert detect_format(path) == "langsmith"
        check(only(path))
    assert only(path).model == "gpt-4o"


def test_langsmith_envelopes_and_trees(tmp_path: Path) -> None:
    *children, root = langsmith_runs()
    for content in (
        {"runs": [*children, root]},
        [*children, root],
        {**root, "outputs": {"answer": "19"}, "child_runs": children},
    ):
        path = tmp_path / "runs.json"
        path.write_text(json.dumps(content, indent=1))
        check(only(path))


@pytest.mark.parametrize("form", ["flat", "data", "openai"])
def test_langchain_messages_in_their_other_forms(tmp_path: Path, form: str) -> None:
    def other(message: dict[str, Any]) -> dict[str, Any]:
        written = as_langchain(message)
        kind = written["id"][-1].removesuffix("Message").lower()
        if form == "flat":
            return {"type": kind, **written["kwargs"]}
        return {"type": kind, "data": written["kwargs"]} if form == "data" else message

    state = {"messages": [other(message) for message in MESSAGES]}
    run = {"id": "t", "run_type": "chain", "inputs": {}, "outputs": state}
    check(only(write_lines(tmp_path / "a.jsonl", run)))


def test_langsmith_runs_without_messages_are_refused(tmp_path: Path) -> None:
    run = {"id": "t", "run_type": "chain", "inputs": {"input": "x"}, "outputs": {"output": "y"}}
    [found] = read_recorded(write_lines(tmp_path / "a.jsonl", run))
    assert isinstance(found, Refused)
    assert "no messages" in found.reason


@pytest.mark.parametrize("form", list(otel_rows()))
def test_spans_in_every_form(tmp_path: Path, form: str) -> None:
    path = write_lines(tmp_path / "spans.jsonl", otel_rows()[form])
    assert detect_format(path) == "otel"
    found = only(path)
    check(found)
    assert found.model == "gpt-4o"


def test_log_records_belong_to_their_span(tmp_path: Path) -> None:
    records = []
    for message in MESSAGES[:-1]:
        body = {k: v for k, v in message.items() if k != "role"}
        if "tool_call_id" in body:
            body["id"] = body.pop("tool_call_id")
        name = f"gen_ai.{message['role']}.message"
        text = {"stringValue": json.dumps(body)}
        records.append({"traceId": "t1", "spanId": "s1", "eventName": name, "body": text})
    text = {"stringValue": json.dumps({"message": {"content": "19"}})}
    records.append({"traceId": "t1", "spanId": "s1", "eventName": "gen_ai.choice", "body": text})
    row = {"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}
    check(only(write_lines(tmp_path / "logs.jsonl", row)))


def test_other_spans_are_passed_over(tmp_path: Path) -> None:
    other = {"name": "GET /", "context": {"trace_id": "t9", "span_id": "s9"}, "attributes": {}}
    path = write_lines(tmp_path / "spans.jsonl", other, otel_rows()["console"], '{"broken')
    found = list(read_recorded(path))
    assert [type(one) for one in found] == [Refused, Recorded]
