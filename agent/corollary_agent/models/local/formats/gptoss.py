"""gpt-oss: channels. `<|channel|>analysis` is thought, `final` is said, `commentary to=...` calls.

Every message of a reply begins with `<|start|>assistant<|channel|>` (the first with what the prompt
has left open) and ends with `<|end|>`, `<|call|>` or `<|return|>`. Guarantees what `segments` asks
of a format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from corollary_agent.models.local.formats.objects import value_end
from corollary_agent.models.local.formats.segments import CUT, CallFormat, Segment

_MESSAGE = re.compile(
    r"(?:<\|start\|>assistant)?(?P<head>[^<]*<\|channel\|>.*?|[^<]*to=.*?)<\|message\|>"
    r"(?P<body>.*?)(?P<end><\|end\|>|<\|call\|>|<\|return\|>|(?=<\|start\|>)|\Z)",
    re.DOTALL,
)
_RECIPIENT = re.compile(r"to=(?:functions\.)?([\w.-]+)")


class GptOss:
    """`<|channel|>commentary to=functions.NAME <|constrain|>json<|message|>{...}<|call|>`."""

    name = "gptoss"
    marks: tuple[str, ...] = (
        "<|start|>", "<|channel|>", "<|message|>", "<|constrain|>",
        "<|end|>", "<|call|>", "<|return|>", "to=functions.",
    )  # fmt: skip
    native = True

    def segments(self, text: str, *, thinking: bool = False) -> list[Segment]:
        """Cut a text at its messages; what stands outside of them is words."""
        found: list[Segment] = []
        place = 0
        for message in _MESSAGE.finditer(text):
            found.append(Segment("words", text[place : message.start()]))
            found.append(_segment(message["head"], message["body"], bool(message["end"])))
            place = message.end()
        return [*found, Segment("words", _open_head(text[place:]))]

    def call_grammar(self, calls: Sequence[tuple[str, str]], mark: Callable[[str], str]) -> str:
        """The rule of one call."""
        channel, constrain, message = map(mark, ("<|channel|>", "<|constrain|>", "<|message|>"))
        rows = [
            f'{json.dumps(f"commentary to=functions.{name} ")} {constrain} "json" {message} {rule}'
            for name, rule in calls
        ]
        return f"call: {channel} ({' | '.join(rows)})"

    def templated(
        self, rows: Sequence[dict[str, Any]], tools: Sequence[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """With the thoughts before a call under the name that the template reads."""
        return [
            {**row, "thinking": row["reasoning_content"]} if row.get("reasoning_content") else row
            for row in rows
        ]

    def speaking(self, tools: Sequence[dict[str, Any]]) -> CallFormat:
        """Itself."""
        return self


def _segment(head: str, body: str, closed: bool) -> Segment:
    recipient = _RECIPIENT.search(head)
    if recipient is not None:
        closed = closed or value_end(body, len(body) - len(body.lstrip())) is not None
        error = None if closed else CUT
        return Segment("call", body, closed, recipient[1], body.strip(), error)
    if "analysis" in head:
        return Segment("thoughts", body, closed)
    return Segment("words", body, closed)


def _open_head(text: str) -> str:
    """Words before the head of a message that has not begun; a head says nothing."""
    return re.split(r"<\|start\|>|<\|channel\|>|\s*to=functions\.", text, maxsplit=1)[0]
