"""Answering a request, whole or as a stream of events.

Guarantees that a broken or cut call is a normal answer, that a model's failure is an error of
OpenAI's form (a status, or in a stream that has begun its last event), and that work ends and its
place is free when its client leaves. The choices of one request are asked for together, so that a
model that batches can.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from corollary_agent.serving.asking import Question
from corollary_agent.serving.clients import is_served
from corollary_agent.serving.deltas import Deltas
from corollary_agent.serving.errors import ApiError, model_error
from corollary_agent.serving.replies import Row, to_choice, to_usage
from corollary_agent.serving.requests import ChatRequest
from corollary_agent.serving.slots import Slots

_EVENTS = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}


@dataclass(frozen=True, slots=True)
class Completions:
    """The chat completions of one model."""

    model: BaseChatModel
    name: str
    slots: Slots

    def check_name(self, name: str) -> None:
        """Raise ApiError (404) for another model's name."""
        if name != self.name:
            said = f"there is no model {name!r} here; the one that is served is {self.name!r}"
            raise ApiError(404, said, param="model", code="model_not_found")

    def answer(self, request: ChatRequest) -> Response:
        """Return what will answer the request, with its place in the queue. Raises ApiError."""
        self.check_name(request.model)
        question = Question(self.model, request)
        self.slots.enter()
        return _Answer(question, request, _head(self.name, request), self.slots)


class _Answer(Response):
    """Asks the model when it is sent."""

    def __init__(self, question: Question, request: ChatRequest, head: Row, slots: Slots) -> None:
        super().__init__()
        self._question = question
        self._request = request
        self._head = head
        self._slots = slots

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        send_it = self._streamed if self._request.stream else self._whole
        try:
            await is_served(send_it(scope, receive, send), receive)
        finally:
            self._slots.leave()

    async def _whole(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with self._slots.turn():
                asked = (self._question.ask(choice) for choice in range(self._request.n))
                said = await asyncio.gather(*asked)
        except Exception as error:  # noqa: BLE001  models raise what they like; see model_error
            await _fail(error, scope, receive, send)
            return
        choices = [to_choice(index, message) for index, message in enumerate(said)]
        body = {**self._head, "choices": choices, "usage": to_usage(said)}
        await JSONResponse(body)(scope, receive, send)

    async def _streamed(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False
        try:
            async with self._slots.turn():
                async for event in self._events():
                    if not begun:
                        await _begin(send)
                    begun = True
                    await _send(send, event)
        except Exception as error:  # noqa: BLE001  models raise what they like; see model_error
            if not begun:
                await _fail(error, scope, receive, send)
                return
            await _send(send, _event(model_error(error).body))
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _events(self) -> AsyncIterator[str]:
        choices = [Deltas(index) for index in range(self._request.n)]
        wants_usage = self._request.stream_options.include_usage
        head = {**self._head, "usage": None} if wants_usage else self._head
        async for row in _merged(self._question, choices):
            yield _event({**head, "choices": [row]})
        if wants_usage:
            usage = to_usage([choice.ending for choice in choices])
            yield _event({**head, "choices": [], "usage": usage})
        yield "data: [DONE]\n\n"


async def _merged(question: Question, choices: list[Deltas]) -> AsyncIterator[Row]:
    """Yield the deltas of all choices as they come. Raises what the model raised."""
    rows: asyncio.Queue[Row | Exception | None] = asyncio.Queue()
    tasks = [asyncio.create_task(_pump(question, choice, rows)) for choice in choices]
    left = len(tasks)
    try:
        while left:
            row = await rows.get()
            if isinstance(row, Exception):
                raise row
            if row is None:
                left -= 1
            else:
                yield row
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pump(
    question: Question, choice: Deltas, rows: asyncio.Queue[Row | Exception | None]
) -> None:
    """Put the deltas of one choice, the first when the model has begun, and None at the end."""
    opened = False
    try:
        async for piece in question.stream(choice.index):
            if not opened:
                rows.put_nowait(choice.first())
            opened = True
            for row in choice.read(piece):
                rows.put_nowait(row)
        rows.put_nowait(choice.last())
        rows.put_nowait(None)
    except Exception as error:  # noqa: BLE001  raised again where the rows are read
        rows.put_nowait(error)


async def _fail(error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
    told = model_error(error)
    await JSONResponse(told.body, told.status, told.headers)(scope, receive, send)


async def _begin(send: Send) -> None:
    headers = [(key.encode(), value.encode()) for key, value in _EVENTS.items()]
    await send({"type": "http.response.start", "status": 200, "headers": headers})


async def _send(send: Send, event: str) -> None:
    await send({"type": "http.response.body", "body": event.encode(), "more_body": True})


def _event(row: Row) -> str:
    return f"data: {json.dumps(row, ensure_ascii=False)}\n\n"


def _head(name: str, request: ChatRequest) -> Row:
    return {
        "id": f"chatcmpl-{secrets.token_hex(12)}",
        "object": "chat.completion.chunk" if request.stream else "chat.completion",
        "created": int(time.time()),
        "model": name,
        "system_fingerprint": None,
    }
