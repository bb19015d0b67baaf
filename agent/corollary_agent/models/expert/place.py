"""Where a chain stands: what was called and answered so far, read from the messages alone.

Guarantees that a chain can be resumed or forked anywhere: nothing is remembered between calls. A
call counts as made when it has a result; a result that does not look like its tool's answer makes
it `refused`. Attempts that the graph is asking to repair count as `failed`, not as made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from corollary_agent.models.expert.plan import Arguments, Move

_HANDED = r"\d+\. |Question: |Recorded|[A-Z]\) |All options"
_DONE = {
    "premise": _HANDED,
    "declare": _HANDED + "|Declared",
    "option": _HANDED,
    "prove": r"(?:True|False|Unknown)\b|The premises contradict",
    "find": r"(?:unique|several|none)\b",
    "choose": r"[A-H](?:, [A-H])*(?: \(|$)|none",
    "calculate": r"[-\d.(]|sqrt|pi|\w+ \(about",
    "simplify": ".",
    "equal": r"(?:True|False|Unknown)\b",
    "solve": r"[A-Za-z]\w* = |no solution|every ",
}
_NEVER = "(?!)"


@dataclass(frozen=True, slots=True)
class Made:
    """A call that got a result; `refused` where the tool could not do it."""

    move: Move
    result: str
    refused: bool


@dataclass(frozen=True)
class Place:
    """The calls made, in order, and how many attempts at the next step have failed."""

    made: tuple[Made, ...]
    failed: int

    @cached_property
    def _last(self) -> dict[str, Made]:
        return {one.move.key: one for one in self.made}

    def find(self, move: Move) -> Made | None:
        """The last time this very call was made."""
        return self._last.get(move.key)

    def ends_with(self, made: Made) -> bool:
        """Whether nothing was called after this."""
        return self.made[-1] is made


def find_place(messages: Sequence[BaseMessage], start: int) -> Place:
    """Read the place from the messages of a chain. start: the index of the problem's message."""
    results = {m.tool_call_id: m for m in messages if isinstance(m, ToolMessage)}
    made: list[Made] = []
    failed = 0
    for message in messages[start + 1 :]:
        if isinstance(message, AIMessage):
            answered = [c for c in message.tool_calls if c["id"] in results]
            made += [_made(c["name"], c["args"], results[str(c["id"])]) for c in answered]
            failed = failed + 1 if message.invalid_tool_calls or not answered else 0
        elif isinstance(message, HumanMessage):
            failed += 1
    return Place(tuple(made), failed)


def _made(name: str, arguments: Arguments, message: ToolMessage) -> Made:
    text = str(message.text)
    done = message.status != "error" and re.match(_DONE.get(name, _NEVER), text, re.S)
    return Made(Move(name, arguments), text, not done)
