"""A model's text cut into words, thoughts and calls: what every call format comes down to.

A format cuts a text, whole or still growing, into segments; reading and streaming are the same for
all. Guarantees that `read_segments` loses nothing: a call that cannot be read becomes an
`invalid_tool_call` with its text and the reason. Does not know any format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from langchain_core.messages import InvalidToolCall, ToolCall

CUT = "the message ended within the call"


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of a text.

    kind: words, thoughts or a call. text: the stretch without its marks. closed: its end was seen.
    name, arguments: of a call, as far as they are known; arguments is the JSON text as written.
    error: why a call cannot be read, where that shows.
    """

    kind: Literal["words", "thoughts", "call"]
    text: str
    closed: bool = True
    name: str | None = None
    arguments: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """A model's message, taken apart: words, thoughts, readable calls, unreadable calls."""

    content: str
    calls: tuple[ToolCall, ...] = ()
    invalid: tuple[InvalidToolCall, ...] = ()
    reasoning: str = ""


class CallFormat(Protocol):
    """One way of writing tool calls.

    name: what `call_form` says. marks: texts that begin or end a segment; a growing text is not
    shown beyond what might be the beginning of one. native: the chat template shows the tools.
    """

    name: str
    marks: tuple[str, ...]
    native: bool

    def speaking(self, tools: Sequence[dict[str, Any]]) -> CallFormat:
        """The format for one call with these tools; most need not know them."""
        ...

    def segments(self, text: str, *, thinking: bool = False) -> list[Segment]:
        """Cut `text`; thinking: it begins within the thoughts that the prompt has opened."""
        ...

    def call_grammar(self, calls: Sequence[tuple[str, str]], mark: Callable[[str], str]) -> str:
        """The Lark rule `call`, given each tool's name with the rule of its arguments.

        mark: how the grammar writes a mark of this format.
        """
        ...

    def templated(
        self, rows: Sequence[dict[str, Any]], tools: Sequence[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Return OpenAI-form messages as the family's chat template takes them."""
        ...


def read_segments(segments: Sequence[Segment], first: int = 0) -> Parsed:
    """Read the segments of a whole text. first: the number in the id of the first call."""
    words, thoughts = [], []
    calls: list[ToolCall] = []
    invalid: list[InvalidToolCall] = []
    for segment in segments:
        if segment.kind == "words":
            words.append(segment.text)
        elif segment.kind == "thoughts":
            thoughts.append(segment.text.strip())
        else:
            call = read_call(segment, f"call_{first + len(calls) + len(invalid)}")
            (calls if call["type"] == "tool_call" else invalid).append(call)  # type: ignore[arg-type]
    reasoning = "\n".join(filter(None, thoughts))
    return Parsed("".join(words).strip(), tuple(calls), tuple(invalid), reasoning)


def read_call(segment: Segment, call_id: str) -> ToolCall | InvalidToolCall:
    """Read one call."""
    error = segment.error
    if error is None and not segment.name:
        error = 'expected {"name": ..., "arguments": {...}}'
    if error is None:
        try:
            arguments = json.loads(segment.arguments or "{}")
        except (ValueError, RecursionError) as wrong:
            error = json_fault(wrong)
        else:
            if isinstance(arguments, dict):
                name = str(segment.name)
                return ToolCall(name=name, args=arguments, id=call_id, type="tool_call")
            error = "the arguments are not a JSON object"
    if not segment.closed and error != CUT:
        error = f"{CUT} ({error})"
    return invalid_call(segment, call_id, error)


def invalid_call(segment: Segment, call_id: str, error: str) -> InvalidToolCall:
    """A call that cannot be read, with its text and the reason."""
    name = segment.name or _named(segment.text)
    return InvalidToolCall(
        name=name, args=segment.text, id=call_id, error=error, type="invalid_tool_call"
    )


def json_fault(error: Exception) -> str:
    """What is wrong with a text that is not JSON, and where."""
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON at character {error.pos}: {error.msg}"
    return f"not JSON: {type(error).__name__}"


def held_back(text: str, marks: Sequence[str]) -> int:
    """How many characters at the end of a growing text may be the beginning of a mark."""
    longest = max((len(mark) for mark in marks), default=1) - 1
    for size in range(min(longest, len(text)), 0, -1):
        tail = text[-size:]
        if any(mark.startswith(tail) for mark in marks):
            return size
    return 0


def _named(text: str) -> str | None:
    found = re.search(r'"name"\s*:\s*"([^"]*)"', text)
    return found.group(1) if found else None
