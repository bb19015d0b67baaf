"""Where the answer stands in a model's final words: `\\\\boxed{}`, "the answer is", a print.

Guarantees to return a part of the text and whether a marker led to it. Does not read the answer
itself (`reading` does).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_LAST = 4000  # characters: the final words; what stands before them is not searched
_CONTROL = re.compile(r"<\|[^<>|]*\|>|</?s>|<end_of_turn>")
_MARKER = re.compile(
    r"""
    \#{4}
  | \b(?:final\s+)?answers?\s*(?:\([^()]*\)\s*)?
    (?:\*\*)?\s*(?:(?:would\s+be|is|are|was|has\s+to\s+be|must\s+be)\b(?!\s+not\b)\s*:?|[:=])(?:\s*\*\*)?
  | \bwe\s+(?:get|conclude|find)\s+that\b
  | ^\W*(?:therefore|thus|hence|so)\b,?
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_PRINTED = re.compile(r"^```output\s*\n([-\d.,]+)\s*\n```", re.MULTILINE)
_STRONG = re.compile(r"answer|####", re.IGNORECASE)
_JSON_ANSWER = re.compile(r'"(?:final_)?answer"\s*:\s*("(?:[^"\\]|\\.)*"|[-\d.]+|true|false)', re.I)


@dataclass(frozen=True, slots=True)
class Span:
    """text: where the answer stands; marked: whether something said that it stands there."""

    text: str
    marked: bool


def answer_span(text: str) -> Span:
    """Find the answer's place: a box, a JSON field, after the last marker, a number that a program
    printed, or the whole text.
    """
    text = _CONTROL.sub("", _without_thoughts(text)[-2 * _LAST :]).strip()[-_LAST:]
    boxed = _boxed(text)
    if boxed is not None:
        return Span(boxed, True)
    fields = _JSON_ANSWER.findall(text)
    if fields:
        return Span(_unquoted(fields[-1]), True)
    marks = [mark for mark in _MARKER.finditer(text) if text[mark.end() :].strip(" *.:\n")]
    strong = [mark for mark in marks if _STRONG.search(mark.group())]
    if marks:
        return Span(text[(strong or marks)[-1].end() :].strip(), bool(strong))
    printed = _PRINTED.findall(text)
    return Span(printed[-1], True) if printed else Span(text, False)


def _without_thoughts(text: str) -> str:
    """What was said after the last thought; a thought that never ends hides what follows it."""
    return text.rpartition("</think>")[2].partition("<think>")[0]


def _boxed(text: str) -> str | None:
    start = max(text.rfind("\\boxed{"), text.rfind("\\fbox{"))
    if start < 0:
        return None
    begin = text.index("{", start) + 1
    depth = 1
    for index in range(begin, len(text)):
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if depth == 0:
            return text[begin:index]
    return text[begin:]


def _unquoted(field: str) -> str:
    try:
        return str(json.loads(field.lower() if field[0] != '"' else field))
    except ValueError:
        return field.strip('"')
