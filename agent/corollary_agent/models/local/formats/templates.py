"""Whatever a tokenizer's own response template can read: transformers' parser, made tolerant.

Guarantees what `segments` asks of a format: where transformers refuses a whole message, its text is
kept as a call that cannot be read, with the reason. Calls are streamed when they are whole. What it
reads cannot be decoded by grammar: nobody but transformers knows how it is written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from corollary_agent.models.local.formats.segments import CallFormat, Segment
from corollary_tools.errors import CorollaryError


class ResponseTemplate:
    """The form of a tokenizer that has a `response_template`."""

    name = "template"
    marks: tuple[str, ...] = ("<", "[")
    native = True

    def __init__(self, tokenizer: Any, tools: Sequence[dict[str, Any]] = ()) -> None:
        self._tokenizer = tokenizer
        self._tools = list(tools)

    def speaking(self, tools: Sequence[dict[str, Any]]) -> CallFormat:
        """The format that reads arguments by these tools' schemas."""
        return ResponseTemplate(self._tokenizer, tools)

    def segments(self, text: str, *, thinking: bool = False) -> list[Segment]:
        """Cut a text as transformers does."""
        prefix = "<think>" if thinking else ""
        try:
            read = self._tokenizer.parse_response(text, prefix=prefix, tools=self._tools or None)
        except Exception as error:  # noqa: BLE001 - templates are data and fail as they like
            reason = f"{type(error).__name__}: {error}".splitlines()[0][:200]
            return [Segment("call", text, closed=False, error=reason)]
        thoughts = str(read.get("reasoning_content") or read.get("thinking") or "")
        found = [Segment("thoughts", thoughts)] if thoughts else []
        found.append(Segment("words", str(read.get("content") or "")))
        return found + [_call(call) for call in read.get("tool_calls") or ()]

    def call_grammar(self, calls: Sequence[tuple[str, str]], mark: Callable[[str], str]) -> str:
        """Raise CorollaryError: there is no grammar."""
        raise CorollaryError(
            "calls of this model cannot be forced",
            because="only its response template knows how they are written",
            remedy='tool_choice="auto" without constrained=True, or call_form="hermes"',
        )

    def templated(
        self, rows: Sequence[dict[str, Any]], tools: Sequence[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """As they are."""
        return list(rows)


def _call(row: Any) -> Segment:
    function = row.get("function", row) if isinstance(row, dict) else {}
    arguments = function.get("arguments", {})
    name = function.get("name")
    written = json.dumps(arguments, ensure_ascii=False)
    return Segment("call", json.dumps(row, ensure_ascii=False), True, name, written)
