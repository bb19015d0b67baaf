"""The tools as an MCP server: one client over stdio, many over streamable HTTP.

Guarantees that every client session has a desk of its own, that what goes wrong with a call is a
tool error with the text that a model can act on, and that no other machine is let in without a
token. Statements live in sessions: over HTTP the server answers the handshake versions of the
protocol, which have them. Needs the extra `mcp`, which is imported when a server is built.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import socket
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from corollary_tools.desk import Desk
from corollary_tools.errors import CorollaryError
from corollary_tools.tool import OpenDesk, Outcome
from corollary_tools.toolkit import Toolkit
from corollary_tools.worker import SolverBug

if TYPE_CHECKING:
    from mcp import types
    from mcp.server import Server, ServerRequestContext
    from starlette.applications import Starlette

PATH = "/mcp"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SESSIONS = 10_000
_NO_SESSION = (
    "This call changes what is recorded, and without a session nothing is. "
    "Open the connection with `initialize`, or send all formulas in one call."
)
_FAILED = "The tool failed in a way that nobody expected. Send the problem in another form."
_Application = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]


class Desks:
    """The desks of the sessions by their ids. Beyond `limit` the one unused longest is dropped."""

    def __init__(self, limit: int = _SESSIONS) -> None:
        self._limit = limit
        self._open: OrderedDict[str, OpenDesk] = OrderedDict()

    def of(self, session: str) -> OpenDesk:
        """The desk of this session; an empty one at its first call."""
        desk = self._open.setdefault(session, OpenDesk(Desk()))
        self._open.move_to_end(session)
        if len(self._open) > self._limit:
            self._open.popitem(last=False)
        return desk


def build_server(toolkit: Toolkit) -> Server[Desks]:
    """Build the protocol's server around the tools of `toolkit`, which the caller closes."""
    from mcp import types
    from mcp.server import Server

    listed = types.ListToolsResult(tools=[_listed(schema) for schema in toolkit.schemas()])

    async def list_tools(_: object, __: object) -> types.ListToolsResult:
        return listed

    async def call_tool(
        context: ServerRequestContext[Desks], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        session = _session(context)
        desk = OpenDesk(Desk()) if session is None else context.lifespan_context.of(session)
        return await _answer(toolkit, params, desk, kept=session is not None)

    @asynccontextmanager
    async def desks(_: Server[Desks]) -> AsyncIterator[Desks]:
        yield Desks()

    server = Server(
        "corollary",
        version=version("corollary"),
        instructions="Exact tools for mathematics and logic. Each result is a fact.",
        lifespan=desks,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )
    _answer_discovery(server)
    return server


def serve_stdio(server: Server[Desks]) -> None:
    """Serve one client over standard input and output, until it closes them."""
    from mcp.server.stdio import stdio_server

    async def serve() -> None:
        async with stdio_server() as (reader, writer):
            await server.run(reader, writer, server.create_initialization_options())

    asyncio.run(serve())


def listen(host: str, port: int, token: str | None) -> socket.socket:
    """Open the socket for `serve_http`. port 0: any that is free.

    Raises CorollaryError for a host that other machines reach where there is no token, and for a
    port or host that cannot be had.
    """
    if host not in LOOPBACK and not token:
        raise CorollaryError(
            f"will not serve on {host} without a token",
            because="other machines can reach it, and whoever reaches it can call the tools",
            remedy="COROLLARY_MCP_TOKEN=SECRET, or --host 127.0.0.1",
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise CorollaryError(
            f"cannot serve on {host} port {port}",
            because=(error.strerror or str(error)).lower(),
            remedy="--port 0 takes a free one",
        ) from None


def build_application(server: Server[Desks], host: str, token: str | None) -> Starlette:
    """Build the web application, at PATH. token: what requests must bear, if anything."""
    application = server.streamable_http_app(streamable_http_path=PATH, host=host)
    if token:
        application.add_middleware(_guard(token))
    return application


def serve_http(server: Server[Desks], listener: socket.socket, token: str | None) -> None:
    """Serve over streamable HTTP until interrupted."""
    import uvicorn

    application = build_application(server, str(listener.getsockname()[0]), token)
    settings = uvicorn.Config(application, log_config=None, timeout_graceful_shutdown=2)
    asyncio.run(uvicorn.Server(settings).serve(sockets=[listener]))


def _listed(schema: dict[str, Any]) -> types.Tool:
    from mcp import types

    function = schema["function"]
    return types.Tool(
        name=function["name"],
        description=function["description"],
        input_schema=function["parameters"],
        annotations=types.ToolAnnotations(destructive_hint=False, open_world_hint=False),
    )


def _session(context: ServerRequestContext[Desks]) -> str | None:
    """The session of a request: stdio has one, HTTP names it; a later protocol has none there."""
    from mcp.types.version import HANDSHAKE_PROTOCOL_VERSIONS

    if context.request is None:
        return ""
    if context.protocol_version not in HANDSHAKE_PROTOCOL_VERSIONS:
        return None
    found: str | None = context.request.headers.get("mcp-session-id")
    return found


async def _answer(
    toolkit: Toolkit, params: types.CallToolRequestParams, desk: OpenDesk, *, kept: bool
) -> types.CallToolResult:
    from mcp import types

    async def call(before: Desk) -> Outcome:
        return await toolkit.acall(params.name, params.arguments or {}, before)

    before = desk.desk
    try:
        outcome = await desk.aadvance(call)
    except SolverBug as bug:
        logging.getLogger(__name__).error("%s failed: %s", params.name, bug)
        return types.CallToolResult(content=[_text(_FAILED)], is_error=True)
    if not kept and desk.desk is not before:
        return types.CallToolResult(content=[_text(_NO_SESSION)], is_error=True)
    meta = {"corollary/certificate": outcome.certificate} if outcome.certificate else None
    content: list[Any] = [_text(outcome.text)]
    return types.CallToolResult(content=content, is_error=outcome.fault is not None, _meta=meta)


def _text(text: str) -> types.TextContent:
    from mcp import types

    return types.TextContent(type="text", text=text)


def _answer_discovery(server: Server[Desks]) -> None:
    """Say over HTTP that sessions are served, so that clients which know both forms open one."""
    from mcp import types
    from mcp.types.version import HANDSHAKE_PROTOCOL_VERSIONS, MODERN_PROTOCOL_VERSIONS

    async def discover(
        context: ServerRequestContext[Desks], _: types.RequestParams
    ) -> types.DiscoverResult:
        stdio = context.request is None
        return types.DiscoverResult(
            supported_versions=[
                *(MODERN_PROTOCOL_VERSIONS if stdio else HANDSHAKE_PROTOCOL_VERSIONS)
            ],
            capabilities=server.get_capabilities(protocol_version=context.protocol_version),
            instructions=server.instructions,
        )

    server.add_request_handler("server/discover", types.RequestParams, discover)


def _guard(token: str) -> Callable[[_Application], _Application]:
    """Let only requests through that bear the token; the comparison takes the same time for all."""
    from starlette.responses import PlainTextResponse

    known = f"Bearer {token}".encode()
    refusal = PlainTextResponse(
        "This server wants a token: Authorization: Bearer TOKEN.\n",
        status_code=401,
        headers={"WWW-Authenticate": "Bearer"},
    )

    def guard(app: _Application) -> _Application:
        async def guarded(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
            given = dict(scope.get("headers", ())).get(b"authorization", b"")
            allowed = scope["type"] == "lifespan" or hmac.compare_digest(given, known)
            await (app if allowed else refusal)(scope, receive, send)

        return guarded

    return guard
