"""One call of the local chat model: messages and options in, requests out, completions read.

Guarantees that a prompt that does not fit is refused before anything is computed, and that text of
users and tools never becomes a control token. Does not decode.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from corollary_agent.limits import PromptTooLong
from corollary_agent.models.local.checkpoint import Checkpoint
from corollary_agent.models.local.formats.detect import find_format
from corollary_agent.models.local.grammar import Grammars
from corollary_agent.models.local.growth import GrowingText
from corollary_agent.models.local.history import to_rows
from corollary_agent.models.local.options import Options, read_options
from corollary_agent.models.local.prompts import Prompts
from corollary_agent.models.local.replies import Voice, to_message, usage_of
from corollary_agent.models.local.requests import Completion, Request
from corollary_tools.errors import CorollaryError


@dataclass(frozen=True, slots=True)
class Asked:
    """One call, ready to be decoded. room: the most tokens that a message may take."""

    tokens: tuple[int, ...]
    options: Options
    voice: Voice
    grammars: Grammars
    tokenizer: Any
    room: int

    def requests(self) -> list[Request]:
        """One request for each sample that was asked for."""
        return [self.request(GrowingText(self.tokenizer, self.options.stop), i) for i in self._n]

    def request(self, text: GrowingText, number: int = 0) -> Request:
        """The request of one sample; text: what watches it where there are texts that end it."""
        options = self.options
        watched = bool(options.stop) or text.watched
        return Request(
            self.tokens,
            max_tokens=self.room,
            temperature=options.temperature,
            top_p=options.top_p,
            seed=options.seed + number,
            top=options.top_logprobs if options.logprobs else 0,
            adapter=options.adapter,
            constraint=self.grammars.matcher(self.voice.format, options, self.voice.thinking),
            watch=text if watched else None,
        )

    @property
    def _n(self) -> Iterator[int]:
        return iter(range(self.options.n))


def spec_of(path: str, adapter: str | None) -> str:
    """The spec that `load_model` finds a model by."""
    return f"local:{path}" + (f"@{adapter}" if adapter else "")


class Asker:
    """Asks and reads for one checkpoint. call_form: how it writes calls."""

    def __init__(self, checkpoint: Checkpoint, call_form: str) -> None:
        self.tokenizer = checkpoint.tokenizer
        self._checkpoint = checkpoint
        self._format = find_format(checkpoint.tokenizer, call_form)
        self._prompts = Prompts(checkpoint.tokenizer, self._format.marks)
        width = checkpoint.model.get_output_embeddings().weight.shape[0]
        self._grammars = Grammars(checkpoint.tokenizer, width, checkpoint.stops)

    def ask(
        self,
        messages: Sequence[BaseMessage],
        given: Mapping[str, Any],
        stop: Sequence[str] | None,
        defaults: Mapping[str, Any],
    ) -> Asked:
        """Read one call. Raises CorollaryError for options out of range, PromptTooLong."""
        options = read_options(given, stop, defaults)
        rows = self._format.templated(to_rows(messages), options.shown)
        text = self._prompts.render(rows, options.shown if self._format.native else ())
        tokens = self._prompts.tokens(text)
        if tokens and max(tokens) >= self._grammars.width:
            raise self._strange(max(tokens))
        room = self._checkpoint.context - len(tokens)
        if room < 1:
            raise self._too_long(len(tokens))
        return Asked(
            tokens,
            options,
            self._voice(messages, options, text),
            self._grammars,
            self.tokenizer,
            min(options.max_tokens or room, room),
        )

    def result(self, asked: Asked, completions: Sequence[Completion]) -> ChatResult:
        """Return the messages of one call; llm_output has the tokens of all of them."""
        generations = [
            self.generation(asked, completion, self.text(asked, completion), number)
            for number, completion in enumerate(completions)
        ]
        written = sum(len(c.tokens) for c in completions)
        usage = {"prompt_tokens": len(asked.tokens), "completion_tokens": written}
        usage["total_tokens"] = sum(usage.values())
        return ChatResult(
            generations=generations,
            llm_output={"model_name": self._spec(asked), "token_usage": usage},
        )

    def generation(
        self, asked: Asked, completion: Completion, text: str, number: int = 0
    ) -> ChatGeneration:
        """Return one message as it was written."""
        message = to_message(asked.voice.read(text), **self.figures(asked, completion, number))
        return ChatGeneration(message=message)

    def figures(self, asked: Asked, completion: Completion, number: int = 0) -> dict[str, Any]:
        """usage_metadata and response_metadata of a message."""
        metadata: dict[str, Any] = {
            "finish_reason": "stop" if completion.ended else "length",
            "logprob": completion.logprob,
            "model_name": self._spec(asked),
            "seed": asked.options.seed + number,
        }
        if asked.options.logprobs:
            metadata["logprobs"] = {"content": self._logprobs(completion)}
        usage = usage_of(len(asked.tokens), len(completion.tokens), completion.reused)
        return {"usage_metadata": usage, "response_metadata": metadata}

    def text(self, asked: Asked, completion: Completion) -> str:
        """The text of a completion, up to the first text that ends a message."""
        growing = str(self.tokenizer.decode(completion.tokens, skip_special_tokens=False))
        found = [at for stop in asked.options.stop if (at := growing.find(stop)) >= 0]
        return growing[: min(found)] if found else growing

    def tokens_of(self, text: str) -> tuple[int, ...]:
        """The ids of a text as it stands."""
        return self._prompts.tokens(text)

    def _spec(self, asked: Asked) -> str:
        return spec_of(self._checkpoint.path, asked.options.adapter)

    def _voice(self, messages: Sequence[BaseMessage], options: Options, prompt: str) -> Voice:
        before = sum(len(m.tool_calls) for m in messages if isinstance(m, AIMessage))
        return Voice(
            self._format.speaking(options.tools),
            thinking=prompt.rstrip().endswith(("<think>", "[THINK]")),
            first_call=before,
            may_call=options.choice.kind != "none" and options.response_schema is None,
            single=not options.parallel,
        )

    def _logprobs(self, completion: Completion) -> list[dict[str, Any]]:
        """OpenAI's rows, one for each token that was written."""
        rows = [self._row(*pair) for pair in zip(completion.tokens, completion.logprobs)]  # noqa: B905
        for row, top in zip(rows, completion.top, strict=False):
            row["top_logprobs"] = [self._row(token, logprob) for token, logprob in top]
        return rows

    def _row(self, token: int, logprob: float) -> dict[str, Any]:
        text = str(self.tokenizer.decode([token], skip_special_tokens=False))
        return {"token": text, "logprob": logprob, "bytes": list(text.encode()), "token_id": token}

    def _strange(self, token: int) -> CorollaryError:
        return CorollaryError(
            f"the tokenizer of {self._checkpoint.path} is not this model's",
            because=f"the prompt has token {token} and the model knows {self._grammars.width}",
            remedy="the checkpoint's own tokenizer files",
        )

    def _too_long(self, tokens: int) -> PromptTooLong:
        return PromptTooLong(
            f"the prompt for {self._checkpoint.path} is too long",
            because=f"it has {tokens} tokens and the model reads {self._checkpoint.context}",
            remedy="a shorter problem, fewer steps, or a model with a longer context",
        )
