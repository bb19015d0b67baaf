"""Calls written out, `look(place="here")`, for models whose chat template knows no tools.

The tools' signatures stand in a system message; results come back as the user's words. The answer
may be written plainly or as `answer("...")`. Read by `ast`, literals only. Guarantees what
`segments` asks of a format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from corollary_agent.calls import ANSWER, CallError, parse_text_call, render_text_call
from corollary_agent.models.local.formats.objects import value_end
from corollary_agent.models.local.formats.segments import CallFormat, Segment

_ASK = (
    "You can call these functions. To call one, write nothing but the call, with literal "
    'arguments, like name(argument="value"). When you know the answer, write it alone.'
)


class TextCalls:
    """`look(place="here")`, of the given tools."""

    name = "text"
    native = False

    def __init__(self, tools: Sequence[dict[str, Any]] = ()) -> None:
        functions = [tool["function"] for tool in tools]
        rows = ((f["name"], f.get("parameters") or {}) for f in functions)
        self._signatures = {name: tuple(p.get("properties") or ()) for name, p in rows}
        self.marks: tuple[str, ...] = tuple(f"{name}(" for name in (*self._signatures, ANSWER))
        known = "|".join(map(re.escape, (*self._signatures, ANSWER)))
        self._opening = re.compile(rf"(?<![\w.])({known})\s*\(")

    def speaking(self, tools: Sequence[dict[str, Any]]) -> CallFormat:
        """The format that knows these tools."""
        return TextCalls(tools)

    def segments(self, text: str, *, thinking: bool = False) -> list[Segment]:
        """Cut a text before its first call; what cannot be read behind it is a broken call."""
        opening = self._opening.search(text) if self._signatures else None
        if opening is None:
            return [Segment("words", text)]
        before, written = Segment("words", text[: opening.start()]), text[opening.start() :]
        given = self._object(written[opening.end() - opening.start() :], opening[1])
        if given is not None:
            return [before, Segment("call", written, True, opening[1], given)]
        try:
            call = parse_text_call(written, self._signatures)
        except CallError as error:
            return [before, Segment("call", written, ")" in written, error=str(error))]
        arguments = json.dumps(call.arguments, ensure_ascii=False)
        if call.name == ANSWER:
            return [before, Segment("words", ", ".join(map(str, call.arguments.values())))]
        return [before, Segment("call", written, True, call.name, arguments)]

    def _object(self, inside: str, name: str) -> str | None:
        """The arguments of a call like `look({"place": "here"})`."""
        end = value_end(inside, 0) if inside.startswith("{") else None
        if end is None or inside[end:].strip() != ")":
            return None
        try:
            names = json.loads(inside[:end])
        except ValueError:
            return None
        return inside[:end] if set(names) <= set(self._signatures.get(name, ())) else None

    def call_grammar(self, calls: Sequence[tuple[str, str]], mark: Callable[[str], str]) -> str:
        """The rule of one call, whose arguments are one JSON object."""
        rows = [f'{json.dumps(f"{name}(")} {rule} ")"' for name, rule in calls]
        return f"call: {' | '.join(rows)}"

    def templated(
        self, rows: Sequence[dict[str, Any]], tools: Sequence[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Signatures in the system message, calls as words, results as the user's words."""
        plain = [_plain(row) for row in rows]
        if not tools:
            return plain
        asked = "\n\n".join([_ASK, *map(_signature, tools)])
        if plain and plain[0]["role"] == "system":
            return [{**plain[0], "content": f"{plain[0]['content']}\n\n{asked}"}, *plain[1:]]
        return [{"role": "system", "content": asked}, *plain]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    if row["role"] == "tool":
        return {"role": "user", "content": row["content"]}
    if not row.get("tool_calls"):
        return row
    calls = [call["function"] for call in row["tool_calls"]]
    written = [render_text_call(call["name"], call["arguments"]) for call in calls]
    said = "\n".join(filter(None, [row.get("content") or "", *written]))
    return {"role": row["role"], "content": said}


def _signature(tool: dict[str, Any]) -> str:
    function = tool["function"]
    rows = (function.get("parameters") or {}).get("properties") or {}
    inside = ", ".join(f"{name}: {row.get('type', 'any')}" for name, row in rows.items())
    return f"{function['name']}({inside})\n  {function.get('description', '')}".rstrip()
