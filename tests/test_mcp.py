"""The MCP server with the protocol's own client: over stdio, over HTTP, and what it refuses."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx2
import pytest
from command import assert_told, run
from mcp import Client, StdioServerParameters
from stopping import stop_next

from corollary_tools.errors import CorollaryError
from corollary_tools.mcp_server import Desks, build_application, build_server, listen
from corollary_tools.toolkit import Toolkit, load_toolkit

PROGRAM = ("-c", "from corollary_cli.main import main; main()", "tools", "serve")
TOKEN = "a token for a test"


async def said(client: Client, name: str, **arguments: Any) -> tuple[str, bool]:
    """A result's text, and whether it is an error."""
    result = await client.call_tool(name, arguments)
    (block,) = result.content
    return block.text, result.is_error  # type: ignore[union-attr]


async def use(client: Client) -> None:
    """What any client can do: list the toolkit's tools, call them, read errors, record."""
    listed = {tool.name: tool for tool in (await client.list_tools()).tools}
    with load_toolkit("arithmetic+logic") as toolkit:
        schemas = [schema["function"] for schema in toolkit.schemas()]
    assert {name: tool.input_schema for name, tool in listed.items()} == {
        schema["name"]: schema["parameters"] for schema in schemas
    }
    assert await said(client, "calculate", expression="48/2") == ("24", False)
    assert await said(client, "calculate", expression="1/0") == (
        "Division by zero. Check the denominator.",
        True,
    )
    assert await said(client, "calculate") == ("Bad arguments: expression is missing.", True)
    text, failed = await said(client, "calculat", expression="1")
    assert failed
    assert "Did you mean calculate?" in text
    assert await said(client, "premise", n=1, formula="blue(cow)") == ("Recorded 1.", False)
    result = await client.call_tool("prove", {"conclusion": "blue(cow)"})
    assert result.content[0].text == "True (from 1)"  # type: ignore[union-attr]
    assert (result.meta or {})["corollary/certificate"]["uses"] == [1]


def test_a_client_over_stdio() -> None:
    words = [*PROGRAM, "--toolkit", "arithmetic+logic"]
    server = StdioServerParameters(command=sys.executable, args=words)

    async def work() -> None:
        async with Client(server) as client:
            await use(client)

    talk(work)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a server that runs meanwhile, and that ends in silence with Ctrl-C."""
    words = [*PROGRAM, "--http", "--port", "0", "--toolkit", "arithmetic+logic"]
    server = subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert server.stderr is not None
    line = server.stderr.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+/mcp", line)
    assert found, line + server.stderr.read()
    yield found[0]
    server.send_signal(signal.SIGINT)
    out, err = server.communicate(timeout=600)
    assert out == ""
    assert "Traceback" not in err
    assert server.returncode == 130


def talk(work: Callable[[], Awaitable[None]]) -> None:
    async def limited() -> None:
        await asyncio.wait_for(work(), 60)

    asyncio.run(limited())


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_clients_over_http_have_a_desk_each(address: str, mode: str) -> None:
    async def work() -> None:
        async with Client(address, mode=mode) as first, Client(address, mode=mode) as second:
            await use(first)
            text, _ = await said(second, "prove", conclusion="blue(cow)")
            assert "True" not in text

    talk(work)


def test_a_client_without_a_session_is_told_so(address: str) -> None:
    async def work() -> None:
        async with Client(address, mode="2026-07-28") as client:
            assert await said(client, "calculate", expression="48/2") == ("24", False)
            text, failed = await said(client, "premise", n=1, formula="blue(cow)")
            assert failed
            assert "without a session nothing is" in text

    talk(work)


def test_pages_of_other_sites_are_refused(address: str) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        answer = httpx2.post(address, json=body, headers=headers)
        assert answer.status_code in (403, 421)


def test_a_token_lets_in_who_bears_it(toolkit: Toolkit) -> None:
    application = build_application(build_server(toolkit), "127.0.0.1", TOKEN)
    client = {"name": "test", "version": "1"}
    opening = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client}
    body = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": opening}
    accepted = {"Accept": "application/json, text/event-stream"}

    async def work() -> None:
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(application), headers=accepted)
        async with application.router.lifespan_context(application), http:
            for given in ({}, {"Authorization": "Bearer another"}, {"Authorization": TOKEN}):
                answer = await http.post("http://127.0.0.1:1/mcp", json=body, headers=given)
                assert answer.status_code == 401
                assert "wants a token" in answer.text
            bearing = {"Authorization": f"Bearer {TOKEN}"}
            answer = await http.post("http://127.0.0.1:1/mcp", json=body, headers=bearing)
            assert answer.status_code == 200
            assert "serverInfo" in answer.text

    talk(work)


def test_a_call_that_the_client_gives_up_frees_its_worker(toolkit: Toolkit) -> None:
    async def work() -> None:
        async with Client(build_server(toolkit)) as client:
            pid = stop_next(toolkit.workers)
            call = asyncio.create_task(said(client, "calculate", expression="1"))
            while pid in toolkit.workers.pool.idle:
                await asyncio.sleep(0)
            call.cancel()
            assert await said(client, "calculate", expression="6*7") == ("42", False)

    talk(work)


def test_other_machines_need_a_token() -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org"):
        with pytest.raises(CorollaryError, match="without a token"):
            listen(host, 0, None)
    assert_told(run("tools", "serve", "--http", "--host", "0.0.0.0"), 2, "COROLLARY_MCP_TOKEN")
    with listen("0.0.0.0", 0, TOKEN) as listener:
        assert listener.getsockname()[0] == "0.0.0.0"


def test_a_port_in_use_is_an_error_in_three_lines() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert_told(run("tools", "serve", "--http", "--port", port), 2, "address already in use")


def test_the_session_unused_longest_is_forgotten_first() -> None:
    desks = Desks(limit=2)
    first, second = desks.of("1"), desks.of("2")
    assert desks.of("1") is first
    desks.of("3")
    assert desks.of("1") is first
    assert desks.of("2") is not second


def test_without_the_extra_the_command_says_what_to_install() -> None:
    script = "import sys; sys.modules['mcp'] = None\nfrom corollary_cli.main import main\nmain()"
    done = subprocess.run(
        [sys.executable, "-c", script, "tools", "serve"],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.splitlines() == [
        "error: this needs the 'mcp' extra",
        "  because the module mcp is not installed",
        "  try: pip install 'corollary[mcp]'",
    ]
