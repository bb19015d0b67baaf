"""The chat model behind every hosted spec: a provider's own model, asked with care.

Guarantees that an answer which is kept is not asked for again, that passing failures are tried
again within bounds and all others are a CorollaryError with the address, the cause and what to try
(exit code 3), that nothing is begun past the budget, and that a sampling option which a server
refuses is left out from then on. Each message says what it cost in `response_metadata["cost"]`, or
None where no price is known. A call that a stream cut off is never passed on as a whole one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, cast

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableBinding
from pydantic import ConfigDict, PrivateAttr

from corollary_agent.budget import Budget
from corollary_agent.models.abilities import OPENAI_ABILITIES
from corollary_agent.models.hosted.answers import Answers, answer_key
from corollary_agent.models.hosted.errors import explain, refused_option
from corollary_agent.models.hosted.pace import Pace
from corollary_agent.models.hosted.patience import Patience
from corollary_agent.models.hosted.pieces import Pieces, as_chunk
from corollary_agent.models.hosted.prices import Price
from corollary_agent.models.hosted.raw_calls import with_calls
from corollary_agent.models.hosted.server_card import read_prompt
from corollary_agent.pauses import note_pause
from corollary_agent.prompt import PromptSettings
from corollary_tools.errors import CorollaryError


class HostedChatModel(BaseChatModel):
    """A provider's chat model, asked with care. place: its URL or its provider.

    budget: what may be spent; pace: how fast it is asked; answers: where answers are kept; price:
    of its tokens. on_wait: called with a line for people before each wait of a second or more.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    inner: BaseChatModel
    spec: str
    name_there: str
    place: str
    patience: Patience = Patience()
    budget: Budget | None = None
    pace: Pace | None = None
    answers: Answers | None = None
    price: Price | None = None
    on_wait: Callable[[str], None] | None = None
    _refused: set[str] = PrivateAttr(default_factory=set)
    _known: bool = PrivateAttr(default=False)
    _prompt: PromptSettings | None = PrivateAttr(default=None)

    @property
    def _llm_type(self) -> str:
        return "corollary-hosted"

    @property
    def model_spec(self) -> str:
        """The spec that `load_model` finds this model by."""
        return self.spec

    @property
    def prompt_settings(self) -> PromptSettings:
        """How the model wants to be spoken to, where its server is one of ours and says so."""
        if self._prompt is None and not self.place.startswith("http"):
            self._prompt = PromptSettings()
        if self._prompt is None:
            self._prompt = read_prompt(self.inner, self.name_there) or PromptSettings()
        return self._prompt

    @property
    def abilities(self) -> frozenset[str]:
        """What its server may understand; what it does not, it refuses itself."""
        return OPENAI_ABILITIES

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[LanguageModelInput, Any]:
        """Return the model with these tools in the provider's own form."""
        bound = self.inner.bind_tools(tools, **kwargs)
        return self.bind(**bound.kwargs) if isinstance(bound, RunnableBinding) else bound

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        key, kept = self._look_up(messages, kwargs, stop)
        tried = 0
        while kept is None:
            options = self._options(kwargs)
            time.sleep(self._admitted())
            try:
                given = self.inner._generate(messages, stop, run_manager, **options)
                return self._taken(key, given, with_tools="tools" in kwargs)
            except Exception as error:  # noqa: BLE001  providers raise what they like; see explain
                tried += 1
                time.sleep(self._patient(error, options, tried))
        return kept

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        key, kept = self._look_up(messages, kwargs, stop)
        tried = 0
        while kept is None:
            options = self._options(kwargs)
            await asyncio.sleep(self._admitted())
            try:
                given = await self.inner._agenerate(messages, stop, run_manager, **options)
                return self._taken(key, given, with_tools="tools" in kwargs)
            except Exception as error:  # noqa: BLE001  providers raise what they like; see explain
                tried += 1
                await asyncio.sleep(self._patient(error, options, tried))
        return kept

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        key, kept = self._look_up(messages, kwargs, stop)
        tried = 0
        while kept is None:
            options, pieces = self._options(kwargs), Pieces(with_tools="tools" in kwargs)
            time.sleep(self._admitted())
            try:
                for chunk in self.inner._stream(messages, stop, run_manager, **options):
                    yield pieces.text_of(chunk)
                yield from self._ended(key, pieces)
                return
            except Exception as error:  # noqa: BLE001  providers raise what they like; see explain
                tried += 1
                time.sleep(self._patient(error, options, tried, begun=pieces.begun))
        yield as_chunk(cast(AIMessage, kept.generations[0].message))

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        key, kept = self._look_up(messages, kwargs, stop)
        tried = 0
        while kept is None:
            options, pieces = self._options(kwargs), Pieces(with_tools="tools" in kwargs)
            await asyncio.sleep(self._admitted())
            try:
                async for chunk in self.inner._astream(messages, stop, run_manager, **options):
                    yield pieces.text_of(chunk)
                for chunk in self._ended(key, pieces):
                    yield chunk
                return
            except Exception as error:  # noqa: BLE001  providers raise what they like; see explain
                tried += 1
                await asyncio.sleep(self._patient(error, options, tried, begun=pieces.begun))
        yield as_chunk(cast(AIMessage, kept.generations[0].message))

    def _look_up(
        self, messages: list[BaseMessage], kwargs: dict[str, Any], stop: list[str] | None
    ) -> tuple[str, ChatResult | None]:
        """The key of this question, and the answer where it is kept."""
        if self.answers is None:
            return "", None
        key = answer_key(self.spec, messages, kwargs, stop)
        kept = self.answers.get(key)
        if kept is None:
            return key, None
        for message in kept:
            message.response_metadata["kept"] = True
        return key, ChatResult(generations=[ChatGeneration(message=m) for m in kept])

    def _options(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """The options of one request: defaults and what the server refused are left out."""
        kept = {key: value for key, value in kwargs.items() if key not in self._refused}
        if kept.get("top_p") == 1.0:
            del kept["top_p"]
        if self.place.startswith("http"):
            # ChatOpenAI would rename max_tokens to max_completion_tokens, which many servers
            # ignore; and its client walks through every schema of every tool at each call.
            moved = {key: kept.pop(key) for key in ("max_tokens", "tools") if key in kept}
            kept |= {"extra_body": moved} if moved else {}
        return kept

    def _admitted(self) -> float:
        """Check the budget; return the seconds to wait for a turn."""
        if self.budget is not None:
            self.budget.check()
        return self._told_wait(self.pace.reserve(), "keeping to --rate") if self.pace else 0.0

    def _taken(self, key: str, result: ChatResult, *, with_tools: bool) -> ChatResult:
        """Count and keep an answer."""
        messages = [cast(AIMessage, generation.message) for generation in result.generations]
        if not messages:
            raise ValueError("it holds no message")
        if with_tools:
            messages = [with_calls(message) for message in messages]
            result = ChatResult(generations=[ChatGeneration(message=m) for m in messages])
        self._known = True
        usages = [message.usage_metadata for message in messages if message.usage_metadata]
        costs = [self.price.cost(usage) for usage in usages] if self.price else []
        for index, message in enumerate(messages):
            message.response_metadata["cost"] = costs[index] if index < len(costs) else None
        if self.answers is not None:
            self.answers.put(key, self.spec, messages)
        if self.budget is not None:
            tokens = sum(usage["total_tokens"] for usage in usages) if usages else None
            self.budget.spend(tokens, sum(costs) if costs else None)
        return result

    def _ended(self, key: str, pieces: Pieces) -> Iterator[ChatGenerationChunk]:
        """Yield the calls of a stream that has come to its end, whole, and what it cost."""
        result = ChatResult(generations=[ChatGeneration(message=pieces.message())])
        message = self._taken(key, result, with_tools=pieces.with_tools).generations[0].message
        yield pieces.rest(cast(AIMessage, message))

    def _patient(
        self, error: Exception, options: dict[str, Any], tried: int, *, begun: bool = False
    ) -> float:
        """Return the seconds until the next try; raise where there is none."""
        if isinstance(error, CorollaryError):
            raise error
        refused = None if begun else refused_option(error, options)
        if refused is not None:
            self._refused.add(refused)
            return 0.0
        delay = None if begun else self.patience.delay(error, tried, known=self._known)
        told = explain(error, self.spec, self.place)
        if delay is None:
            raise told from error
        return self._told_wait(delay, told.because)

    def _told_wait(self, seconds: float, because: str) -> float:
        note_pause(seconds)
        if seconds >= 1 and self.on_wait is not None:
            self.on_wait(f"waiting {seconds:.0f} s for {self.spec}: {because}")
        return seconds
