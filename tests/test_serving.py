"""The OpenAI-compatible server, spoken to by the real `openai` client over loopback."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import click
import httpx
import openai
import pytest
from command import assert_told, run
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI
from serving import served

from corollary_agent.graph import build_agent
from corollary_agent.models.load import load_model
from corollary_agent.models.scripted import ScriptedChatModel
from corollary_agent.problem_text import read_problem
from corollary_agent.prompt import PromptSettings
from corollary_agent.serving.app import ServeLimits
from corollary_agent.serving.server import Address, check_token
from corollary_agent.solve import solve
from corollary_cli.main import cli
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit

ASK: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "hello"}]}
TOOL = {"type": "function", "function": {"name": "calculate", "parameters": {"type": "object"}}}

BAD = {"type": "object", "properties": 3}


class Waiting(BaseChatModel):
    """Answers when it is let go; counts who was cut off."""

    go: Any = None
    cut: int = 0
    begun: int = 0

    @property
    def _llm_type(self) -> str:
        return "waiting"

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        raise ValueError("async only")

    async def _agenerate(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> ChatResult:
        await self._wait()
        return ChatResult(generations=[ChatGeneration(message=AIMessage("done"))])

    async def _astream(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        yield ChatGenerationChunk(message=AIMessageChunk("do"))
        await self._wait()
        yield ChatGenerationChunk(message=AIMessageChunk("ne"))

    async def _wait(self) -> None:
        self.begun += 1
        try:
            while not self.go.is_set():
                await asyncio.sleep(0.005)
        except asyncio.CancelledError:
            self.cut += 1
            raise


def client(url: str, key: str = "none") -> openai.OpenAI:
    return openai.OpenAI(base_url=url, api_key=key, max_retries=0, timeout=120)


@pytest.fixture(scope="module")
def hello() -> Iterator[str]:
    """A server whose model says hello, whatever it is asked."""
    with served(ScriptedChatModel(["hello"]), limits=ServeLimits(body=2000)) as url:
        yield url


def refusal(url: str, **change: Any) -> openai.APIStatusError:
    with pytest.raises(openai.APIStatusError) as caught:
        client(url).chat.completions.create(**(ASK | change))
    return caught.value


def test_answers_whole_and_streamed(hello: str) -> None:
    whole = client(hello).chat.completions.create(**ASK)
    assert whole.choices[0].message.content == "hello"
    assert whole.choices[0].finish_reason == "stop"
    chunks = list(client(hello).chat.completions.create(**ASK, stream=True))
    assert "".join(c.choices[0].delta.content or "" for c in chunks) == "hello"
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_lists_its_model_and_its_health(hello: str) -> None:
    assert [model.id for model in client(hello).models.list()] == ["m"]
    assert client(hello).models.retrieve("m").owned_by == "corollary"
    health = httpx.get(hello.replace("/v1", "/health")).json()
    assert health == {"status": "ok", "running": 0, "waiting": 0}


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"n": 99}, "n"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "oracle", "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": "user", "content": 3}]}, "messages[0].content"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "messages[0].content[0]",
        ),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages[0].tool_call_id"),
        ({"extra_body": {"top_k": 3}}, "top_k"),
        ({"presence_penalty": 1.0}, "presence_penalty"),
        ({"temperature": 3}, "temperature"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"logprobs": True}, "logprobs"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tools": [TOOL], "tool_choice": "required"}, "tool_choice"),
        ({"tools": [TOOL, TOOL]}, "tools"),
        ({"tools": [{"type": "function", "function": {}}]}, "tools[0].function.name"),
        (
            {"tools": [{"type": "function", "function": {"name": "f", "parameters": BAD}}]},
            "tools[0].function.parameters",
        ),
        ({"stop": ["x"] * 17}, "stop"),
        ({"stop": ""}, "stop[0]"),
    ],
)
def test_wrong_requests_name_the_parameter(hello: str, change: Any, param: str) -> None:
    error = refusal(hello, **change)
    assert error.status_code == 400
    assert error.param == param
    assert error.type == "invalid_request_error"


def test_other_refusals(hello: str) -> None:
    unknown = refusal(hello, model="gpt-9")
    assert (unknown.status_code, unknown.code) == (404, "model_not_found")
    long = refusal(hello, messages=[{"role": "user", "content": "x" * 3000}])
    assert long.status_code == 413
    place = f"{hello}/chat/completions"
    chunked = httpx.post(
        place, content=iter([b"x" * 1500] * 2), headers={"Content-Type": "application/json"}
    )
    assert chunked.status_code == 413
    assert httpx.post(place, content="{}").status_code == 415
    assert httpx.post(place, json=[1]).status_code == 400
    nested = httpx.post(place, content="[" * 1900, headers={"Content-Type": "application/json"})
    assert nested.status_code == 400
    odd = '{"model": "m", "messages": [{"role": "user", "content": "\\ud800"}]}'
    half = httpx.post(place, content=odd, headers={"Content-Type": "application/json"})
    assert half.json()["error"]["code"] == "not_json"
    assert httpx.get(place).status_code == 405
    assert httpx.get(f"{hello}/nothing").json()["error"]["code"] == "not_served"


def test_a_page_with_a_name_of_its_own_does_not_reach_the_model(hello: str) -> None:
    answer = httpx.get(f"{hello}/models", headers={"Host": "evil.example:80"})
    assert answer.status_code == 403
    assert httpx.get(f"{hello}/models", headers={"Host": "localhost:1"}).status_code == 200


def test_broken_and_cut_calls_are_normal_answers() -> None:
    broken = {"name": "calculate", "args": '{"expression": "4', "id": "1", "error": "cut"}
    unnamed = {"name": None, "args": "<tool_call>{", "id": None, "error": "cut"}
    said = AIMessage("words", invalid_tool_calls=[broken, unnamed])
    said.response_metadata = {"finish_reason": "length"}
    with served(ScriptedChatModel([said])) as url:
        whole = client(url).chat.completions.create(**ASK, tools=[TOOL]).choices[0]
        chunks = list(client(url).chat.completions.create(**ASK, tools=[TOOL], stream=True))
        read = ChatOpenAI(model="m", base_url=url, api_key="none").invoke("hello")
    assert whole.finish_reason == chunks[-1].choices[0].finish_reason == "length"
    assert whole.message.content == "words\n<tool_call>{"
    assert whole.message.tool_calls[0].function.arguments == broken["args"]
    assert isinstance(read, AIMessage)
    assert read.invalid_tool_calls[0]["args"] == broken["args"]
    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert "".join(delta.content or "" for delta in deltas) == "words\n<tool_call>{"
    calls = [call for delta in deltas for call in delta.tool_calls or []]
    assert [call.function.arguments for call in calls] == [broken["args"]]


def test_a_failing_model_is_an_error_of_openais_form() -> None:
    with served(ScriptedChatModel([])) as url:
        assert refusal(url).status_code == 400
        assert refusal(url, stream=True).status_code == 400
    with served(Waiting(go=None)) as url:
        assert (refusal(url).status_code, refusal(url).code) == (500, "model_failed")
        with pytest.raises(openai.APIError, match="AttributeError"):
            list(client(url).chat.completions.create(**ASK, stream=True))


def test_history_with_calls_and_parts_arrives() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "calculate", "arguments": "{}"}}
    torn = {"id": "d", "type": "function", "function": {"name": "calculate", "arguments": "{"}}
    rows = [
        {"role": "developer", "content": "be short"},
        {"role": "user", "content": [{"type": "text", "text": "hello"}]},
        {"role": "assistant", "content": None, "tool_calls": [call, torn]},
        {"role": "tool", "tool_call_id": "c", "content": "24"},
    ]
    first = AIMessage("calculate {", tool_calls=[{"name": "calculate", "args": {}, "id": "c"}])
    with served(ScriptedChatModel([first, "second"])) as url:
        answer = client(url).chat.completions.create(model="m", messages=rows)
    assert answer.choices[0].message.content == "second"


def test_several_choices_and_usage(toolkit: Toolkit) -> None:
    ask = {
        "model": "m",
        "messages": [{"role": "user", "content": "Bob is big. Big things are red. Is Bob red?"}],
        "tools": list(toolkit.schemas()),
        "n": 2,
    }
    with served(load_model("expert")) as url:
        whole = client(url).chat.completions.create(**ask)
        stream = client(url).chat.completions.create(
            **ask, stream=True, stream_options={"include_usage": True}
        )
        chunks = list(stream)
    calls = [choice.message.tool_calls[0] for choice in whole.choices]
    assert [call.function.name for call in calls] == ["premise", "premise"]
    assert calls[0].id != calls[1].id
    assert chunks[-1].choices == []
    assert chunks[-1].usage == whole.usage
    streamed: dict[int, str] = {}
    for chunk in chunks[:-1]:
        for choice in chunk.choices:
            for piece in choice.delta.tool_calls or []:
                text = streamed.get(choice.index, "") + piece.function.arguments
                streamed[choice.index] = text
    assert streamed == {i: call.function.arguments for i, call in enumerate(calls)}


def test_who_leaves_frees_the_place_and_a_full_queue_says_when_to_come_again() -> None:
    model = Waiting(go=threading.Event())
    with served(model, limits=ServeLimits(active=1, waiting=0)) as url:
        short = openai.OpenAI(base_url=url, api_key="none", max_retries=0, timeout=0.2)
        with pytest.raises(openai.APITimeoutError):
            short.chat.completions.create(**ASK)
        stream = client(url).chat.completions.create(**ASK, stream=True)
        assert next(stream).choices
        busy = refusal(url)
        assert busy.status_code == 429
        assert int(busy.response.headers["retry-after"]) >= 1
        stream.close()
        until_idle(url)
        assert model.cut == model.begun == 2
        model.go.set()
        assert client(url).chat.completions.create(**ASK).choices[0].message.content == "done"


def until_idle(url: str) -> None:
    """Wait until the server has noticed that nobody is left."""
    while httpx.get(url.replace("/v1", "/health")).json()["running"]:
        pass


def test_a_token_is_asked_for() -> None:
    with served(ScriptedChatModel(["hello"]), token="long-enough") as url:
        with pytest.raises(openai.AuthenticationError, match="API key"):
            client(url, key="wrong").models.list()
        odd = httpx.get(f"{url}/models", headers={"Authorization": b"Bearer l\xfcng"})
        assert odd.status_code == 401
        assert client(url, key="long-enough").models.list().data
        assert httpx.get(url.replace("/v1", "/health")).status_code == 200


def test_an_open_address_needs_a_token() -> None:
    for host in ("0.0.0.0", "::", "example.org", "192.168.0.1"):
        with pytest.raises(CorollaryError, match="needs a token"):
            check_token(Address(host), None)
    for host in ("127.0.0.1", "::1", "localhost"):
        check_token(Address(host), None)
    with pytest.raises(CorollaryError, match="8 characters"):
        check_token(Address("0.0.0.0"), "abc")
    with pytest.raises(CorollaryError, match="ASCII"):
        check_token(Address("0.0.0.0"), "schlüsselwort")


def test_the_expert_solves_over_http_as_in_process(toolkit: Toolkit) -> None:
    problem = read_problem("Bob is big. Big things are red. Is Bob red?")
    expert = load_model("expert")
    here = solve(build_agent(expert, toolkit), problem)
    prompt = PromptSettings(style="brief", reading="whole")
    with served(expert, "expert") as url:
        there_model = ChatOpenAI(model="expert", base_url=url, api_key="none")
        there = solve(build_agent(there_model, toolkit, prompt=prompt), problem)
    assert there.error is None
    assert there.answer == here.answer
    calls = [[(c.name, c.arguments) for c in step.calls] for step in here.steps]
    assert [[(c.name, c.arguments) for c in step.calls] for step in there.steps] == calls


def shown_commands() -> list[list[str]]:
    """The words of each command that docs/serve.md shows."""
    page = (Path(__file__).resolve().parents[1] / "docs" / "serve.md").read_text("utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", page, re.M | re.S)
    found = re.findall(r"corollary .*", "".join(blocks))
    return [shlex.split(line)[1:] for line in found]


@pytest.mark.parametrize("words", shown_commands(), ids=" ".join)
def test_the_commands_that_are_shown_have_these_flags(words: list[str]) -> None:
    with click.Context(cli, info_name="corollary") as parent:
        found = cli.get_command(parent, words[0])
        assert found is not None
        found.make_context(words[0], words[1:], parent=parent)


def test_the_command_serves_until_ctrl_c() -> None:
    code = "from corollary_cli.main import main; main()"
    words = ["serve", "--model", "expert", "--port", "0", "--json"]
    with subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        told = json.loads(running.stdout.readline())
        assert told["schema"] == "corollary.serve/1"
        assert [model.id for model in client(told["url"]).models.list()] == ["expert"]
        running.send_signal(signal.SIGINT)
        _, remarks = running.communicate(timeout=600)
    assert running.returncode == 130
    assert "GET /v1/models 200" in remarks
    assert "Traceback" not in remarks
    assert remarks.splitlines()[-1].startswith("stopped.")


def test_an_open_host_without_a_token_is_wrong_use() -> None:
    told = run("serve", "--model", "expert", "--host", "0.0.0.0", COROLLARY_TOKEN="")
    assert_told(told, 2, "needs a token", "COROLLARY_TOKEN")
    with served(ScriptedChatModel(["hello"])) as url:
        port = url.rpartition(":")[2].removesuffix("/v1")
        told = run("serve", "--model", "expert", "--port", port)
    assert_told(told, 2, f"port {port}", "--port with another number")
