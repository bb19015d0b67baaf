"""Mistral: `[TOOL_CALLS]` before a JSON list of calls, or before each `name[ARGS]{...}`.

Thoughts stand between `[THINK]` and `[/THINK]`. Its templates want ids of nine letters or digits.
Guarantees what `segments` asks of a format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from corollary_agent.models.local.formats.objects import object_call, value_end
from corollary_agent.models.local.formats.segments import CUT, CallFormat, Segment

_MARK = "[TOOL_CALLS]"
_ARGUMENTS = "[ARGS]"
_THOUGHTS = re.compile(r"\[THINK\](.*?)(\[/THINK\]|\Z)", re.DOTALL)


class Mistral:
    """`[TOOL_CALLS]`; new: tokens the tokenizer has, which tell the later form from the list."""

    name = "mistral"
    marks: tuple[str, ...] = (_MARK, _ARGUMENTS, "[THINK]", "[/THINK]", "[CALL_ID]")
    native = True

    def __init__(self, *, named: bool = False) -> None:
        self._named = named

    def segments(self, text: str, *, thinking: bool = False) -> list[Segment]:
        """Cut a text: thoughts, words, then calls."""
        text = f"[THINK]{text}" if thinking else text
        before, *calls = text.split(_MARK)
        found = _words(before)
        for call in calls:
            found += _listed(call) if call.lstrip().startswith("[") else [_named(call)]
        return found

    def call_grammar(self, calls: Sequence[tuple[str, str]], mark: Callable[[str], str]) -> str:
        """The rule of one call, in the form that the tokenizer has tokens for."""
        if self._named:
            rows = [f"{json.dumps(name)} {mark(_ARGUMENTS)} {rule}" for name, rule in calls]
            return f"call: {mark(_MARK)} ({' | '.join(rows)})"
        rows = [f"{_opening(name)} {rule}" for name, rule in calls]
        return f'call: {mark(_MARK)} ({" | ".join(rows)}) "}}]"'

    def templated(
        self, rows: Sequence[dict[str, Any]], tools: Sequence[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """With ids of nine digits, by the order in which they first stand."""
        ids: dict[str, str] = {}
        return [_numbered(row, ids) for row in rows]

    def speaking(self, tools: Sequence[dict[str, Any]]) -> CallFormat:
        """Itself."""
        return self


def _words(text: str) -> list[Segment]:
    found: list[Segment] = []
    place = 0
    for thoughts in _THOUGHTS.finditer(text):
        found.append(Segment("words", text[place : thoughts.start()]))
        found.append(Segment("thoughts", thoughts[1], closed=bool(thoughts[2])))
        place = thoughts.end()
    return [*found, Segment("words", text[place:])]


def _listed(text: str) -> list[Segment]:
    """Read `[{...}, {...}]`; what follows the list is words."""
    found: list[Segment] = []
    place = text.index("[") + 1
    while (opening := re.compile(r"[\s,]*\{").match(text, place)) is not None:
        start = opening.end() - 1
        end = value_end(text, start)
        found.append(object_call(text[start:end], closed=end is not None))
        if end is None:
            return found
        place = end
    rest = text[place:].lstrip()
    if not found:
        return [Segment("call", text, rest.startswith("]"), error="there is no call in the list")]
    return [*found, Segment("words", rest.removeprefix("]"))]


def _named(text: str) -> Segment:
    name, mark, rest = text.partition(_ARGUMENTS)
    name = name.partition("[CALL_ID]")[0].strip()
    if not mark:
        return Segment("call", text, False, error="it has no arguments")
    start = len(rest) - len(rest.lstrip())
    end = value_end(rest, start)
    error = CUT if end is None else None
    return Segment("call", text, end is not None, name, rest[start:], error)


def _numbered(row: dict[str, Any], ids: dict[str, str]) -> dict[str, Any]:
    def number(call_id: Any) -> str:
        return ids.setdefault(str(call_id), f"{len(ids):09d}")

    row = dict(row)
    if row.get("tool_calls"):
        row["tool_calls"] = [{**call, "id": number(call.get("id"))} for call in row["tool_calls"]]
    if "tool_call_id" in row:
        row["tool_call_id"] = number(row["tool_call_id"])
    return row


def _opening(name: str) -> str:
    named = json.dumps(name, ensure_ascii=False)
    return json.dumps(f'[{{"name": {named}, "arguments": ', ensure_ascii=False)
