"""Who may come in, and a note of each who did.

Guarantees that without a token only requests for this machine's own name pass (a page in a browser
on this machine cannot reach the model through a name that its author resolves to it), and that
tokens are compared in constant time. /health is open: it tells nothing of the model.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corollary_agent.serving.errors import ApiError

_HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Event:
    """One answered request, for a log. status: 0 where the client left before it was answered."""

    route: str
    status: int
    seconds: float


Listener = Callable[[Event], None]


class Door:
    """ASGI middleware around the whole server."""

    def __init__(self, app: ASGIApp, token: str | None, listener: Listener | None) -> None:
        self._app = app
        self._token = token
        self._listener = listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = 0, time.monotonic()

        async def noted(message: Message) -> None:
            nonlocal status
            status = int(message.get("status", status))
            await send(message)

        refusal = self._refusal(scope)
        try:
            if refusal is None:
                await self._app(scope, receive, noted)
            else:
                answer = JSONResponse(refusal.body, refusal.status, refusal.headers)
                await answer(scope, receive, noted)
        finally:
            if self._listener is not None:
                route = f"{scope['method']} {scope['path']}"
                self._listener(Event(route, status, time.monotonic() - began))

    def _refusal(self, scope: Scope) -> ApiError | None:
        headers = Headers(scope=scope)
        if scope["path"] == "/health":
            return None
        if self._token is None:
            return None if _is_here(headers.get("host", "")) else _wrong_host()
        given = headers.get("authorization", "").removeprefix("Bearer ")
        if hmac.compare_digest(given.encode(), self._token.encode()):
            return None
        said = "the API key is missing or wrong; send the server's token as the API key"
        return ApiError(401, said, code="invalid_api_key")


def _is_here(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").hostname in _HERE
    except ValueError:
        return False


def _wrong_host() -> ApiError:
    said = f"without a token this server answers to {', '.join(_HERE)} and to no other name"
    return ApiError(403, said, code="wrong_host")
