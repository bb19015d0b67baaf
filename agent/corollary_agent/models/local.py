"""A local transformers model as a LangChain chat model that really calls tools.

`LocalChatModel(path)` loads a checkpoint (safetensors only, no remote code), renders messages and
tools through its own chat template, decodes what arrives together as one batch, and turns its
text into tool calls. Guarantees that a broken or cut call becomes an `invalid_tool_call` with the
reason, never an exception or a lost message. Does not train.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import PrivateAttr
from transformers import AutoModelForCausalLM, AutoTokenizer

from corollary_agent.messages import to_openai
from corollary_agent.models.local_batcher import Batcher
from corollary_agent.models.local_decoder import Completion, Decoder, Request
from corollary_agent.models.local_text import render, to_message
from corollary_agent.models.local_tokens import PromptTokens
from corollary_agent.prompt import PromptSettings
from corollary_tools.errors import CorollaryError
from corollary_tools.tool import SymbolicTool
from corollary_tools.toolkit import tool_schema

CARD = "corollary.json"
"""Beside a checkpoint that our pipeline trained: the prompt that it was trained under."""


class LocalChatModel(BaseChatModel):
    """A chat model in this process.

    path: a checkpoint's folder or its Hub name; adapter: a LoRA adapter's folder. batch: how many
    requests are decoded together; max_tokens: the bound of one message where a call names none.
    """

    path: str
    adapter: str | None = None
    device: str = "auto"
    dtype: str = "auto"
    batch_size: int = 64
    max_tokens: int = 256
    prompt_settings: PromptSettings = PromptSettings()
    _tokenizer: Any = PrivateAttr()
    _tokens: PromptTokens = PrivateAttr()
    _decoder: Decoder = PrivateAttr()
    _batcher: Batcher[Request, Completion] = PrivateAttr()
    _context: int = PrivateAttr()

    def __init__(self, path: str | Path, **options: Any) -> None:
        """Load the checkpoint at `path`; a CorollaryError says what is wrong with it."""
        super().__init__(path=str(path), **options)  # type: ignore[call-arg]  # pydantic field
        model, self._tokenizer = _load(self)
        self._tokens = PromptTokens(self._tokenizer)
        self._context = int(getattr(model.config, "max_position_embeddings", 2**31))
        self._decoder = Decoder(model, _stops(model, self._tokenizer))
        self._batcher = Batcher(self._decoder.decode, size=self.batch_size)
        if "prompt_settings" not in options:
            self.prompt_settings = _prompt_settings(Path(self.path))

    @property
    def _llm_type(self) -> str:
        return "corollary-local"

    @property
    def model_spec(self) -> str:
        """The spec that `load_model` finds this model by."""
        return f"local:{self.path}" + (f"@{self.adapter}" if self.adapter else "")

    def bind_tools(
        self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any
    ) -> Runnable[LanguageModelInput, Any]:
        """Return the model with these tools in its prompt."""
        schemas = [_schema(tool) for tool in tools]
        return self.bind(tools=schemas, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        request = self._request(messages, kwargs)
        return self._result(request, self._batcher.submit(request).result(), stop)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        request = self._request(messages, kwargs)
        completion = await asyncio.wrap_future(self._batcher.submit(request))
        return self._result(request, completion, stop)

    def _request(self, messages: list[BaseMessage], options: dict[str, Any]) -> Request:
        rows = [to_openai(message) for message in messages]
        text = render(self._tokenizer, rows, options.get("tools"))
        tokens = self._tokens(text)
        room = self._context - len(tokens)
        if room < 1:
            raise CorollaryError(
                f"the prompt for {self.path} is too long",
                because=f"it has {len(tokens)} tokens and the model reads {self._context}",
                remedy="a shorter problem, fewer steps, or a model with a longer context",
            )
        return Request(
            tokens,
            max_tokens=min(options.get("max_tokens") or self.max_tokens, room),
            temperature=options.get("temperature") or 0.0,
            top_p=options.get("top_p") or 1.0,
            seed=options.get("seed") or 0,
        )

    def _result(
        self, request: Request, completion: Completion, stop: list[str] | None
    ) -> ChatResult:
        text = str(self._tokenizer.decode(completion.tokens, skip_special_tokens=False))
        for mark in stop or ():
            text = text.split(mark)[0]
        message = to_message(text, (len(request.tokens), len(completion.tokens)))
        message.response_metadata = {
            "finish_reason": "stop" if completion.ended else "length",
            "logprob": completion.logprob,
            "model_name": self.model_spec,
        }
        return ChatResult(generations=[ChatGeneration(message=message)])


def _schema(tool: Any) -> dict[str, Any]:
    if isinstance(tool, SymbolicTool):
        return tool_schema(tool)
    if isinstance(tool, dict) and tool.get("type") == "function":
        return tool
    return dict(convert_to_openai_tool(tool))


def _load(settings: LocalChatModel) -> tuple[Any, Any]:
    try:
        tokenizer = AutoTokenizer.from_pretrained(settings.path)
        model = AutoModelForCausalLM.from_pretrained(
            settings.path, dtype=_dtype(settings), use_safetensors=True
        )
    except (OSError, ValueError, KeyError) as error:
        raise _unreadable(settings.path, error) from error
    if settings.adapter:
        model = _adapted(model, settings.adapter)
    return model.to(_device(settings.device)).eval(), tokenizer


def _adapted(model: Any, adapter: str) -> Any:
    from peft import PeftModel  # takes 3 s to import; only adapters need it

    try:
        return PeftModel.from_pretrained(model, adapter).merge_and_unload()
    except (OSError, ValueError) as error:
        raise _unreadable(adapter, error) from error


def _unreadable(path: str, error: Exception) -> CorollaryError:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return CorollaryError(
        f"cannot load the model {path}",
        because=lines[0][:200],
        remedy="a folder with config.json, model.safetensors and a tokenizer, or a Hub name",
    )


def _dtype(settings: LocalChatModel) -> str:
    """The checkpoint's own type on a GPU; float32 on a CPU, which decodes bfloat16 slowly."""
    if settings.dtype != "auto":
        return settings.dtype
    return "float32" if _device(settings.device) == "cpu" else "auto"


def _device(name: str) -> str:
    return ("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name


def _stops(model: Any, tokenizer: Any) -> frozenset[int]:
    configured = model.generation_config.eos_token_id
    listed = configured if isinstance(configured, list) else [configured]
    return frozenset(t for t in (*listed, tokenizer.eos_token_id) if t is not None)


def _prompt_settings(path: Path) -> PromptSettings:
    card = path / CARD
    if not card.is_file():
        return PromptSettings()
    return PromptSettings(**json.loads(card.read_text(encoding="utf-8"))["prompt"])
