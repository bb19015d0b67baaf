"""Chat models that say what was written beforehand: what scripted and recorded ones share.

Guarantees that a message depends on the history and on what the graph hands over, never on the
tools that are bound. Knows no scripts.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable

from corollary_agent.prompt import PromptSettings


class SayingChatModel(BaseChatModel):
    """A model with a spec, by which traces name it, that says `_say`."""

    spec: str
    prompt_settings: PromptSettings = PromptSettings(style="brief", reading="desk")

    @property
    def model_spec(self) -> str:
        """The name that traces give it, and that `load_model` finds it by where it can."""
        return self.spec

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[LanguageModelInput, Any]:
        """Return the model as it is: what it says does not depend on its tools."""
        return self

    @abstractmethod
    def _say(self, messages: list[BaseMessage], **kwargs: Any) -> AIMessage:
        """The next message. kwargs: what the graph hands over, such as problem and seed."""

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        message = self._say(messages, **kwargs).model_copy()
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _agenerate(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> ChatResult:
        return self._generate(messages, **kwargs)
