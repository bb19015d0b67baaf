"""Hermes and Qwen: `<tool_call>` around a JSON object, thoughts within `<think>`.

The students built here speak it, too. A bare JSON object with a name is read as a call. Guarantees
what `segments` asks of a format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from corollary_agent.models.local.formats.objects import is_bare_call, object_call, value_end
from corollary_agent.models.local.formats.segments import CallFormat, Segment

_MARK = re.compile(r"<think>|</think>|<tool_call>|</tool_call>")


class Hermes:
    """`<tool_call>{"name": ..., "arguments": {...}}</tool_call>`."""

    name = "hermes"
    marks: tuple[str, ...] = ("<think>", "</think>", "<tool_call>", "</tool_call>")
    native = True

    def speaking(self, tools: Sequence[dict[str, Any]]) -> CallFormat:
        """Itself."""
        return self

    def segments(self, text: str, *, thinking: bool = False) -> list[Segment]:
        """Cut a text at its marks; an end mark without its beginning is words."""
        found: list[Segment] = []
        place, kind = 0, "thoughts" if thinking else "words"
        for mark in _MARK.finditer(text):
            piece = text[place : mark.start()]
            if kind == "thoughts" and mark[0] == "</think>":
                found.append(Segment("thoughts", piece))
                kind = "words"
            elif kind == "call" and mark[0] == "</tool_call>":
                found.append(object_call(piece, closed=True))
                kind = "words"
            elif kind == "words" and mark[0] in ("<think>", "<tool_call>"):
                found.append(Segment("words", piece))
                kind = "thoughts" if mark[0] == "<think>" else "call"
            else:
                continue
            place = mark.end()
        found.append(_rest(kind, text[place:]))
        return with_bare_call(found)

    def call_grammar(self, calls: Sequence[tuple[str, str]], mark: Callable[[str], str]) -> str:
        """The rule of one call; JSON as the templates of the family write it."""
        rows = [f"{_quoted(name)} {rule}" for name, rule in calls]
        opening, closing = mark("<tool_call>"), mark("</tool_call>")
        return f'call: {opening} "\\n" ({" | ".join(rows)}) "}}\\n" {closing}'

    def templated(
        self, rows: Sequence[dict[str, Any]], tools: Sequence[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """As they are."""
        return list(rows)


def _quoted(name: str) -> str:
    named = json.dumps(name, ensure_ascii=False)
    return json.dumps(f'{{"name": {named}, "arguments": ', ensure_ascii=False)


def _rest(kind: str, text: str) -> Segment:
    if kind == "call":
        return object_call(text, closed=False)
    if kind == "thoughts":
        return Segment("thoughts", text, closed=False)
    return Segment("words", text)


def with_bare_call(found: list[Segment]) -> list[Segment]:
    """Read words that begin with a JSON object with name and arguments as a call."""
    words = "".join(segment.text for segment in found if segment.kind == "words")
    if any(segment.kind == "call" for segment in found) or not is_bare_call(words):
        return found
    end = value_end(words, words.index("{"))
    thoughts = [segment for segment in found if segment.kind == "thoughts"]
    rest = [Segment("words", words[end:])] if end is not None else []
    return [*thoughts, object_call(words[:end], closed=end is not None), *rest]
