"""Chat models that a provider or an OpenAI-compatible server runs, through LangChain.

Guarantees that a server that is not there, refuses or answers rubbish is a CorollaryError with the
address, the cause and what to try (exit code 3), and that a sampling option which a server refuses
is left out from then on. Keys come from the environment only: the provider's own variable, and
COROLLARY_API_KEY (or, over https, OPENAI_API_KEY) for a server given by its URL. Needs the extra
`hosted`.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, NoReturn

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableBinding
from pydantic import PrivateAttr

from corollary_agent.models.hosted_errors import explain, refused_option
from corollary_tools.errors import CorollaryError

_SECONDS = 120.0
_NO_KEY = "none"


class HostedChatModel(BaseChatModel):
    """A provider's chat model, with errors for people. place: its URL or its provider."""

    inner: BaseChatModel
    spec: str
    place: str
    _refused: set[str] = PrivateAttr(default_factory=set)

    @property
    def _llm_type(self) -> str:
        return "corollary-hosted"

    @property
    def model_spec(self) -> str:
        """The spec that `load_model` finds this model by."""
        return self.spec

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
        while True:
            options = self._options(kwargs)
            try:
                return _whole(self.inner._generate(messages, stop, run_manager, **options))
            except Exception as error:  # noqa: BLE001  providers raise what they like; see explain
                self._give_way(error, options)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        while True:
            options = self._options(kwargs)
            try:
                given = await self.inner._agenerate(messages, stop, run_manager, **options)
                return _whole(given)
            except Exception as error:  # noqa: BLE001  providers raise what they like; see explain
                self._give_way(error, options)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        while True:
            options, begun = self._options(kwargs), False
            try:
                for chunk in self.inner._stream(messages, stop, run_manager, **options):
                    begun = True
                    yield chunk
                _check_begun(begun)
                return
            except Exception as error:  # noqa: BLE001  providers raise what they like; see explain
                self._give_way(error, {} if begun else options)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        while True:
            options, begun = self._options(kwargs), False
            try:
                async for chunk in self.inner._astream(messages, stop, run_manager, **options):
                    begun = True
                    yield chunk
                _check_begun(begun)
                return
            except Exception as error:  # noqa: BLE001  providers raise what they like; see explain
                self._give_way(error, {} if begun else options)

    def _options(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """The options of one request: defaults and what the server refused are left out."""
        kept = {key: value for key, value in kwargs.items() if key not in self._refused}
        if kept.get("top_p") == 1.0:
            del kept["top_p"]
        if "max_tokens" in kept and self.place.startswith("http"):
            # ChatOpenAI would rename it to max_completion_tokens, which many servers ignore.
            kept["extra_body"] = {"max_tokens": kept.pop("max_tokens")}
        return kept

    def _give_way(self, error: Exception, options: dict[str, Any]) -> None:
        """Note the option that the server refuses, so that it is asked again without; or raise."""
        if isinstance(error, CorollaryError):
            raise error
        refused = refused_option(error, options)
        if refused is None:
            raise explain(error, self.spec, self.place) from error
        self._refused.add(refused)


def load_hosted(spec: str, **options: Any) -> HostedChatModel:
    """Return the model of openai:NAME@URL, openai:NAME or PROVIDER:NAME.

    options go to the provider's class (timeout in seconds, max_retries ...). Raises CorollaryError:
    the extra or the provider's package is missing, there is no key, or the URL is none.
    """
    provider, _, rest = spec.partition(":")
    name, _, url = rest.partition("@http")
    place = f"http{url}" if url else provider
    chosen: dict[str, Any] = {"timeout": _SECONDS, **options}
    if url:
        _check_url(spec, place)
        chosen = {"base_url": place, "api_key": _key(place), "stream_usage": True, **chosen}
    inner = _built(spec, lambda init: init(name, model_provider=provider, **chosen))
    return HostedChatModel(**{"inner": inner, "spec": spec, "place": place})


def _built(spec: str, build: Callable[[Callable[..., Any]], Any]) -> Any:
    try:
        from langchain.chat_models import init_chat_model
    except ImportError:
        _raise_missing(spec, "langchain is not installed", "pip install 'corollary[hosted]'")
    try:
        return build(init_chat_model)
    except ImportError as error:
        package = f"pip install langchain-{spec.partition(':')[0].replace('_', '-')}"
        _raise_missing(spec, f"a package is not installed ({error})", package)
    except Exception as error:
        raise explain(error, spec, spec.partition(":")[0]) from error


def _raise_missing(spec: str, because: str, remedy: str) -> NoReturn:
    raise CorollaryError(f"cannot reach {spec}", because=because, remedy=remedy, exit_code=3)


def _check_url(spec: str, url: str) -> None:
    if not url.startswith(("http://", "https://")) or len(url.split("://", 1)[1]) == 0:
        raise CorollaryError(
            f"there is no server in {spec!r}",
            because=f"{url!r} is not a URL",
            remedy="openai:NAME@http://localhost:8000/v1",
        )


def _whole(result: ChatResult) -> ChatResult:
    _check_begun(bool(result.generations))
    return result


def _check_begun(begun: bool) -> None:
    """Nothing at all is no answer; LangChain would name neither the server nor the cause."""
    if not begun:
        raise ValueError("it holds no message")


def _key(url: str) -> str:
    """The key for a server that is given by its URL; a provider's key never goes there unasked."""
    own = os.environ.get("COROLLARY_API_KEY")
    shared = os.environ.get("OPENAI_API_KEY") if url.startswith("https://") else None
    return own or shared or _NO_KEY
