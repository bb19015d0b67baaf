"""A local transformers model as a LangChain chat model that really calls tools.

`LocalChatModel(path)` renders messages and tools through the checkpoint's own chat template,
decodes what is asked for at the same time together, and turns text into calls. Guarantees that a
broken or cut call becomes an `invalid_tool_call` with the reason, never an exception or a lost
message, and that a message depends on its prompt and seed, not on its neighbours. Does not train.
"""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableConfig
from pydantic import PrivateAttr

from corollary_agent.models.abilities import OPENAI_ABILITIES
from corollary_agent.models.local.asking import Asked, Asker, spec_of
from corollary_agent.models.local.checkpoint import load_checkpoint, trained_prompt
from corollary_agent.models.local.engine import Engine
from corollary_agent.models.local.options import read_choice, schema_of
from corollary_agent.models.local.streams import astream_chunks, stream_chunks
from corollary_agent.prompt import PromptSettings
from corollary_tools.errors import CorollaryError


class LocalChatModel(BaseChatModel):
    """A chat model in this process.

    path: a checkpoint's folder or its Hub name; adapter: a LoRA adapter's folder. call_form: how it
    writes calls (auto reads it off its chat template). batch_size: how many messages are decoded
    together. temperature, top_p, max_tokens, seed, constrained: what a call that names none gets;
    without a seed each call draws its own.
    """

    path: str
    adapter: str | None = None
    device: str = "auto"
    dtype: str = "auto"
    call_form: str = "auto"
    batch_size: int = 64
    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 256
    seed: int | None = None
    constrained: bool = False
    prompt_settings: PromptSettings = PromptSettings()
    _asker: Asker = PrivateAttr()
    _engine: Engine = PrivateAttr()

    def __init__(self, path: str | Path, **options: Any) -> None:
        """Load the checkpoint at `path`; a CorollaryError says what is wrong with it."""
        _check_names(options, type(self))
        super().__init__(path=str(path), **options)  # type: ignore[call-arg]  # pydantic field
        checkpoint = load_checkpoint(self.path, device=self.device, dtype=self.dtype)
        self._asker = Asker(checkpoint, self.call_form)
        self._engine = Engine(checkpoint.model, checkpoint.stops, size=self.batch_size)
        if "prompt_settings" not in options:
            self.prompt_settings = trained_prompt(Path(self.path))

    @property
    def _llm_type(self) -> str:
        return "corollary-local"

    @property
    def model_spec(self) -> str:
        """The spec that `load_model` finds this model by."""
        return spec_of(self.path, self.adapter)

    @property
    def abilities(self) -> frozenset[str]:
        """What it understands of OpenAI's parameters, beyond messages, tools and sampling."""
        return OPENAI_ABILITIES

    @property
    def tokenizer(self) -> Any:
        """The checkpoint's tokenizer."""
        return self._asker.tokenizer

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: Any = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, Any]:
        """Return the model with these tools.

        tool_choice: auto, none, required (or any), or the name of the tool that must be called.
        A required call is decoded within the grammar of the tools; constrained=True holds calls to
        it that are not required. Raises CorollaryError for a tool that is not there.
        """
        schemas = [schema_of(tool) for tool in tools]
        read_choice(tool_choice, schemas)
        return self.bind(tools=schemas, tool_choice=tool_choice, **kwargs)

    def with_adapter(self, adapter: str | Path | None) -> LocalChatModel:
        """Return this model with another adapter, or with none: the same weights, its own name."""
        return self.model_copy(update={"adapter": str(adapter) if adapter else None})

    def get_num_tokens(self, text: str) -> int:
        """How many tokens a text has."""
        return len(self._asker.tokens_of(text))

    def batch(
        self,
        inputs: list[LanguageModelInput],
        config: RunnableConfig | list[RunnableConfig] | None = None,
        **kwargs: Any,
    ) -> list[Any]:
        """Answer many inputs together; max_concurrency bounds how many, else batch_size does."""
        return super().batch(inputs, self._wide(config), **kwargs)

    def _wide(
        self, config: RunnableConfig | list[RunnableConfig] | None
    ) -> RunnableConfig | list[RunnableConfig]:
        if isinstance(config, list):
            return [RunnableConfig(max_concurrency=self.batch_size) | one for one in config]
        return RunnableConfig(max_concurrency=self.batch_size) | (config or {})

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        asked = self._ask(messages, stop, kwargs)
        futures = [self._engine.submit(request) for request in asked.requests()]
        try:
            return self._asker.result(asked, [future.result() for future in futures])
        finally:
            _drop(futures)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        asked = self._ask(messages, stop, kwargs)
        futures = [self._engine.submit(request) for request in asked.requests()]
        try:
            waiting = [asyncio.wrap_future(future) for future in futures]
            return self._asker.result(asked, await asyncio.gather(*waiting))
        finally:
            _drop(futures)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        asked = self._ask(messages, stop, {**kwargs, "n": _one(kwargs)})
        yield from stream_chunks(asked, self._asker, self._engine.submit)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        asked = self._ask(messages, stop, {**kwargs, "n": _one(kwargs)})
        async for chunk in astream_chunks(asked, self._asker, self._engine.submit):
            yield chunk

    def _combine_llm_outputs(self, llm_outputs: list[dict[str, Any] | None]) -> dict[str, Any]:
        """The tokens of all that was generated together."""
        usages = [output["token_usage"] for output in llm_outputs if output]
        names = ("prompt_tokens", "completion_tokens", "total_tokens")
        total = {name: sum(usage[name] for usage in usages) for name in names}
        return {"model_name": self.model_spec, "token_usage": total}

    def _ask(
        self, messages: list[BaseMessage], stop: list[str] | None, given: dict[str, Any]
    ) -> Asked:
        names = ("temperature", "top_p", "max_tokens", "seed", "constrained", "adapter")
        return self._asker.ask(messages, given, stop, {name: getattr(self, name) for name in names})


def _drop(futures: Sequence[Future[Any]]) -> None:
    """Give back the places of what is still being decoded; nobody waits for it any more."""
    for future in futures:
        future.cancel()


def _one(options: dict[str, Any]) -> int:
    if options.get("n") not in (None, 1):
        raise CorollaryError(
            f"n={options['n']!r} cannot be streamed",
            because="a stream is one message",
            remedy="n=1, or generate([messages], n=...)",
        )
    return 1


def _check_names(options: dict[str, Any], kind: type[BaseChatModel]) -> None:
    """A misspelt option must not be passed over in silence."""
    for name in options:
        if name not in kind.model_fields:
            near = difflib.get_close_matches(name, kind.model_fields, n=1) or ("docs/models.md",)
            raise CorollaryError(
                f"LocalChatModel has no option {name!r}",
                because="it is none of its fields",
                remedy=near[0],
            )
