"""ExpertChatModel: the rule-based stand-in for a large model, as a LangChain chat model.

It is no language model: it reads the text of the families it knows by rule (see `readers`) and
makes seeded mistakes (see `mistakes`). Guarantees that a reply is a pure function of the problem,
the messages and the seeds, so that a chain can be resumed or forked anywhere. It needs no network,
no weights and no torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, InvalidToolCall
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import Field

from corollary_agent.models.expert.mistakes import Slips
from corollary_agent.models.expert.place import find_place
from corollary_agent.models.expert.readers import plan
from corollary_agent.models.expert.text_form import to_native, to_text
from corollary_agent.models.expert.walk import Next, take_step
from corollary_agent.problem import Problem
from corollary_agent.problem_text import read_problem

if TYPE_CHECKING:
    from corollary_agent.prompt import PromptSettings


class ExpertChatModel(BaseChatModel):
    """The expert: a rule-based stand-in for a large model, with mistakes at a known rate.

    error_rate: the probability, 0 to 1, that a chain holds at least one mistake (see `mistakes`).
    seed: with the sampling seed and the problem's id it decides which. form: how it writes calls.
    The kind of a step's mistake stands in the reply's `response_metadata["mistake"]`, None where
    the step is right.
    """

    error_rate: float = Field(default=0.0, ge=0.0, le=1.0)
    seed: int = 0
    form: Literal["native", "text"] = "native"

    @property
    def reads_problem(self) -> bool:
        """The graph hands this model the problem itself."""
        return True

    @property
    def model_name(self) -> str:
        """The name in traces and reports; it says what this is."""
        return f"expert (rule-based stand-in, error rate {self.error_rate:g})"

    @property
    def model_spec(self) -> str:
        """The same name: traces call a model by its spec."""
        return self.model_name

    @property
    def prompt_settings(self) -> PromptSettings:
        """Calls in this model's form, no instructions, statements read one by one at the desk."""
        from corollary_agent.prompt import PromptSettings

        return PromptSettings(form=self.form, style="brief", reading="desk")

    @property
    def _llm_type(self) -> str:
        return "expert"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name, "seed": self.seed}

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Bind the tools' schemas; the expert calls by their names."""
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return self._reply(messages, kwargs.get("problem"), int(kwargs.get("seed") or 0))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return self._reply(messages, kwargs.get("problem"), int(kwargs.get("seed") or 0))

    def _reply(self, messages: list[BaseMessage], problem: Problem | None, seed: int) -> ChatResult:
        history = to_native(messages) if self.form == "text" else messages
        asked = [i for i, m in enumerate(history) if isinstance(m, HumanMessage)] or [0]
        start = asked[0] if problem else asked[-1]
        read = problem or read_problem(str(history[start].text))
        slips = Slips(self.error_rate, (self.seed, seed), read, plan(read))
        step = take_step(find_place(history, start), slips)
        message = _to_message(step, call_id=_fresh_id(history))
        return self._result(messages, to_text(message) if self.form == "text" else message)

    def _result(self, messages: list[BaseMessage], message: AIMessage) -> ChatResult:
        message.usage_metadata = _count(messages, message)
        message.response_metadata |= {"model_name": self.model_name}
        return ChatResult(generations=[ChatGeneration(message=message)])


def _fresh_id(messages: Sequence[BaseMessage]) -> str:
    """The id of the next call: `call_` and the first number that no call has."""
    used = {c["id"] for m in messages if isinstance(m, AIMessage) for c in m.tool_calls}
    return next(f"call_{n}" for n in range(1, len(used) + 2) if f"call_{n}" not in used)


def _to_message(step: Next, *, call_id: str) -> AIMessage:
    kind = step.mistake.kind if step.mistake else None
    metadata = {"mistake": kind}
    if step.move is None:
        return AIMessage(content=step.words, response_metadata=metadata)
    if step.mistake and step.mistake.broken:
        broken = InvalidToolCall(
            type="invalid_tool_call",
            id=call_id,
            name=step.move.name,
            args=step.mistake.broken,
            error="The arguments are not valid JSON.",
        )
        return AIMessage(content="", invalid_tool_calls=[broken], response_metadata=metadata)
    call = {"name": step.move.name, "args": step.move.arguments, "id": call_id}
    return AIMessage(content="", tool_calls=[call], response_metadata=metadata)


def _count(messages: Sequence[BaseMessage], reply: AIMessage) -> UsageMetadata:
    """Rough token counts, four characters each: this model has no tokenizer."""
    read = sum(_length(message) for message in messages) // 4
    written = max(1, _length(reply) // 4)
    return UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)


def _length(message: BaseMessage) -> int:
    calls = message.tool_calls if isinstance(message, AIMessage) else []
    return len(str(message.text)) + sum(len(c["name"]) + len(str(c["args"])) for c in calls)
