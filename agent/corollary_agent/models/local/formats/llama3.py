"""Llama 3: a bare object, `{"name": ..., "parameters": {...}}`, or one behind `<|python_tag|>`.

Several objects are parted by `;`. Behind the tag also `name.call(argument="value")`. Guarantees
what `segments` asks of a format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from corollary_agent.calls import CallError, parse_text_call
from corollary_agent.models.local.formats.objects import is_bare_call, object_call, value_end
from corollary_agent.models.local.formats.segments import CallFormat, Segment

_TAG = "<|python_tag|>"
_BUILT_IN = re.compile(r"\s*(\w+)\.call\(")
_BETWEEN = re.compile(r"[\s;]*")


class Llama3:
    """`{"name": ..., "parameters": {...}}`."""

    name = "llama3"
    marks: tuple[str, ...] = (_TAG,)
    native = True

    def segments(self, text: str, *, thinking: bool = False) -> list[Segment]:
        """Cut a text: words before the tag, then calls; without a tag, calls from the start."""
        words, tag, rest = text.partition(_TAG)
        if tag:
            return [Segment("words", words), *_tagged(rest)]
        return _objects(text) if is_bare_call(text) else [Segment("words", text)]

    def call_grammar(self, calls: Sequence[tuple[str, str]], mark: Callable[[str], str]) -> str:
        """The rule of one call: a bare object."""
        rows = [f"{_opening(name)} {rule}" for name, rule in calls]
        return f'call: ({" | ".join(rows)}) "}}"'

    def templated(
        self, rows: Sequence[dict[str, Any]], tools: Sequence[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """As they are."""
        return list(rows)

    def speaking(self, tools: Sequence[dict[str, Any]]) -> CallFormat:
        """Itself."""
        return self


def _objects(text: str) -> list[Segment]:
    """Read JSON objects one after another; what follows the last one is words."""
    found: list[Segment] = []
    place = _skip(text, 0)
    while place < len(text) and (text[place] == "{" or not found):
        end = value_end(text, place)
        found.append(object_call(text[place:end], closed=end is not None))
        if end is None:
            return found
        place = _skip(text, end)
    return [*found, Segment("words", text[place:])]


def _tagged(text: str) -> list[Segment]:
    if not _BUILT_IN.match(text):
        return _objects(text) if text.strip() else []
    try:
        call = parse_text_call(text.replace(".call(", "(", 1))
    except CallError as error:
        name = _BUILT_IN.match(text)
        closed = text.rstrip().endswith(")")
        return [Segment("call", text, closed, name and name[1], "", str(error))]
    return [Segment("call", text, True, call.name, json.dumps(call.arguments))]


def _skip(text: str, place: int) -> int:
    found = _BETWEEN.match(text, place)
    return found.end() if found else place


def _opening(name: str) -> str:
    named = json.dumps(name, ensure_ascii=False)
    return json.dumps(f'{{"name": {named}, "parameters": ', ensure_ascii=False)
