"""Free text typed by a person, as a Problem: its kind guessed by a few rules.

Guarantees that no word is lost: statements, question and options hold the whole text (for knights
and knaves the island's introduction goes to meta). A wrong guess costs little: a model that reads
the whole text sees all of it. Does not interpret a statement.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from corollary_agent.problem import Domain, Problem
from corollary_agent.sentences import split_sentences
from corollary_tools.answer import AnswerKind
from corollary_tools.errors import CorollaryError

_OPTION = re.compile(r"(?:^|\s)\(?[A-H][).]\s+(?=\S)")
_KNIGHTS = re.compile(r"\bknights?\b.*\bknaves?\b", re.I | re.S)
_SPEECH = re.compile(
    r"[\"“]|\b(?:says?|said|claims?|claimed|states?|stated|remarks?|remarked|tells?|told you)\b",
    re.I,
)
_SETTING = re.compile(r"\balways (?:tells?|lies?|speaks?)\b", re.I)
_TRUTH = re.compile(
    r"\btrue\b.*\bfalse\b|\bdoes it follow\b|\bcan we conclude\b"
    r"|^(?:so |then |therefore,? )?(?:is|are|does|do|did|must|was|were|has|have)\b",
    re.I | re.S,
)
_EQUATION = re.compile(r"[\w)]\s*=\s*[-(\w]")
_FORM = re.compile(r"\b(?:simplify|expand|factori[sz]e|factor|differentiate|integrate)\b", re.I)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a text was taken to be."""

    domain: Domain
    asks: AnswerKind
    question: str
    statements: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    preamble: str = ""


def read_problem(text: str) -> Problem:
    """Return the problem that a person typed. Raises CorollaryError where nothing was.

    Options A) B) ... make it a choice; knights and knaves an assignment, one statement a speech;
    statements with a yes-or-no question logic; equations and all other texts mathematics.
    """
    words = " ".join(text.encode("utf-8", "replace").decode().split())
    if not words:
        raise CorollaryError(
            "there is no problem",
            because="the text is empty",
            remedy='a text like "What is 2 + 3?"',
        )
    parts = _parts(words)
    return Problem(
        id=f"typed/{hashlib.sha256(words.encode()).hexdigest()[:12]}",
        source="typed",
        split="none",
        family="typed",
        domain=parts.domain,
        question=parts.question,
        statements=parts.statements,
        options=parts.options,
        asks=parts.asks,
        meta={"preamble": parts.preamble} if parts.preamble else {},
    )


def _parts(text: str) -> _Parts:
    body, *options = (part.strip() for part in _OPTION.split(text))
    if len(options) > 1 and body:
        statements, question = _cut(body)
        return _Parts("constraints", "choice", question, statements, tuple(options))
    if _KNIGHTS.search(text) and _SPEECH.search(text):
        return _knights(text)
    statements, question = _cut(text)
    if statements and _TRUTH.search(question):
        return _Parts("logic", "truth", question, statements)
    return _mathematics(text, question)


def _knights(text: str) -> _Parts:
    statements, question = _cut(text)
    first = next((i for i, s in enumerate(statements) if _is_speech(s)), 0)
    preamble, speeches = " ".join(statements[:first]), statements[first:]
    if not _KNIGHTS.search(question):
        question, preamble = f"{preamble} {question}".strip(), ""
    return _Parts("constraints", "assignment", question, speeches, preamble=preamble)


def _is_speech(sentence: str) -> bool:
    return bool(_SPEECH.search(sentence)) and not _SETTING.search(sentence)


def _mathematics(text: str, question: str) -> _Parts:
    if _TRUTH.search(question) and not _EQUATION.search(text):
        return _Parts("math", "truth", text)
    if _FORM.search(text):
        return _Parts("math", "expression", text)
    return _Parts("math", "set" if _EQUATION.search(text) else "number", text)


def _cut(text: str) -> tuple[tuple[str, ...], str]:
    """Statements and question: the question goes from the first question mark to the end."""
    sentences = split_sentences(text)
    asked = (i for i, s in enumerate(sentences) if s.endswith("?") or _asks_truth(s))
    start = next(asked, len(sentences) - 1)
    return sentences[:start], " ".join(sentences[start:])


def _asks_truth(sentence: str) -> bool:
    return bool(
        re.search(r"\btrue,? (?:or )?false\b|^(?:prove|decide|determine)\b", sentence, re.I)
    )
