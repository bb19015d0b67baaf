"""What differs between two texts or two runs of messages, word by word.

Guarantees that the parts put together are the texts, that messages which read the same stand in one
row, and that texts of any length are answered quickly: very long ones that share hardly any words
are left unmarked. Draws nothing: the report and the terminal do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from corollary_agent.calls import render_text_call
from corollary_agent.trace import Message

Span = tuple[bool, str]
Row = tuple[Message | None, Message | None]

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_NAMES = {"system": "instructions", "user": "problem", "assistant": "model", "tool": "tool"}
_ALIKE = 0.25
_LONGEST = 2000
_LETTERS = 60_000
_SHORT = 8


def speaker(message: Message) -> str:
    """Who says it: instructions, problem, model or tool."""
    role = str(message.get("role", ""))
    return _NAMES.get(role, role)


def spoken(message: Message) -> str:
    """What is said as text; a tool call is written as it reads, name(argument=value)."""
    calls: Any = message.get("tool_calls") or []
    lines = [str(message.get("content") or ""), *(_call(row.get("function", row)) for row in calls)]
    return "\n".join(line for line in lines if line)


def shared_lead(left: Sequence[Message], right: Sequence[Message]) -> int:
    """How many messages the two begin with in common."""
    count = 0
    for ours, theirs in zip(left, right, strict=False):
        if _read(ours) != _read(theirs):
            break
        count += 1
    return count


def aligned(left: Sequence[Message], right: Sequence[Message]) -> Iterator[Row]:
    """Both sides row by row: messages that read the same together, the others as they come."""
    ours, theirs = [_read(m) for m in left], [_read(m) for m in right]
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for _, i, j, k, m in matcher.get_opcodes():
        yield from zip_longest(left[i:j], right[k:m])


def differing(left: str, right: str) -> tuple[list[Span], list[Span]]:
    """Both texts in parts (differs, text)."""
    if len(left) + len(right) > _LETTERS:
        return [(False, left)], [(False, right)]
    ours, theirs = _WORDS.findall(left), _WORDS.findall(right)
    lead = _shared(ours, theirs)
    tail = _shared(ours[lead:][::-1], theirs[lead:][::-1])
    inner = (ours[lead : len(ours) - tail], theirs[lead : len(theirs) - tail])
    middle = _middle(inner, _likeness(ours, theirs, lead + tail))
    if middle is None:
        return [(False, left)], [(False, right)]
    ends = ("".join(ours[:lead]), "".join(ours[len(ours) - tail :]))
    first, second = ([(False, ends[0]), *spans, (False, ends[1])] for spans in middle)
    return _merged(first), _merged(second)


def _middle(
    inner: tuple[list[str], list[str]], alike: float | None
) -> tuple[list[Span], list[Span]] | None:
    """The parts between what both begin and end with; None where marks would not help."""
    ours, theirs = inner
    if len(ours) + len(theirs) > _LONGEST:
        return None
    if alike is not None and alike < _ALIKE:
        if max(len(ours), len(theirs)) > _SHORT:
            return None
        return [(True, "".join(ours))], [(True, "".join(theirs))]
    sides: tuple[list[Span], list[Span]] = ([], [])
    for kind, i, j, k, m in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        sides[0].append((kind != "equal", "".join(ours[i:j])))
        sides[1].append((kind != "equal", "".join(theirs[k:m])))
    return sides


def _likeness(ours: list[str], theirs: list[str], ends: int) -> float | None:
    """How much of the two is the same, by words and signs; None where their ends say enough."""
    if ends * 2 >= max(len(ours), len(theirs)) or len(ours) + len(theirs) > _LONGEST:
        return None
    left, right = ([word for word in side if not word.isspace()] for side in (ours, theirs))
    return SequenceMatcher(None, left, right, autojunk=False).ratio()


def _shared(left: Sequence[str], right: Sequence[str]) -> int:
    count = 0
    for ours, theirs in zip(left, right, strict=False):
        if ours != theirs:
            break
        count += 1
    return count


def _merged(spans: Sequence[Span]) -> list[Span]:
    """The parts without empty ones, neighbours of one kind as one."""
    merged: list[Span] = []
    for marked, text in spans:
        if not text:
            continue
        if merged and merged[-1][0] == marked:
            merged[-1] = (marked, merged[-1][1] + text)
        else:
            merged.append((marked, text))
    return merged


def _read(message: Message) -> tuple[str, str]:
    return speaker(message), spoken(message)


def _call(function: dict[str, Any]) -> str:
    arguments = function.get("arguments") or {}
    name = str(function.get("name", ""))
    if not isinstance(arguments, dict):
        return f"{name}({arguments})"
    return render_text_call(name, arguments)
