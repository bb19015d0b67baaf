"""From a finished completion to LangChain's messages: calls, words, thoughts, usage, metadata.

Guarantees that a stream's chunks, added up, are the message that `invoke` gives: the same words,
thoughts and calls. A call that turns out unreadable when some of it has been streamed is ended with
a bracket that closes nothing, so that no reader of the chunks mends it into a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import tool_call_chunk

from corollary_agent.models.local.formats.objects import may_become_call
from corollary_agent.models.local.formats.segments import (
    CallFormat,
    Parsed,
    Segment,
    held_back,
    read_segments,
)
from corollary_agent.models.local.unfinished import read_unfinished


@dataclass(frozen=True, slots=True)
class Voice:
    """How the model's texts are read: format, whether the prompt opened its thoughts, ids' start.

    may_call: false where the caller forbade calls; what looks like one is words then. single: only
    the first call counts.
    """

    format: CallFormat
    thinking: bool = False
    first_call: int = 0
    may_call: bool = True
    single: bool = False

    def segments(self, text: str) -> list[Segment]:
        """Cut a text as this call asks for."""
        found = self.format.segments(text, thinking=self.thinking)
        calls = [segment for segment in found if segment.kind == "call"]
        if self.may_call and self.single:
            return [s for s in found if s.kind != "call" or s is calls[0]]
        if self.may_call:
            return found
        return [Segment("words", s.text) if s.kind == "call" else s for s in found]

    def read(self, text: str) -> Parsed:
        """Read a whole text."""
        return read_segments(self.segments(text), self.first_call)


def usage_of(read: int, written: int, reused: int) -> UsageMetadata:
    """Token counts of one message. reused: prompt tokens that were not computed again."""
    return UsageMetadata(
        input_tokens=read,
        output_tokens=written,
        total_tokens=read + written,
        input_token_details={"cache_read": reused},
    )


def to_message(parsed: Parsed, **given: Any) -> AIMessage:
    """Return the message; given: usage_metadata, response_metadata."""
    return AIMessage(
        content=parsed.content,
        additional_kwargs=_thoughts(parsed.reasoning),
        tool_calls=list(parsed.calls),
        invalid_tool_calls=list(parsed.invalid),
        **given,
    )


@dataclass(slots=True)
class ChunkWriter:
    """Turns a growing text into chunks: words, thoughts and calls as they come."""

    voice: Voice
    _words: str = ""
    _thoughts: str = ""
    _calls: dict[int, str] = field(default_factory=dict)

    def grow(self, text: str) -> Iterator[AIMessageChunk]:
        """Yield what is new in `text`, up to what may still turn out to be a mark."""
        text = text[: len(text) - held_back(text, self.voice.format.marks)]
        segments = self.voice.segments(text)
        words = "".join(s.text for s in segments if s.kind == "words").strip()
        if not may_become_call(words):
            yield from self._more_words(words)
        thoughts = (s.text.strip() for s in segments if s.kind == "thoughts")
        yield from self._more_thoughts("\n".join(filter(None, thoughts)))
        yield from self._more_calls([s for s in segments if s.kind == "call"])

    def finish(self, text: str) -> Iterator[AIMessageChunk]:
        """Yield the rest of the whole text."""
        parsed = self.voice.read(text)
        yield from self._more_words(parsed.content)
        yield from self._more_thoughts(parsed.reasoning)
        segments = [s for s in self.voice.segments(text) if s.kind == "call"]
        yield from self._more_calls(segments)
        broken = {call["id"] for call in parsed.invalid}
        for index, segment in enumerate(segments):
            if self._id(index) in broken:
                yield from self._break(index, segment)

    def _more_words(self, words: str) -> Iterator[AIMessageChunk]:
        if words.startswith(self._words) and len(words) > len(self._words):
            yield AIMessageChunk(content=words[len(self._words) :])
            self._words = words

    def _more_thoughts(self, thoughts: str) -> Iterator[AIMessageChunk]:
        if thoughts.startswith(self._thoughts) and len(thoughts) > len(self._thoughts):
            new = thoughts[len(self._thoughts) :]
            yield AIMessageChunk(content="", additional_kwargs=_thoughts(new))
            self._thoughts = thoughts

    def _more_calls(self, segments: Sequence[Segment]) -> Iterator[AIMessageChunk]:
        for index, segment in enumerate(segments):
            if segment.name is None:
                continue
            if index not in self._calls:
                self._calls[index] = ""
                yield self._chunk(index, segment.name, "")
            new = segment.arguments[len(self._calls[index]) :]
            if new:
                self._calls[index] += new
                yield self._chunk(index, None, new)

    def _break(self, index: int, segment: Segment) -> Iterator[AIMessageChunk]:
        """End an unreadable call so that its arguments are no JSON, however kindly read."""
        if index not in self._calls:
            yield self._chunk(index, segment.name, segment.text + _spoiler(segment.text))
        else:
            yield self._chunk(index, None, _spoiler(self._calls[index]))

    def _chunk(self, index: int, name: str | None, args: str) -> AIMessageChunk:
        call_id = self._id(index) if name is not None or index not in self._calls else None
        chunk = tool_call_chunk(name=name, args=args, id=call_id, index=index)
        return AIMessageChunk(content="", tool_call_chunks=[chunk])

    def _id(self, index: int) -> str:
        return f"call_{self.voice.first_call + index}"


def _thoughts(text: str) -> dict[str, Any]:
    return {"reasoning_content": text} if text else {}


def _spoiler(written: str) -> str:
    """What makes a beginning of JSON unmendable: its string is closed, then a wrong bracket."""
    ends = read_unfinished(written)
    quote = ('""' if ends.escaped else '"') if ends.inside else ""
    wrong = "]" if not ends.open or ends.open[-1] == "{" else "}"
    return quote + wrong
