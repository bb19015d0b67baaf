"""The server's routes: chat completions, the list of models, health.

Guarantees that a request is refused before any of it reaches a model when it is too long, comes
without the token, for another host, or when the queue is full; that every answer, good or bad, has
OpenAI's form; and that a client who leaves frees its place. Binds no socket (`server` does).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from langchain_core.language_models import BaseChatModel
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from corollary_agent.prompt import PromptSettings, default_prompt
from corollary_agent.serving.body import read_body
from corollary_agent.serving.completions import Completions
from corollary_agent.serving.door import Door, Listener
from corollary_agent.serving.errors import ApiError
from corollary_agent.serving.requests import read_request
from corollary_agent.serving.slots import Slots


@dataclass(frozen=True, slots=True)
class ServeLimits:
    """What a server takes on.

    body: bytes of one request. active: requests that the model works on at once; waiting: requests
    that wait behind them.
    """

    body: int = 4_000_000
    active: int = 32
    waiting: int = 128


_LIMITS = ServeLimits()


def build_app(
    model: BaseChatModel,
    name: str,
    *,
    token: str | None = None,
    limits: ServeLimits = _LIMITS,
    on_event: Listener | None = None,
) -> Starlette:
    """Build the server of `model`, which clients call `name`.

    token: what clients send as their API key; without one only requests whose Host is this machine
    are answered, so that no web page reaches the model through a name of its own. on_event: called
    with each answered request.
    """
    slots = Slots(limits.active, limits.waiting)
    pages = _Pages(Completions(model, name, slots), slots, limits, _model_row(model, name))
    return Starlette(
        routes=[
            Route("/health", pages.health),
            Route("/v1/models", pages.models),
            Route("/v1/models/{name:path}", pages.one_model),
            Route("/v1/chat/completions", pages.chat, methods=["POST"]),
        ],
        middleware=[Middleware(Door, token=token, listener=on_event)],
        exception_handlers={ApiError: _refused, HTTPException: _not_there, Exception: _bug},
    )


@dataclass(frozen=True, slots=True)
class _Pages:
    completions: Completions
    slots: Slots
    limits: ServeLimits
    row: dict[str, Any]

    async def health(self, request: Request) -> Response:
        state = {"running": self.slots.running, "waiting": self.slots.queued}
        return JSONResponse({"status": "ok", **state})

    async def models(self, request: Request) -> Response:
        return JSONResponse({"object": "list", "data": [self.row]})

    async def one_model(self, request: Request) -> Response:
        self.completions.check_name(str(request.path_params["name"]))
        return JSONResponse(self.row)

    async def chat(self, request: Request) -> Response:
        asked = read_request(await read_body(request, self.limits.body))
        return self.completions.answer(asked)


def _model_row(model: BaseChatModel, name: str) -> dict[str, Any]:
    """The model as /v1/models lists it, with the prompt that it was made for."""
    prompt = default_prompt(model)
    if getattr(model, "reads_problem", False):  # over HTTP it has the words alone
        prompt = PromptSettings(form=prompt.form, style="brief", reading="whole")
    return {
        "id": name,
        "object": "model",
        "created": int(time.time()),
        "owned_by": "corollary",
        "corollary": {"prompt": prompt.model_dump(mode="json")},
    }


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return JSONResponse(error.body, error.status, error.headers)


async def _not_there(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = f"{request.method} {request.url.path} is not served here"
    return await _refused(request, ApiError(error.status_code, said, code="not_served"))


async def _bug(request: Request, error: Exception) -> Response:
    said = f"the server failed: {type(error).__name__}"
    return await _refused(request, ApiError(500, said, code="server_failed"))
