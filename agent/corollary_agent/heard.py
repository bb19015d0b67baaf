"""What chat models were shown and said in a run of any LangGraph graph, by LangChain's callbacks.

A state holds less than a prompt: `create_agent` adds its system prompt inside the node. Guarantees
messages and tools as the model got them, by the id of the message that it answered with. Changes
nothing in the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGeneration, LLMResult
from langchain_core.utils.function_calling import convert_to_openai_tool

from corollary_agent.messages import to_openai
from corollary_agent.trace import Message

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a model: the messages that it was shown, and the tools bound to it."""

    messages: tuple[Message, ...]
    tools: tuple[Schema, ...]


class Heard(BaseCallbackHandler):
    """Keeps the turns of the chat models in one run. turns: by the id of the model's message."""

    def __init__(self) -> None:
        self._open: dict[UUID, Turn] = {}
        self.turns: dict[str, Turn] = {}

    def on_chat_model_start(
        self,
        serialized: dict[str, Any],
        messages: list[list[BaseMessage]],
        *,
        run_id: UUID,
        **options: Any,
    ) -> None:
        """Keep what a model is shown."""
        shown = tuple(to_openai(message) for message in messages[0])
        tools = (options.get("invocation_params") or {}).get("tools") or ()
        self._open[run_id] = Turn(shown, tool_schemas(tools))

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **options: Any) -> None:
        """Keep it under the id of the message that came of it."""
        turn = self._open.pop(run_id, None)
        for generation in response.generations[0][:1]:
            if turn and isinstance(generation, ChatGeneration) and generation.message.id:
                self.turns[generation.message.id] = turn


def tool_schemas(tools: Sequence[Any]) -> tuple[Schema, ...]:
    """Tools of any kind that LangChain knows as OpenAI function schemas, in one key order."""
    return tuple(_schema(convert_to_openai_tool(tool)) for tool in tools)


def _schema(raw: Schema) -> Schema:
    function = _ordered(raw["function"], ("name", "description", "parameters"))
    if "parameters" in function:
        order = ("type", "properties", "required")
        function["parameters"] = _ordered(function["parameters"], order)
    return {"type": "function", "function": function}


def _ordered(raw: Schema, first: Sequence[str]) -> Schema:
    """The keys named first, then the others as they come."""
    return {key: raw[key] for key in (*first, *raw) if key in raw}
