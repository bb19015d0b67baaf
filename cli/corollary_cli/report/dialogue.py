"""Dialogue: messages of a pair or a trace as blocks that a person can read.

A tool call is written as it reads, name(argument=value). Guarantees that two messages that read the
same count as the same, whatever ids their calls carry. Does not judge messages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from corollary_agent.calls import render_text_call
from corollary_agent.trace import Message
from corollary_cli.report.markup import Html, element, join

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_NAMES = {"system": "instructions", "user": "problem", "assistant": "model", "tool": "tool"}
_ALIKE = 0.25
_LONGEST = 2000
_SHORT = 8


def speaker(message: Message) -> str:
    """Who says it: instructions, problem, model or tool."""
    role = str(message.get("role", ""))
    return _NAMES.get(role, role)


def spoken(message: Message) -> str:
    """What is said, calls included, as text."""
    calls: Any = message.get("tool_calls") or []
    lines = [str(message.get("content") or ""), *(_call(row.get("function", row)) for row in calls)]
    return "\n".join(line for line in lines if line)


def block(message: Message, marked: Html | None = None) -> Html:
    """One message, with its words marked where that was done."""
    role = str(message.get("role", ""))
    text = element("pre", spoken(message) if marked is None else marked)
    return element(
        "div", element("span", speaker(message), class_="who"), text, class_=f"say {role}"
    )


def shared_lead(left: Sequence[Message], right: Sequence[Message]) -> int:
    """How many messages the two begin with in common."""
    count = 0
    for ours, theirs in zip(left, right, strict=False):
        if (speaker(ours), spoken(ours)) != (speaker(theirs), spoken(theirs)):
            break
        count += 1
    return count


def mark_difference(left: str, right: str) -> tuple[Html, Html]:
    """Both texts with the words that differ marked; long ones that share hardly any are left."""
    ours, theirs = _WORDS.findall(left), _WORDS.findall(right)
    if len(ours) + len(theirs) > _LONGEST:
        return join([left]), join([right])
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    if _likeness(ours, theirs) < _ALIKE:
        short = max(len(ours), len(theirs)) <= _SHORT
        return (_all_marked(left), _all_marked(right)) if short else (join([left]), join([right]))
    sides: tuple[list[Html], list[Html]] = ([], [])
    for kind, i, j, k, m in matcher.get_opcodes():
        for side, text in zip(sides, ("".join(ours[i:j]), "".join(theirs[k:m])), strict=True):
            if text:
                side.append(join([text]) if kind == "equal" else element("mark", text))
    return join(sides[0]), join(sides[1])


def _likeness(ours: list[str], theirs: list[str]) -> float:
    """How much of the two is the same, by words and signs without the space between them."""
    left, right = ([word for word in side if not word.isspace()] for side in (ours, theirs))
    return SequenceMatcher(None, left, right, autojunk=False).ratio()


def _all_marked(text: str) -> Html:
    return element("mark", text) if text else join([])


def _call(function: dict[str, Any]) -> str:
    arguments = function.get("arguments") or {}
    name = str(function.get("name", ""))
    if not isinstance(arguments, dict):
        return f"{name}({arguments})"
    return render_text_call(name, arguments)
