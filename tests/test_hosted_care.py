"""Hosted models asked with care: tried again, within a budget, and never paid for twice."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from command import assert_told, run
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from misbehaving import DROP, Reply, called, said, server, streamed
from serving import served

from corollary_agent.budget import Budget, BudgetReached
from corollary_agent.graph import build_agent
from corollary_agent.models.hosted.answers import Answers, answer_key
from corollary_agent.models.hosted.errors import retry_after
from corollary_agent.models.hosted.pace import Pace
from corollary_agent.models.hosted.patience import Patience
from corollary_agent.models.hosted.prices import find_price
from corollary_agent.models.load import load_model
from corollary_agent.pauses import note_pause, timed_turn
from corollary_agent.problem import Problem
from corollary_agent.problem_text import read_problem
from corollary_agent.prompt import PromptSettings, default_prompt
from corollary_agent.solve import asolve, solve
from corollary_agent.stream import stream_steps
from corollary_tools.errors import CorollaryError
from corollary_tools.toolkit import Toolkit

BUSY = Reply(429, '{"error": {"message": "slow down"}}', {"retry-after-ms": "150"})
BROKEN = Reply(500, "boom")
RUBBISH = Reply(200, "<html>")
OK = said("24")
PROBLEM = Problem(
    id="half", source="test", split="test", family="test", domain="math",
    question="What is 48/2?", asks="number",
)  # fmt: skip


def ask(replies: list[Reply], **options: Any) -> tuple[Any, int]:
    """The answer of a model whose server replies so, and how often it was asked."""
    with server(replies) as (url, seen):
        answer = load_model(f"openai:m@{url}", **options).invoke("hello")
        return answer, len(seen)


@pytest.mark.parametrize(
    "replies", [[BROKEN, OK], [BUSY, OK], [DROP, OK], [RUBBISH, OK], [Reply(503), OK]]
)
def test_what_may_pass_is_tried_again(replies: list[Reply]) -> None:
    answer, asked = ask(replies)
    assert answer.content == "24"
    assert asked == 2


def test_async_and_streams_are_tried_again_too() -> None:
    with server([BROKEN, OK]) as (url, _):
        assert asyncio.run(load_model(f"openai:m@{url}").ainvoke("hello")).content == "24"
    with server([BROKEN, streamed({"role": "assistant", "content": "24"})]) as (url, _):
        parts = [part.content for part in load_model(f"openai:m@{url}").stream("hello")]
        assert "".join(map(str, parts)) == "24"


@pytest.mark.parametrize(
    ("replies", "asked", "words"),
    [
        ([Reply(401, '{"error": {"message": "bad key"}}')], 1, "HTTP 401"),
        ([Reply(400, '{"error": {"message": "no"}}')], 1, "HTTP 400"),
        (
            [Reply(429, '{"error": {"message": "pay", "code": "insufficient_quota"}}')],
            1,
            "HTTP 429",
        ),
        ([Reply(429, "", {"Retry-After": "3600"})], 1, "3600 s"),
        ([RUBBISH] * 3, 3, "no chat completion"),
        ([BUSY] * 3, 3, "HTTP 429"),
    ],
)
def test_what_will_not_pass_is_an_error(replies: list[Reply], asked: int, words: str) -> None:
    with server(replies) as (url, seen):
        with pytest.raises(CorollaryError, match=words) as caught:
            load_model(f"openai:m@{url}", max_retries=2).invoke("hello")
        assert len(seen) == asked
    assert caught.value.exit_code == 3


def test_retry_after_is_kept_to() -> None:
    moments = []

    def answer(body: dict[str, Any]) -> Reply:
        moments.append(time.monotonic())
        return BUSY if len(moments) == 1 else OK

    with server(answer) as (url, _):
        load_model(f"openai:m@{url}").invoke("hello")
    assert moments[1] - moments[0] >= 0.15


def test_a_wait_that_was_asked_for_is_not_the_runs_time(toolkit: Toolkit) -> None:
    with server([Reply(429, "", {"Retry-After": "1"}), OK]) as (url, _):
        began = time.monotonic()
        trace = solve(build_agent(load_model(f"openai:m@{url}"), toolkit), PROBLEM)
        spent = (time.monotonic() - began) * 1000
    assert trace.stop == "answered", trace.error
    assert trace.usage.model_milliseconds <= spent - 1000


def test_a_wait_puts_the_end_of_a_turn_off() -> None:
    async def turn(wait: float) -> None:
        clock = asyncio.timeout(0.01)
        with timed_turn(clock):
            async with clock:
                note_pause(wait)
                await asyncio.sleep(0.05)

    asyncio.run(turn(60))
    with pytest.raises(TimeoutError):
        asyncio.run(turn(0))


class _Refusal(Exception):
    def __init__(self, status: int, headers: dict[str, str]) -> None:
        super().__init__("refused")
        self.status_code = status
        self.response = type("Response", (), {"headers": headers})()


def test_waits_grow_are_spread_and_end() -> None:
    patience = Patience(retries=4)
    busy = _Refusal(503, {})
    for tried in (1, 2, 3, 4):
        waits = [patience.delay(busy, tried, known=True) for _ in range(50)]
        assert all(0.25 * 2 ** (tried - 1) <= w <= 0.5 * 2 ** (tried - 1) for w in waits if w)
        assert len(set(waits)) > 1
    assert patience.delay(busy, 5, known=True) is None
    date = _Refusal(429, {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"})
    assert retry_after(date) == 0.0
    assert retry_after(_Refusal(429, {"retry-after": "soon"})) is None


def test_a_pace_spreads_requests() -> None:
    pace = Pace(requests_a_minute=60)
    waits = [pace.reserve() for _ in range(3)]
    assert waits[0] == 0.0
    assert 0.9 < waits[1] <= 1.0
    assert 1.9 < waits[2] <= 2.0


def test_a_wait_is_told() -> None:
    told: list[str] = []
    with server([Reply(429, "", {"Retry-After": "1"}), OK]) as (url, _):
        load_model(f"openai:m@{url}", on_wait=told.append).invoke("hello")
    assert len(told) == 1
    assert "waiting 1 s" in told[0]
    assert "HTTP 429" in told[0]


def test_nothing_is_asked_for_twice(tmp_path: Path) -> None:
    with server(lambda body: said(str(body.get("seed")))) as (url, seen):
        model = load_model(f"openai:m@{url}", answers=tmp_path / "kept.sqlite")
        first = model.invoke("hello", seed=1, temperature=0.5)
        again = load_model(f"openai:m@{url}", answers=tmp_path / "kept.sqlite")
        kept = asyncio.run(again.ainvoke("hello", seed=1, temperature=0.5))
        pieces = list(again.stream("hello", seed=1, temperature=0.5))
        assert len(seen) == 1
        assert again.invoke("hello", seed=2, temperature=0.5).content == "2"
        assert again.invoke("hello", seed=1, temperature=0.6).content == "1"
        assert again.invoke("hello!", seed=1, temperature=0.5).content == "1"
        assert len(seen) == 4
    assert kept.content == first.content == "1"
    assert kept.usage_metadata == first.usage_metadata
    assert "".join(str(piece.content) for piece in pieces) == "1"
    assert kept.response_metadata["kept"] is True


def test_failures_are_not_kept(tmp_path: Path) -> None:
    with server([Reply(400, "no"), OK]) as (url, seen):
        model = load_model(f"openai:m@{url}", answers=tmp_path / "kept.sqlite")
        with pytest.raises(CorollaryError):
            model.invoke("hello")
        assert model.invoke("hello").content == "24"
        assert len(seen) == 2


def test_kept_calls_are_calls_again(tmp_path: Path, toolkit: Toolkit) -> None:
    replies = [called("calculate", '{"expression": "48/2"}'), OK]
    with server(replies) as (url, seen):
        path = tmp_path / "kept.sqlite"
        traces = [
            solve(build_agent(load_model(f"openai:m@{url}", answers=path), toolkit), PROBLEM)
            for _ in range(2)
        ]
        assert len(seen) == 2
    assert traces[0].messages == traces[1].messages
    assert traces[1].stop == "answered"


def test_a_killed_process_loses_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    code = (
        "import os, signal, sys\n"
        "from langchain_core.messages import AIMessage\n"
        "from corollary_agent.models.hosted.answers import Answers\n"
        "answers = Answers(sys.argv[1])\n"
        "for n in range(3): answers.put(str(n), 'm', [AIMessage(str(n))])\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    kept = [Answers(path).get(str(n)) for n in range(4)]
    assert [m and m[0].content for m in kept] == ["0", "1", "2", None]
    assert path.stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_store_is_an_error_for_people(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    path.write_text("not a database, and long enough to be looked at as one" * 20)
    with pytest.raises(CorollaryError, match="--no-cache"):
        Answers(path).get("key")


def test_the_key_holds_all_that_matters_and_no_ids() -> None:
    def history(identity: str, result: str = "24") -> list[Any]:
        call = {"name": "calculate", "args": {"expression": "48/2"}, "id": identity}
        said_so = AIMessage("", tool_calls=[call])
        return [HumanMessage("x"), said_so, ToolMessage(result, tool_call_id=identity)]

    key = answer_key("m", history("a"), {"seed": 1, "tools": []}, None)
    assert key == answer_key("m", history("b"), {"tools": [], "seed": 1}, [])
    assert key != answer_key("m", history("a", "25"), {"seed": 1, "tools": []}, None)
    assert key != answer_key("n", history("a"), {"seed": 1, "tools": []}, None)
    assert key != answer_key("m", history("a"), {"seed": 1, "tools": [1]}, None)
    assert key != answer_key("m", history("a"), {"seed": 1, "tools": []}, ["."])


def test_a_spent_budget_begins_nothing_more(toolkit: Toolkit) -> None:
    with server(lambda body: OK) as (url, seen):
        budget = Budget(tokens=15)
        model = load_model(f"openai:m@{url}", budget=budget)
        assert model.invoke("a").content == model.invoke("b").content == "24"
        with pytest.raises(BudgetReached, match="20 tokens"):
            model.invoke("c")
        with pytest.raises(BudgetReached):
            asyncio.run(asolve(build_agent(model, toolkit), PROBLEM))
        assert len(seen) == 2


def test_a_limit_that_cannot_be_kept_is_said(tmp_path: Path) -> None:
    row = json.loads(OK.text)
    del row["usage"]
    with server([Reply(200, json.dumps(row))]) as (url, _):
        with pytest.raises(CorollaryError, match="how many tokens"):
            load_model(f"openai:m@{url}", budget=Budget(tokens=9)).invoke("hello")
        with pytest.raises(CorollaryError, match="no price"):
            load_model(f"openai:m@{url}", budget=Budget(cost=9))


def test_prices(tmp_path: Path) -> None:
    mine = tmp_path / "prices.toml"
    url = "http://localhost:8000/v1"
    mine.write_text(
        f'[openai]\n"gpt-4.1" = {{ input = 1, output = 2 }}\n'
        f'["{url}"]\nm = {{ input = 10, cached = 1, output = 20 }}\n'
    )
    shipped, own = find_price("openai:gpt-4.1"), find_price("openai:gpt-4.1", mine)
    assert shipped is not None
    assert own is not None
    assert (shipped.input, own.input) == (2.0, 1.0)
    assert find_price("openai:gpt-4.1-2025-04-14") == shipped
    assert find_price(f"openai:gpt-4.1@{url}") is None
    assert find_price("openai:never-heard-of") is None
    priced = find_price(f"openai:m@{url}", mine)
    assert priced is not None
    usage: Any = {
        "input_tokens": 1_000_000,
        "output_tokens": 500_000,
        "total_tokens": 1_500_000,
        "input_token_details": {"cache_read": 400_000},
    }
    assert priced.cost(usage) == pytest.approx(6 + 0.4 + 10)
    mine.write_text("[openai]\nx = { input = 1 }\n")
    with pytest.raises(CorollaryError, match=r"openai\.x.*\n.*output"):
        find_price("openai:x", mine)


def test_a_trace_says_what_it_cost(tmp_path: Path, toolkit: Toolkit) -> None:
    replies = [called("calculate", '{"expression": "48/2"}'), OK]
    with server(replies * 2) as (url, _):
        mine = tmp_path / "prices.toml"
        mine.write_text(f'["{url}"]\nm = {{ input = 10, output = 100 }}\n')
        model = load_model(f"openai:m@{url}", prices=mine)
        priced = solve(build_agent(model, toolkit), PROBLEM)
        unknown = solve(build_agent(load_model(f"openai:m@{url}"), toolkit), PROBLEM)
    assert priced.usage.cost == pytest.approx(2 * (7 * 10 + 3 * 100) / 1e6)
    assert unknown.usage.cost is None


def test_a_call_that_a_stream_cut_off_is_not_run(toolkit: Toolkit) -> None:
    function = {"name": "calculate", "arguments": '{"expression": "48'}
    cut = streamed(
        {"role": "assistant", "content": None},
        {"tool_calls": [{"index": 0, "id": "1", "type": "function", "function": function}]},
        reason="length",
    )
    whole = streamed({"role": "assistant", "content": "24"})
    with server([cut, whole]) as (url, _):
        agent = build_agent(load_model(f"openai:m@{url}"), toolkit)
        events = list(stream_steps(agent, PROBLEM))
    kinds = [kind for kind, _ in events]
    assert "call" not in kinds
    assert "repair" in kinds
    assert events[-1][1].stop == "answered"


CALL = '<tool_call>\n{"name": "calculate", "arguments": {"expression": "48/2"}}\n</tool_call>'


def test_calls_that_a_server_left_in_the_words_are_calls(toolkit: Toolkit) -> None:
    words = [{"role": "assistant", "content": "So "}, *({"content": sign} for sign in CALL)]
    cut = said(CALL[:30])
    replies = [cut, said(f"So {CALL}"), OK, streamed(*words), streamed({"content": "24"})]
    with server(replies) as (url, _):
        agent = build_agent(load_model(f"openai:m@{url}"), toolkit)
        whole = solve(agent, PROBLEM)
        events = list(stream_steps(agent, PROBLEM))
    for trace in (whole, events[-1][1]):
        assert trace.stop == "answered", trace.error
        assert str(trace.messages[-3]["content"]).strip() == "So"
        assert [call.name for call in trace.steps[0].calls] == ["calculate"]
    assert whole.steps[0].faults == ("malformed_call",)


def test_words_that_are_no_call_stream_on(toolkit: Toolkit) -> None:
    words = [{"role": "assistant", "content": "a "}, {"content": "< b"}, {"content": " <tool"}]
    with server([streamed(*words)]) as (url, _):
        bound = load_model(f"openai:m@{url}").bind_tools(list(toolkit.schemas()))
        pieces = [str(piece.content) for piece in bound.stream("hello")]
    assert "".join(pieces) == "a < b <tool"
    assert pieces[:2] == ["a ", "< b"]


def test_a_model_of_our_server_is_spoken_to_as_it_was_made_for(toolkit: Toolkit) -> None:
    problem = read_problem("Bob is big. Big things are red. Is Bob red?")
    with served(load_model("expert"), "expert") as url:
        model = load_model(f"openai:expert@{url}")
        assert default_prompt(model) == PromptSettings(style="brief", reading="whole")
        assert default_prompt(load_model(f"openai:other@{url}")) == PromptSettings()
        trace = solve(build_agent(model, toolkit), problem)
    assert trace.answer is not None
    assert trace.answer.value == "True"


def rollout(url: str, folder: Path, *flags: str) -> Any:
    words = ("rollout", "--model", f"openai:m@{url}", "--source", "generated:equations")
    place = str(folder / "run")
    cache = {"XDG_CACHE_HOME": str(folder / "cache")}
    return run(*words, "-n", "4", "--samples", "1", "-j", "1", "--run", place, *flags, **cache)


def test_a_rollout_ends_with_its_budget_and_goes_on(tmp_path: Path) -> None:
    with server(lambda body: OK) as (url, seen):
        first = rollout(url, tmp_path, "--max-tokens", "15")
        assert_told(first, 3, "15 tokens", "2 rollouts are in", "--max-tokens")
        assert "next: corollary grade" in first.stderr
        assert len(seen) == 2
        second = rollout(url, tmp_path)
        assert second.exit_code == 0, second.stderr
        assert "2 of them from before" in second.stdout
        assert "cost unknown" in second.stderr
        assert len(seen) == 4


def test_kept_answers_pay_for_a_run_of_their_own(tmp_path: Path) -> None:
    with server(lambda body: OK) as (url, seen):
        assert rollout(url, tmp_path, "--cache").exit_code == 0
        (tmp_path / "run").rename(tmp_path / "old")
        assert rollout(url, tmp_path, "--cache", "--max-tokens", "1").exit_code == 0
        assert len(seen) == 4
    assert (tmp_path / "cache" / "corollary" / "answers.sqlite").is_file()


def test_limits_without_effect_are_wrong_use() -> None:
    told = run("solve", "--model", "expert", "--max-cost", "1", "2 + 3")
    assert_told(told, 2, "--max-cost has no effect", "costs nothing")
    url = "http://127.0.0.1:9/v1"
    told = run("solve", "--model", f"openai:m@{url}", "--max-cost", "1", "2 + 3")
    assert_told(told, 2, "--prices")


def test_solve_stops_at_its_budget() -> None:
    function = {"name": "calculate", "arguments": '{"expression": "1+1"}'}
    call = {"index": 0, "id": "1", "type": "function", "function": function}
    with server([streamed({"role": "assistant", "tool_calls": [call]})]) as (url, _):
        told = run("solve", "--model", f"openai:m@{url}", "--max-tokens", "5", "What is 1 + 1?")
    assert_told(told, 3, "the budget of 5 tokens is spent")
