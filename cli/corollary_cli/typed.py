"""A problem typed by a person: its kind guessed from its words, its statements cut for the desk.

Guarantees that nothing of the text is lost: statements and question joined are the text. The guess
is by a few rules (options, a truth question, knights and knaves, an equation); what fits none of
them is a story that asks for a number. Does not parse any statement.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from corollary_tools.errors import CorollaryError

if TYPE_CHECKING:
    from corollary_agent.problem import Domain, Problem
    from corollary_tools.answer import AnswerKind

_OPTION = re.compile(r"(?:^|\s)\(?[A-G]\)\s+")
_TRUTH = re.compile(
    r"\b(true|false|unknown|follows?|conclude|is it (?:true|the case))\b"
    r"|^(?:is|are|does|do|must|was|were|can)\b",
    re.I,
)
_KNIGHTS = re.compile(r"\bknights?\b.*\bknaves?\b", re.I | re.S)
_EQUATION = re.compile(r"[a-zA-Z0-9)]\s*[-+*/^]?\s*=\s*[-(a-zA-Z0-9]")
_SETTING = re.compile(r"\b(?:inhabit|island|you meet)\b|always (?:tell|lie)", re.I)


def problem_from_text(text: str) -> Problem:
    """Build a problem from what a person typed. Raises CorollaryError where nothing was."""
    from corollary_agent.problem import Problem

    words = text.strip()
    if not words:
        raise CorollaryError(
            "there is no problem", because="the text is empty", remedy='corollary solve "2 + 3"'
        )
    domain, asks, statements, question, options = _read(words)
    name = hashlib.sha256(words.encode(errors="backslashreplace")).hexdigest()[:12]
    return Problem(
        id=f"typed/{name}",
        source="typed",
        split="none",
        family="typed",
        domain=domain,
        question=question,
        statements=statements,
        options=options,
        asks=asks,
    )


Parts = tuple["Domain", "AnswerKind", tuple[str, ...], str, tuple[str, ...]]


def _read(text: str) -> Parts:
    body, *options = (part.strip() for part in _OPTION.split(text))
    if len(options) > 1 and body:
        statements, question = _cut(body)
        return "constraints", "choice", statements, question, tuple(options)
    if _KNIGHTS.search(text):
        return _read_knights(text)
    statements, question = _cut(text)
    if statements and _TRUTH.search(question):
        return "logic", "truth", statements, question, ()
    if _EQUATION.search(text):
        return "math", "set", (), text, ()
    return "math", "number", (), text, ()


def _read_knights(text: str) -> Parts:
    """One statement a speech; the setting of the island stays out, as it does in the sources."""
    statements, question = _cut(text)
    speeches = tuple(s for s in statements if not _SETTING.search(s) or '"' in s)
    return "constraints", "assignment", speeches, question, ()


def _cut(text: str) -> tuple[tuple[str, ...], str]:
    """Statements and question: the question begins where the first question mark is reached."""
    from corollary_datagen.sources.sentences import split_sentences

    sentences = split_sentences(text)
    asked = next((i for i, s in enumerate(sentences) if s.endswith("?")), len(sentences) - 1)
    return sentences[:asked], " ".join(sentences[asked:])
