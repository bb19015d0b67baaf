"""Hosted models against a loopback server that speaks chat completions, and ones that do not."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
from typing import Any

import pytest
from misbehaving import Reply, called, said, server, streamed

from corollary_agent.graph import build_agent
from corollary_agent.models.load import load_model, model_name
from corollary_agent.problem import Problem
from corollary_agent.solve import asolve, solve
from corollary_agent.stream import stream_steps
from corollary_agent.trace import Sampling
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit

PROBLEM = Problem(
    id="half", source="test", split="test", family="test", domain="math",
    question="What is 48/2?", asks="number",
)  # fmt: skip


def calculator(body: dict[str, Any]) -> Reply:
    """Call the calculator, then answer with what it said."""
    if body["messages"][-1]["role"] == "tool":
        return said(f"The answer is {body['messages'][-1]['content']}.")
    return called("calculate", '{"expression": "48/2"}')


def test_solves_with_tool_calls_over_http(toolkit: Toolkit) -> None:
    with server(calculator) as (url, seen):
        model = load_model(f"openai:m@{url}", max_retries=0)
        agent = build_agent(model, toolkit)
        trace = solve(agent, PROBLEM, Sampling(seed=3, max_tokens=99))
        assert asyncio.run(asolve(agent, PROBLEM)).stop == "answered"
    assert trace.error is None
    assert trace.answer is not None
    assert trace.answer.value == "24"
    assert trace.model == model_name(model) == f"openai:m@{url}"
    assert trace.usage.input_tokens == 14
    assert seen[0]["seed"] == 3
    assert seen[0]["max_tokens"] == 99
    assert "top_p" not in seen[0]
    assert [tool["function"]["name"] for tool in seen[0]["tools"]] == [
        schema["function"]["name"] for schema in toolkit.schemas()
    ]


def test_no_provider_key_goes_to_a_plain_http_server(
    toolkit: Toolkit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    monkeypatch.delenv("COROLLARY_API_KEY", raising=False)
    with server(calculator) as (url, seen):
        solve(build_agent(load_model(f"openai:m@{url}"), toolkit), PROBLEM)
    assert seen[0]["_key"] == "Bearer none"


def test_broken_arguments_are_repaired(toolkit: Toolkit) -> None:
    broken, whole = (
        called("calculate", text) for text in ('{"expression": ', '{"expression": "48/2"}')
    )
    with server([broken, whole, said("24")]) as (url, _):
        trace = solve(build_agent(load_model(f"openai:m@{url}", max_retries=0), toolkit), PROBLEM)
    assert trace.stop == "answered", trace.error
    assert trace.steps[0].faults[0] == "malformed_call"
    assert '{"expression":' in trace.steps[0].attempts[0].text


def test_a_refused_option_is_left_out(toolkit: Toolkit) -> None:
    def strict(body: dict[str, Any]) -> Reply:
        if "temperature" in body:
            why = {"error": {"message": "Unsupported value: 'temperature'", "type": "x"}}
            return Reply(400, json.dumps(why))
        return calculator(body)

    with server(strict) as (url, seen):
        trace = solve(build_agent(load_model(f"openai:m@{url}", max_retries=0), toolkit), PROBLEM)
    assert trace.stop == "answered", trace.error
    assert ["temperature" in body for body in seen] == [True, False, False]


@pytest.mark.parametrize(
    ("reply", "because"),
    [
        (Reply(200, "<html>hello</html>"), "no chat completion"),
        (Reply(200, '{"choices": []}'), "no chat completion"),
        (Reply(200, "[1, 2"), "no chat completion"),
        (Reply(401, '{"error": {"message": "bad key"}}'), "HTTP 401"),
        (Reply(404, '{"error": {"message": "no model m"}}'), "HTTP 404"),
        (Reply(500, "boom"), "HTTP 500"),
    ],
)
def test_rubbish_is_an_error_for_people(toolkit: Toolkit, reply: Reply, because: str) -> None:
    with server(lambda body: reply) as (url, _):
        model = load_model(f"openai:m@{url}", max_retries=0)
        with pytest.raises(CorollaryError) as caught:
            model.invoke("hello")
        trace = solve(build_agent(model, toolkit), PROBLEM)
    assert caught.value.exit_code == 3
    assert because in caught.value.because
    assert url in caught.value.what
    assert trace.stop == "error"
    assert trace.error == str(caught.value)
    assert len(trace.error.split("\n")) == 3


def test_a_prompt_too_long_for_the_server_ends_an_outgrown_chain(toolkit: Toolkit) -> None:
    """As in process: a chain that has come some way has used up its tokens."""
    why = {"error": {"message": "This model's maximum context length is 9 tokens", "code": 400}}
    full = Reply(400, json.dumps(why))
    with server([full, called("calculate", '{"expression": "48/2"}'), full]) as (url, _):
        agent = build_agent(load_model(f"openai:m@{url}", max_retries=0), toolkit)
        at_once, later = solve(agent, PROBLEM), solve(agent, PROBLEM)
    assert at_once.stop == "error"
    assert "too long" in str(at_once.error)
    assert (later.stop, later.error, len(later.steps)) == ("token_limit", None, 1)


def test_nobody_there(toolkit: Toolkit) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    model = load_model(f"openai:m@http://127.0.0.1:{port}/v1", max_retries=0)
    with pytest.raises(CorollaryError, match="no connection") as caught:
        asyncio.run(model.ainvoke("hello"))
    assert caught.value.exit_code == 3
    trace = solve(build_agent(model, toolkit), PROBLEM)
    assert trace.stop == "error"


def test_a_slow_server_is_a_timeout() -> None:
    ready = threading.Event()

    def slow(body: dict[str, Any]) -> Reply:
        ready.wait(5)
        return said("late")

    with server(slow) as (url, _):
        model = load_model(f"openai:m@{url}", max_retries=0, timeout=0.3)
        with pytest.raises(CorollaryError, match="in time"):
            model.invoke("hello")
        ready.set()


def test_streams_tokens_once(toolkit: Toolkit) -> None:
    def stream(body: dict[str, Any]) -> Reply:
        return streamed({"role": "assistant", "content": "2"}, {"content": "4"})

    with server(stream) as (url, _):
        agent = build_agent(load_model(f"openai:m@{url}", max_retries=0), toolkit)
        events = list(stream_steps(agent, PROBLEM))
    assert [value for kind, value in events if kind == "token"] == ["2", "4"]
    kind, trace = events[-1]
    assert kind == "trace"
    assert trace.stop == "answered", trace.error


def test_wrong_specs_are_wrong_use() -> None:
    for spec in ("openai:m@http://", "openi:gpt", "anthropicc:claude"):
        with pytest.raises(CorollaryError) as caught:
            load_model(spec)
        assert caught.value.exit_code == 2, spec


def test_a_missing_package_names_the_pip_line() -> None:
    with pytest.raises(CorollaryError, match="pip install langchain-groq") as caught:
        load_model("groq:llama")
    assert caught.value.exit_code == 3


def test_without_a_key_it_says_where_to_put_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(CorollaryError) as caught:
        load_model("openai:gpt-x")
    assert caught.value.exit_code == 3
    assert "API key" in caught.value.remedy


def test_without_the_extra_it_names_the_pip_line() -> None:
    code = (
        "import sys; sys.modules['langchain.chat_models'] = None\n"
        "from corollary_agent.models.load import load_model\n"
        "load_model('openai:m@http://127.0.0.1:1/v1')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'corollary[hosted]'" in done.stderr
