"""Binding the server and running it until it is stopped.

Guarantees that a server without a token is bound to this machine alone, that a taken port is an
error for people, and that Ctrl-C ends it: no new request is taken, those under way have a few
seconds. Needs the extra `serve`.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass, field

import uvicorn
from langchain_core.language_models import BaseChatModel

from corollary_agent.serving.app import ServeLimits, build_app
from corollary_agent.serving.door import Listener
from corollary_tools.errors import CorollaryError

_GRACE = 5
_SHORTEST = 8
_BACKLOG = 2048


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens. port 0: any that is free."""

    host: str = "127.0.0.1"
    port: int = 8000

    @property
    def is_loopback(self) -> bool:
        """Is it reached from this machine alone?"""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


@dataclass(slots=True)
class ModelServer:
    """A model behind a bound socket. run() answers until stop(), Ctrl-C or SIGTERM."""

    model: BaseChatModel
    name: str
    address: Address = field(default_factory=Address)
    token: str | None = None
    limits: ServeLimits = field(default_factory=ServeLimits)
    on_event: Listener | None = None
    _socket: socket.socket = field(init=False)
    _server: uvicorn.Server = field(init=False)

    def __post_init__(self) -> None:
        """Bind. Raises CorollaryError: no token for an open address, or the port is taken."""
        check_token(self.address, self.token)
        self._socket = _bound(self.address)
        app = build_app(
            self.model, self.name, token=self.token, limits=self.limits, on_event=self.on_event
        )
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=_GRACE,
        )
        self._server = uvicorn.Server(config)

    @property
    def url(self) -> str:
        """The base URL that clients are given, with the port that was bound."""
        host, port = self._socket.getsockname()[:2]
        return f"http://[{host}]:{port}/v1" if ":" in host else f"http://{host}:{port}/v1"

    def run(self) -> None:
        """Answer requests until the server is stopped."""
        self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """End `run` from another thread."""
        self._server.should_exit = True


def check_token(address: Address, token: str | None) -> None:
    """Raise CorollaryError for a weak token, or where other machines could come in without one."""
    if token is not None and (len(token) < _SHORTEST or not token.isascii()):
        raise CorollaryError(
            "the token cannot be used",
            because=f"it needs {_SHORTEST} characters or more, all of them ASCII",
            remedy="COROLLARY_TOKEN=$(openssl rand -hex 16)",
        )
    if token is None and not address.is_loopback:
        raise CorollaryError(
            f"a server on {address.host} needs a token",
            because="other machines can reach it, and it asks for nothing without one",
            remedy="COROLLARY_TOKEN=$(openssl rand -hex 16), or --host 127.0.0.1",
        )


def _bound(address: Address) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    place = (address.host, address.port)
    try:
        bound = socket.create_server(place, family=family, backlog=_BACKLOG)
        # Connections inherit it; without it each answer waits 40 ms for an acknowledgement.
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return bound
    except (OSError, OverflowError) as error:
        raise CorollaryError(
            f"cannot listen on {address.host}, port {address.port}",
            because=(getattr(error, "strerror", None) or str(error)).lower(),
            remedy="--port with another number, or 0 for any that is free",
        ) from None
