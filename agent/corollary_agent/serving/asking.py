"""How a request is put to a chat model: its tools bound, its options named as the model knows them.

Guarantees that what a model cannot do is refused with the parameter's name, never passed over in
silence. A model says what it can in `abilities`: names of request parameters. Does not run it.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Any, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable

from corollary_agent.models.load import model_name
from corollary_agent.serving.errors import wrong
from corollary_agent.serving.history import to_messages
from corollary_agent.serving.requests import ChatRequest, NamedTool

_ASKED: dict[str, Callable[[ChatRequest], bool]] = {
    "tool_choice": lambda r: r.tool_choice == "required" or isinstance(r.tool_choice, NamedTool),
    "logprobs": lambda r: r.logprobs,
    "top_logprobs": lambda r: r.top_logprobs > 0,
    "response_format": lambda r: r.response_format is not None and r.response_format.type != "text",
    "strict": lambda r: any(tool.function.strict for tool in r.tools),
    "parallel_tool_calls": lambda r: r.parallel_tool_calls is False and bool(r.tools),
}


class Question:
    """A request as its model is asked it, choice by choice."""

    def __init__(self, model: BaseChatModel, request: ChatRequest) -> None:
        """Read the messages and bind the tools. Raises ApiError (400)."""
        able = abilities(model)
        for name, is_asked in _ASKED.items():
            if name not in able and is_asked(request):
                said = f"{name} as it was asked for is more than {model_name(model)} can do"
                raise wrong(name, said, "unsupported_parameter")
        self._messages: list[BaseMessage] = to_messages(request.messages)
        self._model = _bound(model, request, able)
        self._options = _options(request, able)
        self._seed = request.seed
        self._drawn = (request.temperature or 0) > 0

    async def ask(self, choice: int) -> AIMessage:
        """Return the model's message for one choice."""
        message = await self._model.ainvoke(self._messages, **self._sampling(choice))
        assert isinstance(message, AIMessage)
        return message

    async def stream(self, choice: int) -> AsyncIterator[BaseMessage]:
        """Yield the pieces of the message for one choice."""
        pieces = self._model.astream(self._messages, **self._sampling(choice))
        async with aclosing(cast(AsyncGenerator[BaseMessage], pieces)):
            async for piece in pieces:
                yield piece

    def _sampling(self, choice: int) -> dict[str, Any]:
        """The options of one choice: each has a seed of its own, drawn where none was given."""
        if self._seed is not None:
            return {**self._options, "seed": self._seed + choice}
        if self._drawn:
            return {**self._options, "seed": secrets.randbelow(2**31)}
        return self._options


def abilities(model: BaseChatModel) -> frozenset[str]:
    """The parameters, beyond messages, tools and sampling, that a model understands."""
    named = getattr(model, "abilities", ())
    return frozenset(named)


def _bound(model: BaseChatModel, request: ChatRequest, able: frozenset[str]) -> Runnable[Any, Any]:
    choice = request.tool_choice
    if not request.tools or (choice == "none" and "tool_choice" not in able):
        return model
    chosen: dict[str, Any] = {}
    if choice is not None and "tool_choice" in able:
        chosen["tool_choice"] = choice.function.name if isinstance(choice, NamedTool) else choice
    if any(tool.function.strict for tool in request.tools):
        chosen["strict"] = True
    if request.parallel_tool_calls is False:
        chosen["parallel_tool_calls"] = False
    try:
        return model.bind_tools([tool.row for tool in request.tools], **chosen)
    except NotImplementedError:
        raise wrong("tools", f"{model_name(model)} cannot be given tools") from None


def _options(request: ChatRequest, able: frozenset[str]) -> dict[str, Any]:
    given = {
        "temperature": request.temperature,
        "top_p": request.top_p,
        "max_tokens": request.limit,
        "stop": request.stop or None,
        "logprobs": request.logprobs or None,
        "top_logprobs": request.top_logprobs or None,
        "response_format": _format(request) if "response_format" in able else None,
    }
    return {key: value for key, value in given.items() if value is not None}


def _format(request: ChatRequest) -> dict[str, Any] | None:
    wanted = request.response_format
    if wanted is None or wanted.type == "text":
        return None
    return wanted.model_dump(mode="json", by_alias=True, exclude_none=True)
